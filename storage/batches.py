"""Batches: many jobs stored, paused and taken back as one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from sqlite3 import Connection

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchCounts, BatchState
from bot.core.errors import NotFound
from bot.core.job import Card, Job, JobState
from bot.ports.stores import NewJob
from storage.database import Database
from storage.jobs import insert_new
from storage.leafing import newest_first, order
from storage.records import artifact_of, job_of
from storage.result_records import batch_of, values_of_batch

_BEYOND_ALL = 2**63 - 1


class SqliteBatches:
    """The port `Batches`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, batch: Batch, jobs: Sequence[NewJob]) -> tuple[Batch, bool]:
        return await self._database.write(partial(_add, batch=batch, jobs=jobs))

    async def get(self, batch_id: int) -> Batch:
        return await self._database.read(partial(_by_id, batch_id=batch_id))

    async def with_key(self, key: str) -> Batch | None:
        return await self._database.read(partial(_with_key, key=key))

    async def counts(self, batch_id: int) -> BatchCounts:
        return await self._database.read(partial(_counts, batch_id=batch_id))

    async def jobs(self, batch_id: int) -> list[Job]:
        return await self._database.read(partial(_jobs, batch_id=batch_id))

    async def pictures(self, batch_id: int) -> list[Artifact]:
        return await self._database.read(partial(_pictures, batch_id=batch_id))

    async def of_guild(
        self,
        guild: int | None,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Batch]:
        return await self._database.read(
            partial(_of_guild, guild=guild, before=before, after=after, limit=limit)
        )

    async def unfinished(self) -> list[Batch]:
        return await self._database.read(_unfinished)

    async def count_open(self, user: int) -> int:
        return await self._database.read(partial(_count_open, user=user))

    async def to(self, batch_id: int, state: BatchState, *, at: int) -> Batch:
        return await self._database.write(partial(_to, batch_id=batch_id, state=state, at=at))

    async def set_card(self, batch_id: int, card: Card) -> None:
        await self._database.write(partial(_set_card, batch_id=batch_id, card=card))

    async def settle_card(self, batch_id: int, card: Card) -> None:
        await self._database.write(partial(_settle_card, batch_id=batch_id, card=card))

    async def unsettled_cards(self, *, since: int, limit: int) -> list[Batch]:
        return await self._database.read(partial(_unsettled_cards, since=since, limit=limit))

    async def set_report(self, batch_id: int, card: Card) -> None:
        await self._database.write(partial(_set_report, batch_id=batch_id, card=card))


# ── as one


def _add(db: Connection, *, batch: Batch, jobs: Sequence[NewJob]) -> tuple[Batch, bool]:
    known = _with_key(db, key=batch.key)
    if known is not None:
        return known, False
    stored = _insert(db, batch)
    for new in jobs:
        insert_new(db, replace(new, batch=stored.id))
    return stored, True


def _insert(db: Connection, batch: Batch) -> Batch:
    row = db.execute(
        """
        INSERT INTO batches (key, title, kind, guild, channel, user, user_name, created, project, priority,
                             state, since, card_channel, card_message, report_channel, report_message,
                             ends_with_sheet)
        VALUES (:key, :title, :kind, :guild, :channel, :user, :user_name, :created, :project, :priority,
                :state, :since, :card_channel, :card_message, :report_channel, :report_message,
                :ends_with_sheet)
        RETURNING *
        """,
        values_of_batch(batch),
    ).fetchone()
    return batch_of(row)


def _to(db: Connection, *, batch_id: int, state: BatchState, at: int) -> Batch:
    batch = _by_id(db, batch_id=batch_id).to(state, at=at)
    db.execute(
        "UPDATE batches SET state = ?, since = ? WHERE id = ?", (batch.state.value, batch.since, batch.id)
    )
    if state is BatchState.CANCELLED:
        _cancel_queued(db, batch_id=batch.id, at=at)
    return batch


def _cancel_queued(db: Connection, *, batch_id: int, at: int) -> None:
    """Cancel the jobs that wait, each with its event, and note the wish for those that are drawn."""
    db.execute(
        """
        INSERT INTO job_events (job, state, at, attempt, note)
        SELECT id, :cancelled, :at, attempt, 'with its batch'
        FROM jobs INDEXED BY jobs_by_batch_state
        WHERE batch = :batch AND state = 'queued'
        ORDER BY id
        """,
        {"cancelled": JobState.CANCELLED.value, "at": at, "batch": batch_id},
    )
    db.execute(
        """
        UPDATE jobs INDEXED BY jobs_by_batch_state
        SET state = :cancelled, since = :at
        WHERE batch = :batch AND state = 'queued'
        """,
        {"cancelled": JobState.CANCELLED.value, "at": at, "batch": batch_id},
    )
    db.execute(
        """
        UPDATE jobs INDEXED BY jobs_by_batch_state
        SET cancel_requested = 1
        WHERE batch = ? AND state IN ('submitted', 'running')
        """,
        (batch_id,),
    )


def _set_card(db: Connection, *, batch_id: int, card: Card) -> None:
    changed = db.execute(
        "UPDATE batches SET card_channel = ?, card_message = ?, card_settled = 0 WHERE id = ?",
        (card.channel, card.message, batch_id),
    ).rowcount
    _expect_one(changed)


def _settle_card(db: Connection, *, batch_id: int, card: Card) -> None:
    db.execute(
        "UPDATE batches SET card_settled = 1 WHERE id = ? AND card_message = ?", (batch_id, card.message)
    )


def _set_report(db: Connection, *, batch_id: int, card: Card) -> None:
    changed = db.execute(
        "UPDATE batches SET report_channel = ?, report_message = ? WHERE id = ?",
        (card.channel, card.message, batch_id),
    ).rowcount
    _expect_one(changed)


def _expect_one(changed: int) -> None:
    if not changed:
        raise _no_such_batch()


def _no_such_batch() -> NotFound:
    return NotFound("There is no such batch.", hint="`/batch list` shows those there are.")


# ── found


def _by_id(db: Connection, *, batch_id: int) -> Batch:
    row = db.execute("SELECT * FROM batches WHERE id = ?", (min(batch_id, _BEYOND_ALL),)).fetchone()
    if row is None:
        raise _no_such_batch()
    return batch_of(row)


def _with_key(db: Connection, *, key: str) -> Batch | None:
    row = db.execute("SELECT * FROM batches WHERE key = ?", (key,)).fetchone()
    return None if row is None else batch_of(row)


def _counts(db: Connection, *, batch_id: int) -> BatchCounts:
    rows = db.execute(
        """
        SELECT state, count(*) AS jobs FROM jobs INDEXED BY jobs_by_batch_state
        WHERE batch = ? GROUP BY state
        """,
        (batch_id,),
    )
    jobs = {JobState(row["state"]): row["jobs"] for row in rows}
    made = db.execute(
        """
        SELECT count(*) AS pictures
        FROM jobs INDEXED BY jobs_by_batch CROSS JOIN artifacts ON artifacts.job = jobs.id
        WHERE jobs.batch = ?
        """,
        (batch_id,),
    ).fetchone()
    return BatchCounts(jobs=jobs, pictures=made["pictures"])


def _jobs(db: Connection, *, batch_id: int) -> list[Job]:
    rows = db.execute("SELECT * FROM jobs INDEXED BY jobs_by_batch WHERE batch = ? ORDER BY id", (batch_id,))
    return [job_of(row) for row in rows]


def _pictures(db: Connection, *, batch_id: int) -> list[Artifact]:
    rows = db.execute(
        """
        SELECT artifacts.*
        FROM jobs INDEXED BY jobs_by_batch CROSS JOIN artifacts ON artifacts.job = jobs.id
        WHERE jobs.batch = ? AND artifacts.deleted IS NULL
        ORDER BY jobs.id, artifacts.position
        """,
        (batch_id,),
    )
    return [artifact_of(row) for row in rows]


def _of_guild(
    db: Connection, *, guild: int | None, before: int | None, after: int | None, limit: int
) -> list[Batch]:
    rows = db.execute(
        f"""
        SELECT * FROM batches INDEXED BY batches_by_guild
        WHERE guild IS ? AND id > ? AND id < ?
        ORDER BY id {order(after=after)} LIMIT ?
        """,  # noqa: S608 a direction
        (guild, -1 if after is None else after, _BEYOND_ALL if before is None else before, limit),
    )
    return newest_first([batch_of(row) for row in rows], after=after)


def _unfinished(db: Connection) -> list[Batch]:
    """Read both from indexes that hold nothing else."""
    rows = db.execute(
        """
        SELECT * FROM batches INDEXED BY batches_unfinished WHERE state IN ('running', 'paused')
        UNION ALL
        SELECT * FROM batches INDEXED BY batches_unreported
        WHERE state = 'done' AND report_message IS NULL
        ORDER BY id
        """
    )
    return [batch_of(row) for row in rows]


def _count_open(db: Connection, *, user: int) -> int:
    row = db.execute(
        """
        SELECT count(*) AS batches FROM batches INDEXED BY batches_unfinished
        WHERE user = ? AND state IN ('running', 'paused')
        """,
        (user,),
    ).fetchone()
    return row["batches"]


def _unsettled_cards(db: Connection, *, since: int, limit: int) -> list[Batch]:
    rows = db.execute(
        """
        SELECT * FROM batches INDEXED BY batches_unsettled
        WHERE since > ? AND card_settled = 0 AND card_message IS NOT NULL AND state IN ('cancelled', 'done')
        ORDER BY since DESC, id DESC
        LIMIT ?
        """,
        (since, limit),
    )
    return [batch_of(row) for row in rows]
