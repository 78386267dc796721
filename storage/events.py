"""The history of a job: one row per transition."""

from sqlite3 import Connection

from bot.core.job import Job, JobEvent
from storage.records import event_of


def append(db: Connection, job: Job, *, note: str) -> None:
    db.execute(
        "INSERT INTO job_events (job, state, at, attempt, note) VALUES (?, ?, ?, ?, ?)",
        (job.id, job.state.value, job.since, job.attempt, note),
    )


def of_job(db: Connection, *, job_id: int) -> list[JobEvent]:
    rows = db.execute("SELECT * FROM job_events WHERE job = ? ORDER BY id", (job_id,))
    return [event_of(row) for row in rows]
