"""The foreman: starts batches, holds them, takes them back, and sees them to their end.

For another use case that draws many things at once (a character's turnaround sheet):

    outline = Outline(
        kind=BatchKind.SHEET,
        title="Yuki · turnaround",
        base=GenerationRequest(prompt="full body, plain background", project="Harbour", characters=("Yuki",)),
        poses=("front", "side", "back"),
        expressions=("smiling", "angry"),
        ends_with_sheet=True,
    )
    proposal = await planner.plan(outline, origin)      # BadRequest if anything in it is wrong; kept
    batch = await foreman.start(proposal.id, actor)     # all its jobs at once; the same plan is begun once

In Discord `bot.chat.batch_acts.propose` does the first step and shows the plan with its [Start] button.
Its pictures are posted in the gallery as ever, and at its end one contact sheet in the order of the axes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog

from bot.core.batching import MOST_OPEN, Batch, BatchCounts, BatchState, redrawing_key
from bot.core.errors import (
    DeliveryError,
    DiscordAway,
    LimitReached,
    NotFound,
    WrongState,
)
from bot.core.job import Card, Job, JobState
from bot.core.leafing import Page, Turn
from bot.core.queueing import Estimate, Known
from bot.core.reporting import MorningReport, morning_report
from bot.ports.batches import Batches
from bot.ports.clock import Clock
from bot.ports.stores import Jobs, NewJob
from bot.studio.control import Actor, Control
from bot.studio.feed import BatchChanged, Feed, JobChanged, LineChanged, News
from bot.studio.finishing import Finisher
from bot.studio.gate import Gate, Hold
from bot.studio.incidents import Incidents
from bot.studio.leafing import leaf
from bot.studio.line import Line
from bot.studio.planner import Planner, Ready
from bot.studio.rights import check_holds

FIRST_RETRY_S: Final = 1.0
LAST_RETRY_S: Final = 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch as its card shows it; `ends` is when it will be done, in UTC milliseconds, if that is known.

    `being_told`: it is done, and its report is on its way. `redrawn_as` draws once more what failed of it.
    """

    batch: Batch
    counts: BatchCounts
    wait: Estimate | None = None
    ends: int | None = None
    hold: Hold | None = None
    being_told: bool = False
    redrawn_as: Batch | None = None

    @property
    def id(self) -> int:
        return self.batch.id

    @property
    def may_be_redrawn(self) -> bool:
        """Whether there are failed ones to draw once more, and that was not begun yet."""
        return _is_over(self.batch, self.counts) and self.counts.failed > 0 and self.redrawn_as is None


class Foreman:
    def __init__(
        self,
        *,
        batches: Batches,
        planner: Planner,
        jobs: Jobs,
        control: Control,
        finisher: Finisher,
        line: Line,
        gate: Gate,
        feed: Feed,
        incidents: Incidents,
        clock: Clock,
    ) -> None:
        self._batches = batches
        self._planner = planner
        self._jobs = jobs
        self._control = control
        self._finisher = finisher
        self._line = line
        self._gate = gate
        self._feed = feed
        self._incidents = incidents
        self._clock = clock
        self._one_by_one = asyncio.Lock()
        self._some = asyncio.Event()
        self._stirred: set[int] = set()
        self._due: dict[int, Batch] = {}
        self._tried: set[int] = set()

    async def start(self, plan_id: int, actor: Actor, *, card: Card | None = None) -> Batch:
        """Store all jobs of the plan in their order, once; raise BadRequest if one has become impossible.

        `card` is the message that will show it.
        """
        await self._planner.kept(plan_id, actor)
        key = f"plan:{plan_id}"
        known = await self._batches.with_key(key)
        if known is not None:
            return known
        ready = await self._planner.ready(plan_id, actor)
        batch = _batch_of(ready, key=key, card=card, now=self._clock.now())
        stored, _ = await self._begun(batch, ready.jobs, actor)
        return stored

    async def redraw(self, batch_id: int, actor: Actor) -> tuple[Batch, bool]:
        """Begin a batch that draws once more what failed of this one: (it, True); begun before: (it, False).

        Raises WrongState before this one is over or where nothing failed, BadRequest for what has become
        impossible. A batch that was begun so and taken back can be begun anew.
        """
        batch = await self.own(batch_id, actor)
        key, known = await self._redrawing(batch)
        if known is not None:
            return known, False
        if not _is_over(batch, await self._batches.counts(batch.id)):
            raise WrongState(
                f"Batch {batch.id} is still under way.",
                hint="Once it is over, its failed ones can be redrawn.",
            )
        jobs = await self._batches.jobs(batch.id)
        failed = [job for job in jobs if job.state is JobState.FAILED]
        if not failed:
            raise WrongState(
                f"Nothing of batch {batch.id} has failed.", hint="`/job again` repeats a drawing."
            )
        again = _once_more(batch, key=key, now=self._clock.now())
        return await self._begun(again, await self._planner.once_more(failed), actor)

    async def _redrawing(self, batch: Batch) -> tuple[str, Batch | None]:
        """Return the batch that draws once more what failed of this one, if there is one, and its key."""
        taken_back = 0
        while True:
            key = redrawing_key(batch.id, taken_back=taken_back)
            known = await self._batches.with_key(key)
            if known is None or known.state is not BatchState.CANCELLED:
                return key, known
            taken_back += 1

    async def _begun(self, batch: Batch, new: Sequence[NewJob], actor: Actor) -> tuple[Batch, bool]:
        jobs = [_of_batch(one, batch, number) for number, one in enumerate(new, start=1)]
        async with self._one_by_one:
            under_way = await self._batches.count_open(batch.user)
            if under_way >= MOST_OPEN and await self._batches.with_key(batch.key) is None:
                whose = "You have" if actor.user == batch.user else f"{batch.user_name} has"
                raise LimitReached(
                    f"{whose} {under_way} batches under way; the most for one person is {MOST_OPEN}.",
                    hint="Wait for one to end, or cancel one: `/batch list` shows them.",
                )
            stored, fresh = await self._batches.add(batch, jobs)
        if fresh:
            self._changed(stored)
            self._gate.ring()
        return stored, fresh

    # ── while it runs

    async def batch(self, batch_id: int, actor: Actor) -> Batch:
        """Return a batch of the actor's server; one of another server does not exist for them."""
        batch = await self._batches.get(batch_id)
        if batch.guild != actor.guild:
            raise NotFound(f"There is no batch {batch_id} here.", hint="`/batch list` shows the newest.")
        return batch

    async def own(self, batch_id: int, actor: Actor) -> Batch:
        """Return a batch that the actor may hold and take back; raise NotFound or NotAllowed."""
        batch = await self.batch(batch_id, actor)
        check_holds(batch, actor)
        return batch

    async def view(self, batch_id: int) -> BatchView:
        """Return what the batch's card shows now; raise NotFound."""
        batch = await self._batches.get(batch_id)
        counts = await self._batches.counts(batch_id)
        if batch.state is not BatchState.RUNNING:
            _, redrawn_as = await self._redrawing(batch) if counts.failed else ("", None)
            return BatchView(
                batch=batch, counts=counts, being_told=batch_id in self._due, redrawn_as=redrawn_as
            )
        hold = self._gate.hold
        wait = await self._line.wait_until_drawn(batch_id)
        ends = self._clock.now() + wait.ms if hold is None and isinstance(wait, Known) else None
        return BatchView(batch=batch, counts=counts, wait=wait, ends=ends, hold=hold)

    async def page(self, actor: Actor, at: Turn = None, *, size: int = 10) -> Page[BatchView]:
        """Return a page of the batches of the actor's server."""
        page = await leaf(partial(self._batches.of_guild, actor.guild), at, size=size)
        views = [BatchView(batch=batch, counts=await self._batches.counts(batch.id)) for batch in page.shown]
        return Page(shown=tuple(views), older=page.older, newer=page.newer)

    async def newest_of(self, actor: Actor) -> Batch:
        """Return the actor's newest batch, or the server's if they have none; raise NotFound."""
        batches = await self._batches.of_guild(actor.guild, limit=50)
        own = next((batch for batch in batches if batch.user == actor.user), None)
        if not batches:
            raise NotFound("There is no batch yet.", hint="`/batch prompts` draws a whole list.")
        return own or batches[0]

    async def failed(self, batch_id: int, actor: Actor) -> list[Job]:
        """Return the batch's jobs that failed or could not be posted, in their order."""
        batch = await self.batch(batch_id, actor)
        jobs = await self._batches.jobs(batch.id)
        return [job for job in jobs if job.state in (JobState.FAILED, JobState.SHELVED)]

    async def so_far(self, batch_id: int, actor: Actor) -> tuple[Batch, MorningReport]:
        """Return the batch and what its report would tell now."""
        batch = await self.batch(batch_id, actor)
        jobs, pictures = await self._batches.jobs(batch.id), await self._batches.pictures(batch.id)
        return batch, morning_report(jobs, pictures)

    async def pause(self, batch_id: int, actor: Actor) -> Batch:
        """Hold the batch; what is being drawn is finished. Only its own person or Manage Server may."""
        return await self._to(batch_id, BatchState.PAUSED, actor)

    async def resume(self, batch_id: int, actor: Actor) -> Batch:
        batch = await self._to(batch_id, BatchState.RUNNING, actor)
        self._gate.ring()
        return batch

    async def cancel(self, batch_id: int, actor: Actor) -> Batch:
        """Take back all that waits, and stop what is being drawn."""
        batch = await self._to(batch_id, BatchState.CANCELLED, actor)
        await self._stop_drawing(batch)  # the wish is noted: should we die before this, recovery does it
        return batch

    async def _to(self, batch_id: int, state: BatchState, actor: Actor) -> Batch:
        batch = await self.own(batch_id, actor)
        changed = await self._batches.to(batch.id, state, at=self._clock.now())
        self._changed(changed)
        return changed

    def _changed(self, batch: Batch) -> None:
        self._feed.publish(BatchChanged(batch=batch))
        self._feed.publish(LineChanged())

    async def _stop_drawing(self, batch: Batch) -> None:
        on_its_behalf = Actor(user=batch.user, guild=batch.guild)
        for job in await self._jobs.in_states(JobState.SUBMITTED, JobState.RUNNING):
            if job.batch == batch.id:
                with suppress(WrongState):
                    await self._control.cancel(job.id, on_its_behalf)

    # ── to its end

    async def run(self) -> None:
        """See every batch to its end for ever; what was open before a restart is taken up again."""
        pause = FIRST_RETRY_S
        with self._feed.telling(self._hear):
            await self._take_up()
            while True:
                self._some.clear()
                if await self.run_once():
                    pause = FIRST_RETRY_S
                    await self._some.wait()
                else:
                    waited, pause = pause, min(pause * 2, LAST_RETRY_S)
                    await self._woken_within(waited)

    async def run_once(self) -> bool:
        """End the batches that are drawn and tell of them; False if Discord did not take part."""
        while self._stirred:
            await self._safely(self._end_if_drawn, self._stirred.pop())
        reached = True
        for batch_id in list(self._due):
            try:
                await self._report(self._due[batch_id])
            except DiscordAway:
                reached = False
            except Exception as error:  # noqa: BLE001 - one report that trips us must not stop the others
                await self._untold(batch_id, error)
        return reached

    def wake(self) -> None:
        self._some.set()

    def _hear(self, news: News) -> None:
        match news:
            case JobChanged(job=Job(batch=int() as batch, state=state)) if state.is_end:
                self._stirred.add(batch)
                self.wake()
            case BatchChanged(batch=batch) if not batch.state.is_end:
                self._stirred.add(batch.id)
                self.wake()
            case _:
                pass

    async def _take_up(self) -> None:
        """Go on with what an earlier life left; a report may have been posted and not noted."""
        for batch in await self._batches.unfinished():
            if batch.state is BatchState.DONE:
                self._tried.add(batch.id)
                self._due[batch.id] = batch
            else:
                self._stirred.add(batch.id)

    async def _safely(self, act: Callable[[int], Awaitable[None]], batch_id: int) -> None:
        try:
            await act(batch_id)
        except Exception as error:  # noqa: BLE001 - one batch that trips us must not stop the others
            await self._incidents.report(error, where="batches")

    async def _end_if_drawn(self, batch_id: int) -> None:
        batch = await self._batches.get(batch_id)
        counts = await self._batches.counts(batch_id)
        if batch.state.is_end or counts.ended < counts.total:
            return
        with suppress(WrongState):
            done = await self._batches.to(batch_id, BatchState.DONE, at=self._clock.now())
            self._due[batch_id] = done
            self._changed(done)

    async def _report(self, batch: Batch) -> None:
        doubtful = batch.id in self._tried
        self._tried.add(batch.id)
        report = await self._finisher.report(batch, doubtful=doubtful)
        await self._batches.set_report(batch.id, report)
        self._forget(batch.id)
        self._feed.publish(BatchChanged(batch=replace(batch, report=report)))

    async def _untold(self, batch_id: int, error: Exception) -> None:
        """Let a report be that nobody can get; it is tried again after the next start."""
        self._forget(batch_id)
        if isinstance(error, DeliveryError):
            log.warning("batch.not_reported", batch=batch_id, because=error.message)
        else:
            await self._incidents.report(error, where="batches")

    def _forget(self, batch_id: int) -> None:
        self._due.pop(batch_id, None)
        self._tried.discard(batch_id)

    async def _woken_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._some.wait()


def _batch_of(ready: Ready, *, key: str, card: Card | None, now: int) -> Batch:
    outline, origin = ready.plan.outline, ready.plan.origin
    return Batch(
        id=0,
        key=key,
        title=ready.title,
        kind=outline.kind,
        guild=origin.guild,
        channel=origin.channel,
        user=origin.user,
        user_name=origin.user_name,
        created=now,
        since=now,
        project=ready.project.id if ready.project else None,
        priority=outline.kind.priority,
        ends_with_sheet=outline.ends_with_sheet,
        card=card,
    )


def _once_more(batch: Batch, *, key: str, now: int) -> Batch:
    """Return the batch to be begun again under another key, for the same person and place."""
    return replace(
        batch, id=0, key=key, created=now, since=now, state=BatchState.RUNNING, card=None, report=None
    )


def _is_over(batch: Batch, counts: BatchCounts) -> bool:
    return batch.state.is_end and counts.ended == counts.total


def _of_batch(new: NewJob, batch: Batch, number: int) -> NewJob:
    origin = replace(new.origin, key=f"{batch.key}:{number}")
    return replace(new, origin=origin, priority=batch.priority, created=batch.created)
