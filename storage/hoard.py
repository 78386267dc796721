"""A folder on disk, walked without following a link out of it."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from bot.core.errors import BadRequest, NotFound
from bot.ports.hoard import Find, Passed, Sight, Unearthed

T = TypeVar("T")

PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp")
MOST_BYTES: Final = 256 * 1024 * 1024
_AT_ONCE: Final = 100


class FolderHoard:
    """The port `Hoard`. `library` is our own: what lies there is ours already."""

    def __init__(self, folder: Path, pool: Executor, *, library: Path) -> None:
        self._root = folder.resolve()
        self._library = library.resolve()
        self._pool = pool
        self.others: Counter[str] = Counter()
        """How many files of each ending the last walk left alone, as they are no pictures."""
        if not self._root.is_dir():
            raise BadRequest(f"{folder} is no folder.", hint="Name the folder that the pictures lie in.")
        if self._root.is_relative_to(self._library):
            raise BadRequest(f"{folder} is part of the library already.", hint="Name another folder.")

    async def walk(self) -> AsyncIterator[Sight]:
        sights = self._sights()
        while some := await self._in_pool(lambda: list(islice(sights, _AT_ONCE))):
            for sight in some:
                yield sight

    async def read(self, find: Find) -> Unearthed:
        return await self._in_pool(lambda: self._read(find))

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _sights(self) -> Iterator[Sight]:
        self.others.clear()
        folders = [self._root]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                yield Passed(name=self._name(folder), why=f"The folder cannot be opened: {error.strerror}.")
                continue
            for entry in found:
                path = Path(entry.path)
                barred = self._barred(path) if entry.is_dir(follow_symlinks=False) else ""
                if barred or entry.is_symlink():
                    yield Passed(name=self._name(path), why=barred or _A_LINK)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif path.suffix.casefold() not in PICTURES:
                    self.others[path.suffix.casefold()] += 1
                elif entry.is_file(follow_symlinks=False):
                    yield self._found(path)

    def _barred(self, folder: Path) -> str:
        """Say why a folder is not entered; on Windows it may lead elsewhere without being a link."""
        real = folder.resolve()
        if real == self._library:
            return "It is Genga's own library."
        return "" if real.is_relative_to(self._root) else _A_LINK

    def _found(self, path: Path) -> Sight:
        try:
            stat = path.lstat()
        except OSError as error:
            return Passed(name=self._name(path), why=f"It cannot be opened: {error.strerror}.")
        if stat.st_size > MOST_BYTES:
            return Passed(name=self._name(path), why=f"It has more than {MOST_BYTES // 1024**2} MiB.")
        return Find(name=self._name(path), bytes=stat.st_size, changed=int(stat.st_mtime * 1000))

    def _read(self, find: Find) -> Unearthed:
        """Read it as a file and nothing else: it may have been exchanged for a link since it was seen."""
        try:
            handle = os.open(self._root / find.name, os.O_RDONLY | _NO_LINKS | _AS_IT_IS)
            with open(handle, "rb") as file:  # noqa: PTH123 - Path.open takes no handle
                size = os.fstat(handle).st_size
                content = file.read(min(size, MOST_BYTES) + 1)
        except OSError as error:
            raise NotFound(f"It cannot be opened: {error.strerror}.") from error
        if len(content) > MOST_BYTES:
            raise NotFound(f"It has more than {MOST_BYTES // 1024**2} MiB.")
        if len(content) != size:
            raise NotFound("It is being written just now.")
        return Unearthed(content=content, sha256=sha256(content).hexdigest())

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


_A_LINK: Final = "It is a link, and links are not followed."
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
_AS_IT_IS: Final = getattr(os, "O_BINARY", 0)
