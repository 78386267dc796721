"""What is remembered of batches."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchCounts, BatchState
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

    async def counts(self, batch_id: int) -> BatchCounts: ...

    async def jobs(self, batch_id: int) -> list[Job]:
        """Return all its jobs in their order."""
        ...

    async def pictures(self, batch_id: int) -> list[Artifact]:
        """Return all its pictures in the order of its jobs."""
        ...

    async def of_guild(self, guild: int | None, *, before: int | None = None, limit: int = 10) -> list[Batch]:
        """Return the newest batches below `before`."""
        ...

    async def unfinished(self) -> list[Batch]:
        """Return those that run or are paused, and those at their end whose sheet or report is not posted."""
        ...

    async def to(self, batch_id: int, state: BatchState, *, at: int) -> Batch:
        """Change its state; cancelling takes back its queued jobs with it. Raise WrongState."""
        ...

    async def set_card(self, batch_id: int, card: Card) -> None: ...

    async def set_report(self, batch_id: int, card: Card) -> None: ...
