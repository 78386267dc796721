"""The one SQLite file: one connection that writes whole transactions, one that only reads."""

import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import aiosqlite

from bot.core.errors import Misconfigured
from storage.migrating import migrate

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_BUSY_MS = 5_000
_JOURNAL_BYTES = 64 * 1024 * 1024


class Database:
    """Runs functions on the database's threads, each in one hop.

    The function gets the plain `sqlite3` connection, and whatever it raises arrives at the caller. As it
    runs to its end on the thread, a cancelled caller leaves no transaction open: what it asked for still
    happens whole.
    """

    def __init__(self, writer: "_Connection", reader: "_Connection") -> None:
        self._writer = writer
        self._reader = reader

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncGenerator["Database"]:
        """Open the file, made and migrated as needed; raise Misconfigured for one that cannot be used."""
        _check_sqlite()
        async with AsyncExitStack() as stack:
            writer = await stack.enter_async_context(_Connection(partial(_open_writer, path)))
            stack.push_async_callback(writer.run, _optimize)
            reader = await stack.enter_async_context(_Connection(partial(_open_reader, path)))
            yield cls(writer, reader)

    async def write(self, work: Work[T]) -> T:
        """Run it as one transaction: all of it is on disk when this returns, or nothing if it raises."""
        return await self._writer.run(partial(_in_transaction, work))

    async def read(self, work: Work[T]) -> T:
        """Run it on the connection that cannot write; it sees every finished write."""
        return await self._reader.run(work)

    async def problems(self) -> list[str]:
        """Return what SQLite's own quick check finds wrong with the file."""
        return await self.read(_problems)


class _Connection(aiosqlite.Connection):
    """aiosqlite's connection and thread, with a way to run a whole function there."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)

    async def __aenter__(self) -> Self:
        try:
            await super().__aenter__()
        except BaseException:
            self._thread.join()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close after everything that was asked for; the thread has been told to end, so it is waited for."""
        try:
            await self.close()
        finally:
            self._thread.join()

    async def run(self, work: Work[T]) -> T:
        return await self._execute(work, self._conn)  # pyright: ignore[reportUnknownMemberType] untyped there


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise Misconfigured(
            f"This Python comes with SQLite {sqlite3.sqlite_version}; Genga needs {needed} or newer.",
            hint="Use a Python of python.org or of a current distribution.",
        )


def _open_writer(path: Path) -> sqlite3.Connection:
    try:
        connection = _connect(path)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        connection.execute("PRAGMA synchronous = FULL")
        migrate(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _open_reader(path: Path) -> sqlite3.Connection:
    connection = _connect(path, mode="ro")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(path: Path, *, mode: str = "rwc") -> sqlite3.Connection:
    if mode == "rwc":
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=_BUSY_MS / 1000,
        cached_statements=256,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _unusable(path: Path, error: Exception) -> Misconfigured:
    return Misconfigured(
        f"The database {path} cannot be opened: {error}.",
        hint="Check DATA_DIR: the folder must be on a local disk, writable, and the file Genga's own.",
    )


def _in_transaction(work: Work[T], connection: sqlite3.Connection) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _optimize(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA optimize")


def _problems(connection: sqlite3.Connection) -> list[str]:
    found = [str(row[0]) for row in connection.execute("PRAGMA quick_check")]
    return [] if found == ["ok"] else found
