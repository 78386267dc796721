"""Jobs, found: by number, by message, by what they wait for."""

import json
from collections.abc import Sequence
from sqlite3 import Connection

from bot.core.job import Job, JobState
from bot.core.queueing import Kind, Waiting
from bot.ports.stores import JobFilter
from storage.leafing import newest_first, order
from storage.records import Values, job_of, waiting_of
from storage.transitions import no_such_job

_BEYOND_ALL = 2**63 - 1


def by_id(db: Connection, *, job_id: int) -> Job:
    row = db.execute("SELECT * FROM jobs WHERE id = ?", (min(job_id, _BEYOND_ALL),)).fetchone()
    if row is None:
        raise no_such_job(job_id)
    return job_of(row)


def by_origin(db: Connection, *, key: str) -> Job | None:
    row = db.execute("SELECT * FROM jobs WHERE origin_key = ?", (key,)).fetchone()
    return None if row is None else job_of(row)


def by_message(db: Connection, *, message: int) -> Job | None:
    row = db.execute(
        "SELECT * FROM jobs WHERE card_message = :message OR post_message = :message", {"message": message}
    ).fetchone()
    return None if row is None else job_of(row)


def in_states(db: Connection, *, states: Sequence[JobState]) -> list[Job]:
    # The index is named, here and in `waiting`: SQLite's statistics do not know that hardly any job is open.
    rows = db.execute(
        """
        SELECT * FROM jobs INDEXED BY jobs_by_state
        WHERE state IN (SELECT value FROM json_each(?))
        ORDER BY id
        """,
        (json.dumps(states),),
    )
    return [job_of(row) for row in rows]


def waiting(db: Connection) -> list[Waiting]:
    rows = db.execute(
        """
        SELECT jobs.id, jobs.user, max(jobs.created, ifnull(batches.served, 0)) AS since, jobs.priority,
               workflow, model, pixels, steps, count, jobs.batch
        FROM jobs INDEXED BY jobs_by_state LEFT JOIN batches ON batches.id = jobs.batch
        WHERE jobs.state = 'queued' AND batches.state IS NOT 'paused'
        ORDER BY jobs.id
        """
    )
    return [waiting_of(row) for row in rows]


def unsettled_cards(db: Connection, *, since: int, limit: int) -> list[Job]:
    rows = db.execute(
        """
        SELECT * FROM jobs INDEXED BY jobs_unsettled
        WHERE since > ? AND card_settled = 0 AND card_message IS NOT NULL
              AND state IN ('delivered', 'shelved', 'failed', 'cancelled')
        ORDER BY since DESC, id DESC
        LIMIT ?
        """,
        (since, limit),
    )
    return [job_of(row) for row in rows]


def page(
    db: Connection, *, wanted: JobFilter, before: int | None, after: int | None, limit: int
) -> list[Job]:
    values: Values = {
        "guild": wanted.guild,
        "user": wanted.user,
        "project": wanted.project,
        "state": wanted.state and wanted.state.value,
    }
    given = [f"{column} = :{column}" for column, value in values.items() if value is not None]
    where = " AND ".join(["id > :after", "id < :before", *given])
    bounds = {
        "after": -1 if after is None else after,
        "before": _BEYOND_ALL if before is None else before,
    }
    rows = db.execute(
        f"SELECT * FROM jobs WHERE {where} ORDER BY id {order(after=after)} LIMIT :limit",  # noqa: S608 the columns above
        {**values, **bounds, "limit": limit},
    )
    return newest_first([job_of(row) for row in rows], after=after)


def measured(db: Connection, *, kind: Kind, limit: int) -> list[int]:
    rows = db.execute(
        """
        SELECT drawing_ms
        FROM jobs
        WHERE workflow = :workflow AND model IS :model AND pixels = :pixels
              AND steps = :steps AND count = :count
              AND warmth = 'warm' AND drawing_ms IS NOT NULL
              AND state IN ('rendered', 'delivered', 'shelved')
        ORDER BY id DESC
        LIMIT :limit
        """,
        {
            "workflow": kind.workflow,
            "model": kind.model,
            "pixels": kind.pixels,
            "steps": kind.steps,
            "count": kind.count,
            "limit": limit,
        },
    )
    return [row["drawing_ms"] for row in rows]


def counts(db: Connection) -> dict[JobState, int]:
    rows = db.execute("SELECT state, jobs FROM job_counts")
    return {JobState(row["state"]): row["jobs"] for row in rows}


def count_in_line(db: Connection) -> int:
    row = db.execute(
        """
        SELECT count(*) AS jobs FROM jobs INDEXED BY jobs_in_line
        WHERE batch IS NULL AND state IN ('queued', 'submitted', 'running')
        """
    ).fetchone()
    return row["jobs"]


def count_in_line_of(db: Connection, *, user: int) -> int:
    row = db.execute(
        """
        SELECT count(*) AS jobs FROM jobs INDEXED BY jobs_in_line
        WHERE user = ? AND batch IS NULL AND state IN ('queued', 'submitted', 'running')
        """,
        (user,),
    ).fetchone()
    return row["jobs"]


def count_open_of(db: Connection, *, project: int) -> int:
    row = db.execute(
        """
        SELECT count(*) AS jobs FROM jobs INDEXED BY jobs_by_project_state
        WHERE project = ? AND state IN ('queued', 'submitted', 'running', 'rendered')
        """,
        (project,),
    ).fetchone()
    return row["jobs"]
