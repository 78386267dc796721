"""Database and files held against each other, both ways; what does not fit is named before it is mended."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from storage.checking import inspect
from storage.files import LIBRARY

LOST_AND_FOUND = "lost-and-found"


class Kind(StrEnum):
    DAMAGED = "damaged database"
    MISSING = "missing file"
    CHANGED = "changed file"
    STRAY = "stray file"
    OPEN = "open job"
    STUCK = "stuck post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that does not fit. `mend` is what `mend_all` would do; empty: it takes a person."""

    kind: Kind
    what: str
    mend: str = ""
    posting: int | None = None
    file: Path | None = None

    @property
    def is_fault(self) -> bool:
        """Tell whether something is wrong; an open job is merely not finished."""
        return self.kind is not Kind.OPEN


def check(data: Path) -> list[Trouble]:
    """Look at everything below the data folder and change nothing."""
    database = data / "genga.db"
    damaged = [Trouble(kind=Kind.DAMAGED, what=problem) for problem in inspect(database).problems]
    with closing(_opened(database, "ro")) as db:
        return [
            *damaged,
            *_missing_or_changed(db, data),
            *_strays(db, data),
            *_open_jobs(db),
            *_stuck_posts(db),
        ]


def mend_all(data: Path, troubles: list[Trouble], *, at: int) -> int:
    """Do what each trouble's `mend` says; return how many were mended. The bot must not be running."""
    mendable = [trouble for trouble in troubles if trouble.mend]
    for trouble in mendable:
        if trouble.file is not None:
            _move_away(data, trouble.file)
    with closing(_opened(data / "genga.db", "rw")) as db, db:
        db.executemany(
            """
            UPDATE outbox
            SET state = 'dropped', reason = 'fsck: its job has ended', closed = ?
            WHERE id = ?
            """,
            [(at, trouble.posting) for trouble in mendable if trouble.posting is not None],
        )
    return len(mendable)


def _opened(database: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode={mode}", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def _missing_or_changed(db: sqlite3.Connection, data: Path) -> Iterator[Trouble]:
    for row in db.execute("SELECT job, path, sha256, bytes FROM artifacts ORDER BY id"):
        path = data / row["path"]
        name = f"{row['path']} of #{row['job']}"
        if not path.is_file():
            yield Trouble(kind=Kind.MISSING, what=f"{name} is not there")
        elif path.stat().st_size != row["bytes"] or _sha256(path) != row["sha256"]:
            yield Trouble(kind=Kind.CHANGED, what=f"{name} is not what was stored")


def _strays(db: sqlite3.Connection, data: Path) -> Iterator[Trouble]:
    """Files that no row knows; a reference is known by the recipe of a job."""
    known = {str(row[0]) for row in db.execute("SELECT path FROM artifacts")}
    library = data / LIBRARY
    for path in sorted(library.rglob("*")) if library.is_dir() else ():
        relative = path.relative_to(data).as_posix()
        if not path.is_file() or relative in known or _is_reference_in_use(db, path, library):
            continue
        yield Trouble(
            kind=Kind.STRAY,
            what=f"{relative} belongs to no job",
            mend=f"move it to {LOST_AND_FOUND}/",
            file=path,
        )


def _is_reference_in_use(db: sqlite3.Connection, path: Path, library: Path) -> bool:
    if path.relative_to(library).parts[0] != "references":
        return False
    found = db.execute("SELECT 1 FROM jobs WHERE instr(recipe, ?) LIMIT 1", (path.stem,)).fetchone()
    return found is not None


def _open_jobs(db: sqlite3.Connection) -> Iterator[Trouble]:
    rows = db.execute(
        "SELECT id, state FROM jobs WHERE state IN ('queued', 'submitted', 'running', 'rendered') ORDER BY id"
    )
    for row in rows:
        yield Trouble(kind=Kind.OPEN, what=f"#{row['id']} is {row['state']}: the next start takes it up")


def _stuck_posts(db: sqlite3.Connection) -> Iterator[Trouble]:
    """Pictures that can no longer be posted because their job has ended otherwise."""
    rows = db.execute(
        """
        SELECT outbox.id, outbox.job, jobs.state
        FROM outbox JOIN jobs ON jobs.id = outbox.job
        WHERE outbox.state IN ('pending', 'sending') AND outbox.kind = 'pictures' AND jobs.state <> 'rendered'
        """
    )
    for row in rows:
        yield Trouble(
            kind=Kind.STUCK,
            what=f"the pictures of #{row['job']} wait to be posted, but it is {row['state']}",
            mend="drop the post",
            posting=row["id"],
        )


def _move_away(data: Path, path: Path) -> None:
    target = data / LOST_AND_FOUND / path.relative_to(data / LIBRARY)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
