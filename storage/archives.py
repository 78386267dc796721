"""Zip files below `<data>/exports`: written piece by piece, and under their name only when they are whole."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from bot.core.errors import DiskFull, NotFound, StudioError
from bot.ports.archives import Packed
from storage.files import FULL, LIBRARY, make_folder, slug, sync_folder

T = TypeVar("T")

EXPORTS = "exports"
PIECE = 1024 * 1024

_PRESSED_ALREADY = frozenset({".png", ".jpg", ".webp"})


class FolderArchives:
    """The port `Archives`; all work on files is done in the pool.

    There is one per data folder: what another left unfinished in `.incoming` is thrown away.
    """

    def __init__(self, data: Path, pool: Executor) -> None:
        self._data = data.resolve()
        self._root = self._data / EXPORTS
        self._incoming = self._root / ".incoming"
        self._pool = pool
        self._naming = Lock()
        shutil.rmtree(self._incoming, ignore_errors=True)

    @asynccontextmanager
    async def begin(self, name: str) -> AsyncGenerator["ZipArchive"]:
        part = self._incoming / f"{uuid4().hex}.part"
        archive = ZipArchive(
            await self._in_pool(lambda: _begun(part)),
            self._data,
            self._pool,
            sealed=lambda: self._named(part, slug(name)),
        )
        try:
            yield archive
        finally:
            await archive.close()
            await asyncio.shield(self._in_pool(lambda: part.unlink(missing_ok=True)))

    async def read(self, path: str) -> bytes:
        return await self._in_pool(lambda: self._read(path))

    async def sweep(self, *, before: int) -> int:
        return await self._in_pool(lambda: self._sweep(before / 1000))

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _named(self, part: Path, name: str) -> Packed:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        with self._naming:
            names = (f"{name}.zip" if number == 1 else f"{name}-{number}.zip" for number in count(1))
            free = next(path for each in names if not (path := self._root / each).exists())
            part.replace(free)
        sync_folder(self._root)
        return Packed(path=free.relative_to(self._data).as_posix(), bytes=free.stat().st_size)

    def _read(self, path: str) -> bytes:
        try:
            return _inside(self._root, self._data / path).read_bytes()
        except (OSError, ValueError) as error:
            raise NotFound(f"The archive `{path}` is gone.", hint="Export it again.") from error

    def _sweep(self, before_s: float) -> int:
        """Remove what is old; a file that cannot be removed now is tried again the next time."""
        removed = 0
        for path in self._root.glob("*.zip"):
            with suppress(OSError):
                if path.stat().st_mtime < before_s:
                    path.unlink()
                    removed += 1
        return removed


class ZipArchive:
    """The port `Archive`: one thread at a time works on it, also where nobody waits for it any more."""

    def __init__(self, content: ZipFile, data: Path, pool: Executor, *, sealed: Callable[[], Packed]) -> None:
        self._zip = content
        self._data = data
        self._pool = pool
        self._sealed = sealed
        self._working: asyncio.Future[Any] | None = None

    async def add(self, name: str, content: bytes) -> None:
        await self._in_pool(lambda: self._zip.writestr(_entry(name), content))

    async def add_pieces(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        entry = await self._in_pool(lambda: self._zip.open(_entry(name), "w", force_zip64=True))
        try:
            async for piece in pieces:
                await self._in_pool(partial(entry.write, piece))
        finally:
            await self._in_pool(entry.close)

    async def add_file(self, name: str, path: str) -> int:
        return await self._in_pool(lambda: self._copy(name, path))

    async def seal(self) -> Packed:
        return await self._in_pool(self._finish)

    async def close(self) -> None:
        """Let go of the file, once the last piece of work on it has ended."""
        if self._working is not None:
            await asyncio.wait({self._working})
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, self._let_go))

    async def _in_pool(self, work: Callable[[], T]) -> T:
        """Do it in the pool; a thread that began is not stopped by our being cancelled."""
        working = asyncio.get_running_loop().run_in_executor(self._pool, lambda: _told(work))
        self._working = working
        return await asyncio.shield(working)

    def _copy(self, name: str, path: str) -> int:
        source = _source(self._data / LIBRARY, self._data / path)
        try:
            info = ZipInfo.from_file(source, name, strict_timestamps=False)
            info.compress_type = _method(name)
            with source.open("rb") as content, self._zip.open(info, "w") as entry:
                shutil.copyfileobj(content, entry, PIECE)
        except FileNotFoundError as error:
            raise _gone(path) from error
        return info.file_size

    def _finish(self) -> Packed:
        self._zip.close()
        return self._sealed()

    def _let_go(self) -> None:
        with suppress(OSError, ValueError):
            self._zip.close()


def _begun(part: Path) -> ZipFile:
    with _troubles():
        make_folder(part.parent)
        return ZipFile(part, "x")


def _entry(name: str) -> ZipInfo:
    info = ZipInfo(name, datetime.now().astimezone().timetuple()[:6])
    info.compress_type = _method(name)
    info.external_attr = 0o644 << 16
    return info


def _method(name: str) -> int:
    return ZIP_STORED if Path(name).suffix in _PRESSED_ALREADY else ZIP_DEFLATED


def _source(root: Path, path: Path) -> Path:
    try:
        return _inside(root, path)
    except ValueError as error:
        raise _gone(path.name) from error


def _gone(path: str) -> NotFound:
    return NotFound(f"The file `{path}` is not in the library.", hint="Draw it again with `/job again`.")


def _inside(root: Path, path: Path) -> Path:
    """Return the path with every `..` and link followed; raise ValueError if it leaves the folder."""
    resolved = path.resolve()
    if not resolved.is_relative_to(root):
        raise ValueError(f"{path} is not below {root}")
    return resolved


def _told(work: Callable[[], T]) -> T:
    with _troubles():
        return work()


@contextmanager
def _troubles() -> Generator[None]:
    try:
        yield
    except OSError as error:
        failure = DiskFull if error.errno in FULL else StudioError
        raise failure(
            f"The archive could not be written: {error.strerror or error}.",
            hint="Make room in the data folder, or give Genga the right to write there.",
        ) from error
