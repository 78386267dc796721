"""The picture library: a folder tree in which every file is whole and none is ever replaced."""

import asyncio
import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TypeVar
from uuid import uuid4

from bot.core.errors import DiskFull, NotFound, StudioError
from bot.core.formats import ending_of
from bot.ports.pictures import Picture
from bot.ports.shelf import Place, Shelved

T = TypeVar("T")

LIBRARY = "library"
REFERENCES = "references"

_SLUG = re.compile(r"_|[a-z0-9][a-z0-9_-]{0,99}")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_TAKEN_BY_WINDOWS = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""Device names: Windows opens the device whatever folder and ending stand around them."""


class PictureShelf:
    """The port `Shelf` below `<data>/library`; all work on files is done in the pool.

    There is one shelf per data folder: what another left unfinished in `.incoming` is thrown away.
    """

    def __init__(self, data: Path, pool: Executor) -> None:
        self._data = data.resolve()
        self._root = self._data / LIBRARY
        self._incoming = self._root / ".incoming"
        self._pool = pool
        self._naming = Lock()
        self.custody = asyncio.Lock()
        shutil.rmtree(self._incoming, ignore_errors=True)
        self._incoming.mkdir(parents=True)

    async def put(self, picture: Picture, *, place: Place, name: str) -> Shelved:
        folder = self._folder(place)
        path = folder / f"{slug(name)}.{ending_of(picture.media_type)}"
        return await self._in_pool(lambda: self._keep(path, picture.content))

    async def put_reference(self, picture: Picture) -> Shelved:
        return await self._in_pool(lambda: self._keep_reference(picture))

    async def read(self, path: str) -> bytes:
        return await self._in_pool(lambda: self._read(path))

    async def lying(self, place: Place, beginning: str) -> list[str]:
        return await self._in_pool(lambda: self._listed(self._folder(place).glob(f"{slug(beginning)}*")))

    async def references(self) -> list[str]:
        return await self._in_pool(lambda: self._listed((self._root / REFERENCES).glob("*/*")))

    async def written(self, path: str) -> int:
        return await self._in_pool(lambda: self._written(path))

    async def remove(self, path: str) -> None:
        await self._in_pool(lambda: self._remove(path))

    async def free_bytes(self) -> int:
        return await self._in_pool(lambda: shutil.disk_usage(self._root).free)

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _folder(self, place: Place) -> Path:
        return self._root / slug(place.project) / slug(place.character) / slug(place.day) / slug(place.kind)

    def _listed(self, found: Iterable[Path]) -> list[str]:
        return sorted(path.relative_to(self._data).as_posix() for path in found)

    def _remove(self, path: str) -> None:
        """Remove it for good: once that is noted nobody looks for the file again, power cut or not."""
        try:
            file = self._inside(self._data / path)
            with suppress(FileNotFoundError):
                file.unlink()
                sync_folder(file.parent)
        except (OSError, ValueError) as error:
            raise StudioError(f"{path} cannot be removed: {error}.", hint="Check the disk.") from error

    def _written(self, path: str) -> int:
        try:
            return self._inside(self._data / path).stat().st_mtime_ns // 1_000_000
        except (OSError, ValueError) as error:
            raise _gone(path) from error

    def _read(self, path: str) -> bytes:
        try:
            return self._inside(self._data / path).read_bytes()
        except (OSError, ValueError) as error:
            raise _gone(path) from error

    def _keep_reference(self, picture: Picture) -> Shelved:
        digest = sha256(picture.content).hexdigest()
        folder = self._root / REFERENCES / digest[:2]
        return self._keep(folder / f"{digest}.{ending_of(picture.media_type)}", picture.content)

    def _keep(self, path: Path, content: bytes) -> Shelved:
        digest = sha256(content).hexdigest()
        try:
            kept = self._write(self._inside(path), content, digest)
        except OSError as error:
            failure = DiskFull if error.errno in FULL else StudioError
            raise failure(
                f"The picture could not be written: {error.strerror or error}.",
                hint="Make room in the data folder, or give Genga the right to write there.",
            ) from error
        return Shelved(path=kept.relative_to(self._data).as_posix(), sha256=digest, bytes=len(content))

    def _write(self, path: Path, content: bytes, digest: str) -> Path:
        unnamed = self._incoming / f"{uuid4().hex}.part"
        try:
            make_folder(self._incoming)
            _write_through(unnamed, content)
            make_folder(path.parent)
            with self._naming:
                free = path if _is_free(path, content) else path.with_stem(f"{path.stem}-{digest[:8]}")
                unnamed.replace(free)
            sync_folder(free.parent)
        finally:
            unnamed.unlink(missing_ok=True)
        return free

    def _inside(self, path: Path) -> Path:
        """Return the path with every `..` and link followed; raise ValueError if it leaves the library."""
        resolved = path.resolve()
        if not resolved.is_relative_to(self._root):
            raise ValueError(f"{path} is not below {self._root}")
        return resolved


def _gone(path: str) -> NotFound:
    return NotFound(f"The file `{path}` is not in the library.", hint="Draw it again with `/job again`.")


def slug(name: str) -> str:
    """Return the name if it can be a file's on every system; what Windows keeps for itself gets a mark."""
    if not _SLUG.fullmatch(name):
        raise ValueError(f"{name!r} is no slug")
    return f"{name}_" if _TAKEN_BY_WINDOWS.fullmatch(name) else name


def _is_free(path: Path, content: bytes) -> bool:
    """Tell whether nothing is lost by this name: nothing there, or the same bytes."""
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return True


def _write_through(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, each of them safe from a power cut."""
    if folder.is_dir():
        return
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in new:
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in the folder safe from a power cut; Windows does so itself and refuses to be asked."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
