"""The pictures a job made: where each lies, what it is, and where it was posted."""

from collections.abc import Sequence
from sqlite3 import Connection

from bot.core.artifact import Artifact
from storage.records import artifact_of, values_of_artifact


def insert(db: Connection, artifacts: Sequence[Artifact]) -> None:
    db.executemany(
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
        """,
        [values_of_artifact(artifact) for artifact in artifacts],
    )


def posted(db: Connection, *, job_id: int, message: int, attachments: Sequence[int]) -> None:
    """Write where the pictures were posted; `attachments` are in their order."""
    db.execute("UPDATE artifacts SET message = ? WHERE job = ?", (message, job_id))
    db.executemany(
        "UPDATE artifacts SET attachment = ? WHERE job = ? AND position = ?",
        [(attachment, job_id, position) for position, attachment in enumerate(attachments)],
    )


def of_job(db: Connection, *, job_id: int) -> list[Artifact]:
    rows = db.execute("SELECT * FROM artifacts WHERE job = ? ORDER BY position", (job_id,))
    return [artifact_of(row) for row in rows]
