"""Database and files held against each other, both ways; what does not fit is named before it is mended."""

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count
from pathlib import Path

from storage.checking import inspect
from storage.files import LIBRARY

LOST_AND_FOUND = "lost-and-found"


class Kind(StrEnum):
    DAMAGED = "damaged database"
    MISSING = "missing file"
    CHANGED = "changed file"
    STRAY = "stray file"
    DISCARDED = "discarded file"
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
        """Tell whether something is wrong; an open job or a discarded file is merely not finished."""
        return self.kind not in (Kind.OPEN, Kind.DISCARDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A file that a row needs; what its bytes must be where that was written down."""

    path: str
    whose: str
    sha256: str | None = None
    bytes: int | None = None


def check(data: Path) -> list[Trouble]:
    """Look at everything below the data folder and change nothing."""
    database = data / "genga.db"
    damaged = [Trouble(kind=Kind.DAMAGED, what=problem) for problem in inspect(database).problems]
    with closing(_opened(database, "ro")) as db:
        return [
            *damaged,
            *_missing_or_changed(_kept(db), data),
            *_strays(_kept(db), _discarded(db), data),
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


def _kept(db: sqlite3.Connection) -> Iterator[_Kept]:
    """Yield every file that is needed: what was deleted is not, even if a job was drawn from it."""
    for row in db.execute("SELECT job, path, sha256, bytes FROM artifacts WHERE deleted IS NULL ORDER BY id"):
        yield _Kept(path=row["path"], whose=f"of #{row['job']}", sha256=row["sha256"], bytes=row["bytes"])
    for row in db.execute(
        """
        SELECT job, thumbnail FROM artifacts
        WHERE thumbnail IS NOT NULL AND deleted IS NULL
        ORDER BY id
        """
    ):
        yield _Kept(path=row["thumbnail"], whose=f"(small picture) of #{row['job']}")
    for row in db.execute(
        """
        SELECT characters.name, character_references.path, character_references.sha256,
               character_references.bytes
        FROM character_references JOIN characters ON characters.id = character_references.character
        ORDER BY character_references.id
        """
    ):
        whose = f"(reference) of {row['name']}"
        yield _Kept(path=row["path"], whose=whose, sha256=row["sha256"], bytes=row["bytes"])
    yield from _drawn_from(db)


def _drawn_from(db: sqlite3.Connection) -> Iterator[_Kept]:
    """Yield what jobs were or will be drawn from, each file once."""
    rows = db.execute(
        """
        SELECT path, sha256, min(job) AS job
        FROM (
            SELECT reference AS path,
                   ifnull(json_extract(recipe, '$.reference.sha256'),
                          json_extract(request, '$.reference.sha256')) AS sha256,
                   id AS job
            FROM jobs
            WHERE reference IS NOT NULL
            UNION ALL
            SELECT path, json_extract(reference, '$.sha256'), NULL FROM pins
        )
        WHERE path NOT IN (SELECT path FROM artifacts WHERE deleted IS NOT NULL)
        GROUP BY path
        ORDER BY path
        """
    )
    for row in rows:
        whose = (
            "(reference) for somebody's next drawing"
            if row["job"] is None
            else f"(reference) of #{row['job']}"
        )
        yield _Kept(path=row["path"], whose=whose, sha256=row["sha256"])


def _missing_or_changed(kept: Iterable[_Kept], data: Path) -> Iterator[Trouble]:
    for one in kept:
        path = data / one.path
        name = f"{one.path} {one.whose}"
        if not path.is_file():
            yield Trouble(kind=Kind.MISSING, what=f"{name} is not there")
        elif not _is_as_stored(path, one):
            yield Trouble(kind=Kind.CHANGED, what=f"{name} is not what was stored")


def _is_as_stored(path: Path, kept: _Kept) -> bool:
    if kept.bytes is not None and path.stat().st_size != kept.bytes:
        return False
    return kept.sha256 is None or _sha256(path) == kept.sha256


def _strays(kept: Iterable[_Kept], discarded: Collection[str], data: Path) -> Iterator[Trouble]:
    """Yield the files that no row needs."""
    needed = {one.path for one in kept}
    library = data / LIBRARY
    for path in sorted(library.rglob("*")) if library.is_dir() else ():
        relative = path.relative_to(data).as_posix()
        if not path.is_file() or relative in needed:
            continue
        if relative in discarded:
            yield Trouble(kind=Kind.DISCARDED, what=f"{relative} was given up: the next start removes it")
            continue
        yield Trouble(
            kind=Kind.STRAY,
            what=f"{relative} belongs to nothing",
            mend=f"move it to {LOST_AND_FOUND}/",
            file=path,
        )


def _discarded(db: sqlite3.Connection) -> set[str]:
    return {row["path"] for row in db.execute("SELECT path FROM discards")}


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
    """Move it to where nothing lies yet: what was found earlier under the same name stays."""
    target = data / LOST_AND_FOUND / path.relative_to(data / LIBRARY)
    target.parent.mkdir(parents=True, exist_ok=True)
    others = (target.with_stem(f"{target.stem}-{number}") for number in count(2))
    path.replace(next(free for free in chain([target], others) if not free.exists()))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
