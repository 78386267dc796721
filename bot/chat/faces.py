"""How what has a card looks at a moment: jobs and batches, as the status board sees them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.chat.cards import batch_card, job_card, moved_batch, moved_card, resting_batch, resting_card
from bot.chat.look import Look
from bot.chat.schedule import Rank
from bot.core.batching import BatchState
from bot.core.job import Card, JobState
from bot.core.library import Project
from bot.core.progress import Preview
from bot.ports.batches import Batches
from bot.ports.clock import Clock
from bot.ports.stores import Jobs
from bot.studio.foreman import BatchView
from bot.studio.line import JobView

TELLING: Final = 0.05
"""From this share of a drawing on, its speed says something about its end."""
TRUST: Final = 0.8
"""How much of a guessed time is relied upon."""


class Kind(StrEnum):
    JOB = "job"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a card is about."""

    kind: Kind
    id: int

    @classmethod
    def job(cls, job_id: int) -> "Topic":
        return cls(kind=Kind.JOB, id=job_id)

    @classmethod
    def batch(cls, batch_id: int) -> "Topic":
        return cls(kind=Kind.BATCH, id=batch_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How a topic stands: `draw` makes its card, with the newest preview that may be shown.

    `calm_s`: for so many seconds it will hardly end. `resting`: how its card looks while we are gone.
    """

    rank: Rank
    draw: Callable[[bytes | None], Look]
    resting: Callable[[bytes | None], Look] | None = None
    calm_s: float = 0.0
    preview: Preview | None = None


class Faces(Protocol):
    """Topics of one kind, and which messages are their cards."""

    async def face(self, topic_id: int) -> Face:
        """Raise NotFound."""
        ...

    async def open(self) -> Sequence[tuple[int, Card, Rank]]:
        """Return what has a card and is not at its end."""
        ...

    async def unsettled(self, *, since: int, limit: int) -> Sequence[tuple[int, Card]]:
        """Return what ended last, after `since`, and whose card does not show it; the newest first."""
        ...

    async def set_card(self, topic_id: int, card: Card) -> None: ...

    async def settle_card(self, topic_id: int, card: Card) -> None: ...

    async def moved(self, topic_id: int, card: Card) -> Look:
        """Return how the old message looks when the card goes on elsewhere."""
        ...


class JobFaces:
    """`may_be_shown` tells whether a project's pictures may be seen in a channel, unfinished ones too."""

    def __init__(
        self,
        *,
        view: Callable[[int], Awaitable[JobView]],
        may_be_shown: Callable[[Project | None, int | None], Awaitable[bool]],
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._view = view
        self._may_be_shown = may_be_shown
        self._jobs = jobs
        self._clock = clock

    async def face(self, topic_id: int) -> Face:
        view, now = await self._view(topic_id), self._clock.now()
        in_renderer = view.job.state.in_renderer
        return Face(
            rank=Rank.of(view.job.state),
            draw=lambda preview: job_card(view, now=now, preview=preview),
            resting=(lambda preview: resting_card(view, now=now, preview=preview)) if in_renderer else None,
            calm_s=_calm_s(view, now=now),
            preview=await self._preview(view),
        )

    async def _preview(self, view: JobView) -> Preview | None:
        newest = view.progress.preview if view.progress else None
        where = view.job.card.channel if view.job.card else None
        return newest if newest is None or await self._may_be_shown(view.project, where) else None

    async def open(self) -> Sequence[tuple[int, Card, Rank]]:
        jobs = await self._jobs.in_states(*(state for state in JobState if not state.is_end))
        return [(job.id, job.card, Rank.of(job.state)) for job in jobs if job.card is not None]

    async def unsettled(self, *, since: int, limit: int) -> Sequence[tuple[int, Card]]:
        jobs = await self._jobs.unsettled_cards(since=since, limit=limit)
        return [(job.id, job.card) for job in jobs if job.card is not None]

    async def set_card(self, topic_id: int, card: Card) -> None:
        await self._jobs.set_card(topic_id, card)

    async def settle_card(self, topic_id: int, card: Card) -> None:
        await self._jobs.settle_card(topic_id, card)

    async def moved(self, topic_id: int, card: Card) -> Look:
        return moved_card(await self._jobs.get(topic_id), card)


class BatchFaces:
    def __init__(
        self, *, view: Callable[[int], Awaitable[BatchView]], batches: Batches, clock: Clock
    ) -> None:
        self._view = view
        self._batches = batches
        self._clock = clock

    async def face(self, topic_id: int) -> Face:
        view = await self._view(topic_id)
        return Face(
            rank=_rank_of(view),
            draw=lambda _: batch_card(view),
            resting=None if view.batch.state.is_end else lambda _: resting_batch(view),
            calm_s=self._calm_s(view),
        )

    def _calm_s(self, view: BatchView) -> float:
        left = view.counts.total - view.counts.ended
        return (view.ends - self._clock.now()) * TRUST / 1000 if view.ends is not None and left > 1 else 0.0

    async def open(self) -> Sequence[tuple[int, Card, Rank]]:
        batches = [batch for batch in await self._batches.unfinished() if not batch.state.is_end]
        return [(batch.id, batch.card, Rank.WAITING) for batch in batches if batch.card is not None]

    async def unsettled(self, *, since: int, limit: int) -> Sequence[tuple[int, Card]]:
        batches = await self._batches.unsettled_cards(since=since, limit=limit)
        return [(batch.id, batch.card) for batch in batches if batch.card is not None]

    async def set_card(self, topic_id: int, card: Card) -> None:
        await self._batches.set_card(topic_id, card)

    async def settle_card(self, topic_id: int, card: Card) -> None:
        await self._batches.settle_card(topic_id, card)

    async def moved(self, topic_id: int, card: Card) -> Look:
        return moved_batch(await self._batches.get(topic_id), card)


def _rank_of(view: BatchView) -> Rank:
    """Return how urgent a batch's card is: at its end once nothing of it is drawn and it was told of."""
    match view.batch.state:
        case BatchState.DONE:
            return Rank.WAITING if view.being_told else Rank.END
        case BatchState.CANCELLED:
            return Rank.DRAWING if view.counts.ended < view.counts.total else Rank.END
        case _:
            return Rank.DRAWING if view.counts.in_renderer else Rank.WAITING


def _calm_s(view: JobView, *, now: int) -> float:
    """Guess for how many seconds the drawing will not end, from its speed so far or from drawings like it."""
    progress = view.progress
    if progress is None or progress.started is None:
        return 0.0
    if progress.fraction > TELLING:
        left = (now - progress.started) * (1 - progress.fraction) / progress.fraction
    else:
        left = view.ends - now if view.ends is not None else 0
    return left * TRUST / 1000
