"""The pictures a job made: where each lies, what it is, who is in it, and where it was posted."""

import json
from collections.abc import Collection, Sequence
from sqlite3 import Connection

from bot.core.artifact import Artifact
from storage.records import artifact_of, values_of_artifact


def insert(db: Connection, artifacts: Sequence[Artifact]) -> None:
    """Insert pictures of jobs that are stored: their guild, project and characters are those of the job."""
    for artifact in artifacts:
        _add_characters(db, artifact_id=_insert_one(db, artifact))


def _insert_one(db: Connection, artifact: Artifact) -> int:
    row = db.execute(
        """
        INSERT INTO artifacts (job, position, path, sha256, bytes, width, height, media_type,
                               source_filename, source_subfolder, source_type, source_node,
                               message, attachment, kind, created, origin_sha256, thumbnail, measures,
                               fingerprint, likeness, near, review, deleted, guild, project)
        VALUES (:job, :position, :path, :sha256, :bytes, :width, :height, :media_type,
                :source_filename, :source_subfolder, :source_type, :source_node,
                :message, :attachment, :kind, :created, :origin_sha256, :thumbnail, :measures,
                :fingerprint, :likeness, :near, :review, :deleted,
                (SELECT guild FROM jobs WHERE id = :job), (SELECT project FROM jobs WHERE id = :job))
        RETURNING id
        """,
        values_of_artifact(artifact),
    ).fetchone()
    return row["id"]


def _add_characters(db: Connection, *, artifact_id: int) -> None:
    """Note who is in the picture, by its job's recipe; a character that is gone by now is left out."""
    db.execute(
        """
        INSERT OR IGNORE INTO artifact_characters (artifact, character, review)
        SELECT artifacts.id, characters.id, artifacts.review
        FROM artifacts
             CROSS JOIN jobs ON jobs.id = artifacts.job
             CROSS JOIN json_each(jobs.recipe, '$.cast')
             CROSS JOIN characters ON characters.id = json_extract(json_each.value, '$.id')
        WHERE artifacts.id = ?
        """,
        (artifact_id,),
    )


def posted(db: Connection, *, job_id: int, message: int, attachments: Sequence[int]) -> None:
    """Write where the pictures were posted; `attachments` are in their order."""
    db.execute("UPDATE artifacts SET message = ? WHERE job = ?", (message, job_id))
    rows = db.execute("SELECT id FROM artifacts WHERE job = ? ORDER BY position", (job_id,)).fetchall()
    db.executemany(
        "UPDATE artifacts SET attachment = ? WHERE id = ?",
        [(attachment, row["id"]) for attachment, row in zip(attachments, rows, strict=False)],
    )


def of_job(db: Connection, *, job_id: int) -> list[Artifact]:
    rows = db.execute("SELECT * FROM artifacts WHERE job = ? ORDER BY position", (job_id,))
    return [artifact_of(row) for row in rows]


def move(db: Connection, *, job_id: int, project: int | None) -> None:
    db.execute("UPDATE artifacts SET project = ? WHERE job = ?", (project, job_id))


def delete(db: Connection, *, artifact_ids: Sequence[int], at: int) -> None:
    """Mark them as deleted, and their files as discarded."""
    ids = json.dumps(list(artifact_ids))
    rows = db.execute(
        """
        UPDATE artifacts SET deleted = :at
        WHERE id IN (SELECT value FROM json_each(:ids)) AND deleted IS NULL
        RETURNING path, thumbnail
        """,
        {"ids": ids, "at": at},
    ).fetchall()
    discard(db, files={file for row in rows for file in row if file is not None}, at=at)


def discard(db: Connection, *, files: Collection[str], at: int) -> None:
    """Note these files as discarded; what something still needs is due once nothing does any more."""
    db.execute(
        "INSERT OR IGNORE INTO discards (path, at) SELECT value, :at FROM json_each(:files)",
        {"files": json.dumps(sorted(files)), "at": at},
    )


def unneeded(path: str) -> str:
    """Return the condition that nothing needs the file of this column.

    A file is needed by a picture that is not deleted, by a character, by a pin, and by an open job that
    starts from it. What people gave as a reference is needed by every job that ever started from it: those
    can be drawn again.
    """
    return f"""
        NOT EXISTS (SELECT 1 FROM artifacts WHERE artifacts.path = {path} AND deleted IS NULL)
        AND NOT EXISTS (SELECT 1 FROM artifacts WHERE thumbnail = {path} AND deleted IS NULL)
        AND NOT EXISTS (SELECT 1 FROM character_references WHERE character_references.path = {path})
        AND NOT EXISTS (SELECT 1 FROM pins WHERE pins.path = {path})
        AND NOT EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_by_reference
                        WHERE reference = {path}
                              AND (state IN ('queued', 'submitted', 'running')
                                   OR {path} GLOB 'library/references/*'))
    """  # noqa: S608 the name of a column
