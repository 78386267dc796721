"""What hangs on a project, and its deletion: everything in one transaction, the project's row stays."""

from sqlite3 import Connection

from bot.core import library
from bot.core.errors import WrongState
from bot.ports.stores import Holdings
from storage import artifacts, finding
from storage.records import project_of


def holdings(db: Connection, *, project_id: int) -> Holdings:
    row = db.execute(
        """
        SELECT (SELECT count(*) FROM jobs WHERE project = :project) AS jobs,
               (SELECT count(*) FROM jobs WHERE project = :project
                AND state IN ('queued', 'submitted', 'running', 'rendered')) AS open_jobs,
               (SELECT count(*) FROM artifacts WHERE project = :project AND deleted IS NULL) AS pictures,
               (SELECT ifnull(sum(bytes), 0) FROM artifacts
                WHERE project = :project AND deleted IS NULL) AS bytes,
               (SELECT count(*) FROM characters WHERE project = :project) AS characters,
               (SELECT count(*) FROM styles WHERE project = :project) AS styles
        """,
        {"project": project_id},
    ).fetchone()
    return Holdings(**dict(row))


def check_there(db: Connection, *, project: int | None) -> None:
    """Raise WrongState for a project that was deleted: nothing is put into it in the very moment of that."""
    row = db.execute("SELECT * FROM projects WHERE id = ?", (project,)).fetchone()
    if row is not None:
        library.check_there(project_of(row))


def delete(db: Connection, *, project_id: int, pictures: int, at: int) -> None:
    """Delete what was seen; raise WrongState for a project that has open jobs, or other pictures by now."""
    check_there(db, project=project_id)
    _check_nothing_open(db, project_id=project_id)
    _check_seen(db, project_id=project_id, seen=pictures)
    references = _references_of(db, project_id=project_id)
    for table in ("characters", "project_choices", "project_threads"):
        db.execute(f"DELETE FROM {table} WHERE project = ?", (project_id,))  # noqa: S608 the names above
    db.execute("UPDATE projects SET deleted = ?, style = NULL WHERE id = ?", (at, project_id))
    db.execute("DELETE FROM styles WHERE project = ?", (project_id,))
    artifacts.delete(db, artifact_ids=_pictures_of(db, project_id=project_id), at=at)
    artifacts.discard(db, files=references, at=at)


def _check_nothing_open(db: Connection, *, project_id: int) -> None:
    waiting = finding.count_open_of(db, project=project_id)
    if waiting:
        raise WrongState(
            f"{waiting} of the project's jobs wait or are being drawn.",
            hint="Let them end or cancel them first.",
        )


def _check_seen(db: Connection, *, project_id: int, seen: int) -> None:
    row = db.execute("SELECT * FROM projects WHERE id = ?", (project_id,)).fetchone()
    there = holdings(db, project_id=project_id).pictures
    library.check_seen(project_of(row), pictures=there, seen=seen)


def _references_of(db: Connection, *, project_id: int) -> set[str]:
    rows = db.execute(
        """
        SELECT path FROM character_references
        WHERE character IN (SELECT id FROM characters WHERE project = ?)
        """,
        (project_id,),
    )
    return {row["path"] for row in rows}


def _pictures_of(db: Connection, *, project_id: int) -> list[int]:
    rows = db.execute("SELECT id FROM artifacts WHERE project = ? AND deleted IS NULL", (project_id,))
    return [row["id"] for row in rows]
