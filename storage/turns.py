"""Who had how recent a turn at the GPU."""

from sqlite3 import Connection

from bot.core.job import Job


def take(db: Connection, job: Job) -> None:
    """Give the job's user the newest turn, and its batch one now."""
    db.execute(
        """
        INSERT INTO turns (user, turn)
        VALUES (?, (SELECT ifnull(max(turn), 0) + 1 FROM turns))
        ON CONFLICT (user) DO UPDATE SET turn = excluded.turn
        """,
        (job.origin.user,),
    )
    db.execute("UPDATE batches SET served = ? WHERE id = ?", (job.since, job.batch))


def of_waiting_users(db: Connection) -> dict[int, int]:
    # The index is named: SQLite's statistics do not know that hardly any job is queued.
    rows = db.execute(
        """
        SELECT user, turn
        FROM turns
        WHERE user IN (SELECT user FROM jobs INDEXED BY jobs_by_state WHERE state = 'queued')
        """
    )
    return {row["user"]: row["turn"] for row in rows}
