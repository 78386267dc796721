"""Copies of the database: taken in one step while the bot works, proven, named last, the oldest let go."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Final
from uuid import uuid4

from bot.core.errors import Misconfigured, NotFound, StudioError
from storage.checking import inspect
from storage.files import sync_folder
from storage.migrating import keep_copy
from storage.settings import RESTORED

PATTERN = "genga-????????-??????.db"
_STAMP = "%Y%m%d-%H%M%S"
_LOGS: Final = ("-wal", "-journal")
"""What a database's newest transactions may be in; another database would take harm from them."""
_HOUR_MS: Final = 3_600_000
_BEYOND_READING: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The database that was put back, and where the one it replaced is kept (None if there was none)."""

    source: Path
    kept: Path | None


def back_up(database: Path, folder: Path, *, at: int, keep: int) -> Path:
    """Copy the database into the folder and let all but the `keep` newest copies go; return the copy.

    Reads through a connection of its own in one step, so that the bot goes on writing meanwhile.
    Raises NotFound if there is no database, sqlite3.Error if the copy is not sound: then nothing was kept.
    """
    if not database.exists():
        raise NotFound(f"There is no database at {database}.", hint="Start the bot once, or set DATA_DIR.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"genga-{_stamp(at)}.db"
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        keep_copy(connection, target, ending=f"{uuid4().hex}.new")
    for old in (*backups_in(folder)[keep:], *_broken_off(folder, at=at)):
        old.unlink(missing_ok=True)
    return target


def _broken_off(folder: Path, *, at: int) -> list[Path]:
    """Return what copies left behind that were cut off: each is as large as the database."""
    parts = [*folder.glob(f"{PATTERN}.*new"), *folder.glob(f"{PATTERN}.*new-journal")]
    return [part for part in parts if part.name[: len(PATTERN)] < f"genga-{_stamp(at - _HOUR_MS)}.db"]


class FolderBackups:
    """The port `Backups` over a folder beside the database."""

    def __init__(self, database: Path, folder: Path, *, keep: int) -> None:
        self._database = database
        self._folder = folder
        self._keep = keep

    async def take(self, *, at: int) -> None:
        """Take a copy; who is cancelled meanwhile leaves once it is done, and nothing writes behind them."""
        copying = asyncio.create_task(
            asyncio.to_thread(back_up, self._database, self._folder, at=at, keep=self._keep)
        )
        try:
            await asyncio.shield(copying)
        except asyncio.CancelledError:
            await asyncio.gather(copying, return_exceptions=True)
            raise
        except (OSError, sqlite3.Error) as error:
            raise StudioError(
                f"The database could not be copied: {error}.", hint="Make room, and run `genga doctor`."
            ) from error

    async def newest(self) -> int | None:
        found = await asyncio.to_thread(backups_in, self._folder)
        return _taken_at(found[0]) if found else None


def backups_in(folder: Path) -> list[Path]:
    """Return the copies, newest first."""
    return sorted(folder.glob(PATTERN), reverse=True)


def restore(backup: Path, database: Path, *, at: int) -> Restored:
    """Put a copy in the database's place, and keep what was there beside it; the bot must not be running.

    Whenever the power fails, one of the two is there, whole: the old one keeps its name until the new one
    takes it in one step. Raises NotFound or Misconfigured for what is no sound database of Genga's, and for
    an old one that cannot be set aside; then nothing was replaced.
    """
    prove(backup)
    incoming = database.with_name(f"{database.name}.incoming")
    incoming.with_name(f"{incoming.name}-journal").unlink(
        missing_ok=True
    )  # it would undo what is in this one
    with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        keep_copy(connection, incoming)
    kept = _kept_beside(database, at=at) if database.exists() else None
    _note_restored(incoming, at=at, numbers=_numbers_given(database) if kept else {})
    for log in (*_LOGS, "-shm"):
        database.with_name(database.name + log).unlink(missing_ok=True)
    sync_folder(database.parent)
    incoming.replace(database)
    sync_folder(database.parent)
    return Restored(source=backup, kept=kept)


def _numbers_given(database: Path) -> dict[str, int]:
    """Return the last number of each table, as far as it can be read: they stand in posts and on buttons."""
    try:
        with closing(_opened(database)) as connection:
            return dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    except sqlite3.DatabaseError:
        return {}


def _note_restored(incoming: Path, *, at: int, numbers: Mapping[str, int]) -> None:
    """Let the new one know that files from before now may be another's, and give no number a second time."""
    with closing(sqlite3.connect(incoming)) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO studio_settings (key, value) VALUES (?, ?)", (RESTORED, str(at))
        )
        known = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        connection.executemany("DELETE FROM sqlite_sequence WHERE name = ?", [(name,) for name in numbers])
        connection.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
            [(name, max(last, known.get(name, 0))) for name, last in numbers.items()],
        )


def prove(backup: Path) -> None:
    """Raise NotFound or Misconfigured for what could not be put back."""
    if not backup.is_file():
        raise NotFound(f"There is no file {backup}.", hint="`genga backup` makes one.")
    try:
        seen = inspect(backup)
    except sqlite3.Error as error:
        raise Misconfigured(f"{backup} is no database: {error}.", hint="Choose another copy.") from error
    if seen.problems:
        raise Misconfigured(f"{backup} is damaged: {seen.problems[0]}.", hint="Choose another copy.")
    if not 0 < seen.schema <= seen.newest:
        raise Misconfigured(
            f"{backup} has the schema {seen.schema}; this version of Genga knows 1 to {seen.newest}.",
            hint="Use the Genga that wrote it, or a newer one.",
        )


def _kept_beside(database: Path, *, at: int) -> Path:
    """Give the database a second name, its logs before it; then the logs are of no more use beside it."""
    aside = _free_beside(database, at=at)
    try:
        for part in (*_LOGS, ""):
            if database.with_name(database.name + part).exists():
                _keep_also(database.with_name(database.name + part), aside.with_name(aside.name + part))
        sync_folder(aside.parent)
        _fold_in_logs(database)
    except (OSError, sqlite3.Error) as error:
        for part in (*_LOGS, ""):
            aside.with_name(aside.name + part).unlink(missing_ok=True)
        raise Misconfigured(
            f"{database} cannot be set aside: {error}.",
            hint="It is as it was. Make room, stop whatever has it open, and try again.",
        ) from error
    return aside


def _fold_in_logs(database: Path) -> None:
    """Write what is in the logs into the database itself, as far as it can still be read."""
    try:
        with closing(_opened(database)) as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _BEYOND_READING:
            raise
    else:
        if busy:
            raise sqlite3.OperationalError("something else has it open")


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=0)


def _free_beside(database: Path, *, at: int) -> Path:
    first = database.with_name(f"{database.name}.replaced-{_stamp(at)}")
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(path for path in chain([first], others) if not path.exists())


def _keep_also(file: Path, name: Path) -> None:
    """Give the file another name; where a file has only one, copy it."""
    name.unlink(missing_ok=True)
    try:
        os.link(file, name)
    except OSError:
        shutil.copyfile(file, name)
        with name.open("rb+") as copied:
            os.fsync(copied.fileno())


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime(_STAMP)


def _taken_at(backup: Path) -> int:
    taken = datetime.strptime(backup.stem.removeprefix("genga-"), _STAMP).replace(tzinfo=UTC)
    return int(taken.timestamp() * 1000)
