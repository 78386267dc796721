"""Batches in the fakes' memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchCounts, BatchState, Outline
from bot.core.errors import NotFound
from bot.core.generation import Origin
from bot.core.job import Card, Job, JobEvent, JobState
from bot.ports.batches import Plan
from bot.ports.stores import Jobs, NewJob
from tests.fakes.leafing import page_of
from tests.fakes.memory import Memory


class FakeBatches:
    def __init__(self, memory: Memory, jobs: Jobs) -> None:
        self._memory = memory
        self._jobs = jobs

    async def add(self, batch: Batch, jobs: Sequence[NewJob]) -> tuple[Batch, bool]:
        known = await self.with_key(batch.key)
        if known is not None:
            return known, False
        stored = replace(batch, id=len(self._memory.batches) + 1)
        self._memory.batches[stored.id] = stored
        for new in jobs:
            await self._jobs.add(replace(new, batch=stored.id))
        return stored, True

    async def get(self, batch_id: int) -> Batch:
        if batch_id not in self._memory.batches:
            raise NotFound("There is no such batch.", hint="`/batch list` shows those there are.")
        return self._memory.batches[batch_id]

    async def with_key(self, key: str) -> Batch | None:
        return next((batch for batch in self._memory.batches.values() if batch.key == key), None)

    async def counts(self, batch_id: int) -> BatchCounts:
        jobs = await self.jobs(batch_id)
        numbers = {job.id for job in jobs}
        return BatchCounts(
            jobs=Counter(job.state for job in jobs),
            pictures=sum(artifact.job in numbers for artifact in self._memory.artifacts),
        )

    async def jobs(self, batch_id: int) -> list[Job]:
        return [job for job in self._memory.jobs.values() if job.batch == batch_id]

    async def pictures(self, batch_id: int) -> list[Artifact]:
        numbers = {job.id for job in await self.jobs(batch_id)}
        found = [one for one in self._memory.artifacts if one.job in numbers and one.deleted is None]
        return sorted(found, key=lambda artifact: (artifact.job, artifact.index))

    async def of_guild(
        self,
        guild: int | None,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Batch]:
        found = [batch for batch in reversed(self._memory.batches.values()) if batch.guild == guild]
        return page_of(found, before=before, after=after, limit=limit)

    async def unfinished(self) -> list[Batch]:
        return [batch for batch in self._memory.batches.values() if _is_open(batch)]

    async def count_open(self, user: int) -> int:
        return sum(batch.user == user and not batch.state.is_end for batch in self._memory.batches.values())

    async def to(self, batch_id: int, state: BatchState, *, at: int) -> Batch:
        batch = (await self.get(batch_id)).to(state, at=at)
        self._memory.batches[batch_id] = batch
        if state is BatchState.CANCELLED:
            for job in await self.jobs(batch_id):
                if job.state is JobState.QUEUED:
                    self._cancel(job, at=at)
                elif job.state.in_renderer:
                    self._memory.jobs[job.id] = replace(job, cancel_requested=True)
        return batch

    def _cancel(self, job: Job, *, at: int) -> None:
        cancelled = job.to(JobState.CANCELLED, at=at)
        self._memory.jobs[job.id] = cancelled
        event = JobEvent(job=job.id, state=cancelled.state, at=at, attempt=job.attempt, note="with its batch")
        self._memory.events.append(event)

    async def set_card(self, batch_id: int, card: Card) -> None:
        await self._change(batch_id, card=card)
        self._memory.settled_batches.discard(batch_id)

    async def settle_card(self, batch_id: int, card: Card) -> None:
        if self._memory.batches[batch_id].card == card:
            self._memory.settled_batches.add(batch_id)

    async def unsettled_cards(self, *, since: int, limit: int) -> list[Batch]:
        found = [
            batch
            for batch in self._memory.batches.values()
            if batch.state.is_end
            and batch.since > since
            and batch.card
            and batch.id not in self._memory.settled_batches
        ]
        return sorted(found, key=lambda batch: (batch.since, batch.id), reverse=True)[:limit]

    async def set_report(self, batch_id: int, card: Card) -> None:
        await self._change(batch_id, report=card)

    async def _change(self, batch_id: int, **changes: Any) -> None:
        self._memory.batches[batch_id] = replace(await self.get(batch_id), **changes)


def _is_open(batch: Batch) -> bool:
    return not batch.state.is_end or (batch.state is BatchState.DONE and batch.report is None)


class FakePlans:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def keep(self, outline: Outline, origin: Origin, *, at: int, forget_before: int) -> Plan:
        plans = self._memory.plans
        number = max(plans, default=0) + 1
        for known in [plan for plan in plans.values() if plan.at < forget_before]:
            del plans[known.id]
        plans[number] = Plan(id=number, outline=outline, origin=origin, at=at)
        return plans[number]

    async def get(self, plan_id: int) -> Plan:
        if plan_id not in self._memory.plans:
            raise NotFound("There is no such plan.", hint="Make one with `/batch`.")
        return self._memory.plans[plan_id]

    async def change(self, plan_id: int, outline: Outline) -> Plan:
        self._memory.plans[plan_id] = replace(await self.get(plan_id), outline=outline)
        return self._memory.plans[plan_id]

    async def forget(self, plan_id: int) -> None:
        self._memory.plans.pop(plan_id, None)
