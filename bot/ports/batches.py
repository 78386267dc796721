"""What is remembered of batches, and of those that were planned and not started yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchCounts, BatchState, Outline
from bot.core.generation import Origin
from bot.core.job import Card, Job
from bot.ports.stores import NewJob


class Batches(Protocol):
    async def add(self, batch: Batch, jobs: Sequence[NewJob]) -> tuple[Batch, bool]:
        """Store a batch (its `id` is ignored) with all its jobs, in their order, in one transaction.

        A known `key`: (that batch, False).
        """
        ...

    async def get(self, batch_id: int) -> Batch:
        """Return the batch; raise NotFound."""
        ...

    async def with_key(self, key: str) -> Batch | None: ...

    async def counts(self, batch_id: int) -> BatchCounts: ...

    async def jobs(self, batch_id: int) -> list[Job]:
        """Return all its jobs in their order."""
        ...

    async def pictures(self, batch_id: int) -> list[Artifact]:
        """Return all its pictures in the order of its jobs."""
        ...

    async def of_guild(
        self,
        guild: int | None,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Batch]:
        """Return the newest batches below `before`; with `after`, the oldest above it; newest first."""
        ...

    async def unfinished(self) -> list[Batch]:
        """Return those that run or are paused, and those that are done and of which no report is posted."""
        ...

    async def count_open(self, user: int) -> int:
        """Return how many of this person's batches run or are paused."""
        ...

    async def to(self, batch_id: int, state: BatchState, *, at: int) -> Batch:
        """Change its state (`Batch.to`); raise WrongState.

        Cancelling takes back its queued jobs with it, and notes for those that are drawn that it is wished.
        """
        ...

    async def set_card(self, batch_id: int, card: Card) -> None:
        """Remember the batch's card, which is not settled yet."""
        ...

    async def settle_card(self, batch_id: int, card: Card) -> None:
        """Note that the card shows how the batch ended, or is gone, unless the batch has got another one."""
        ...

    async def unsettled_cards(self, *, since: int, limit: int) -> list[Batch]:
        """Return the batches that ended last, after `since`, and whose card is not settled; newest first."""
        ...

    async def set_report(self, batch_id: int, card: Card) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants to have drawn as a batch; nothing of it is stored as a job yet."""

    id: int
    outline: Outline
    origin: Origin
    at: int


class Plans(Protocol):
    async def keep(self, outline: Outline, origin: Origin, *, at: int, forget_before: int) -> Plan:
        """Keep a plan, and forget those that are older than `forget_before`."""
        ...

    async def get(self, plan_id: int) -> Plan:
        """Return the plan; raise NotFound."""
        ...

    async def change(self, plan_id: int, outline: Outline) -> Plan:
        """Write what it is made of; raise NotFound."""
        ...

    async def forget(self, plan_id: int) -> None: ...
