"""The foreman: plans batches, starts them, holds them, takes them back, and sees them to their end.

For another use case that draws many things at once (a character's turnaround sheet):

    outline = Outline(
        kind=BatchKind.SHEET,
        title="Yuki · turnaround",
        base=GenerationRequest(prompt="full body, plain background", project="Harbour", characters=("Yuki",)),
        poses=("front", "side", "back"),
        expressions=("smiling", "angry"),
        ends_with_sheet=True,
    )
    proposal = await foreman.plan(outline, origin)      # BadRequest if anything in it is wrong; kept
    batch = await foreman.start(proposal.id, actor)     # all its jobs at once; the same plan is begun once

In Discord `bot.chat.batch_acts.propose` does the first step and shows the plan with its [Start] button.
Its pictures are posted in the gallery as ever, and at its end one contact sheet in the order of the axes.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.core.batching import MOST_OPEN, Batch, BatchCounts, BatchState, Item, Outline
from bot.core.characters import Variation, VariationKind
from bot.core.errors import (
    BadRequest,
    DeliveryError,
    DiscordAway,
    LimitReached,
    NotAllowed,
    NotFound,
    StudioError,
    UnknownName,
    WrongState,
)
from bot.core.generation import Origin
from bot.core.job import Card, Job, JobState
from bot.core.library import Project
from bot.core.queueing import Estimate, Known, total
from bot.ports.batches import Batches, Plan, Plans
from bot.ports.clock import Clock
from bot.ports.library import Characters
from bot.ports.stores import Jobs, NewJob
from bot.studio.control import Actor, Control
from bot.studio.feed import BatchChanged, Feed, JobChanged, LineChanged, News
from bot.studio.finishing import Finisher
from bot.studio.gate import Gate, Hold
from bot.studio.incidents import Incidents
from bot.studio.line import Line, kind_of
from bot.studio.submit import Prepared, Submit

PLAN_LASTS_MS: Final = 7 * 24 * 3600 * 1000
BREATH: Final = 20
"""After so many drawings of a plan everybody else gets a moment."""
FIRST_RETRY_S: Final = 1.0
LAST_RETRY_S: Final = 60.0
ALL: Final = ("all",)
MOST_NAMED: Final = 8

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A batch that could be started. `takes` is the drawing of it all, `before` what waits ahead of it."""

    id: int
    outline: Outline
    title: str
    items: Sequence[Item]
    pictures: int
    project: Project | None
    takes: Estimate
    before: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch as its card shows it; `ends` is when it will be done, in UTC milliseconds, if that is known.

    `being_told`: it is done, and its report is on its way.
    """

    batch: Batch
    counts: BatchCounts
    wait: Estimate | None = None
    ends: int | None = None
    hold: Hold | None = None
    being_told: bool = False


class Foreman:
    def __init__(
        self,
        *,
        batches: Batches,
        plans: Plans,
        jobs: Jobs,
        characters: Characters | None,
        submit: Submit,
        control: Control,
        finisher: Finisher,
        line: Line,
        gate: Gate,
        feed: Feed,
        incidents: Incidents,
        clock: Clock,
    ) -> None:
        self._batches = batches
        self._plans = plans
        self._jobs = jobs
        self._characters = characters
        self._submit = submit
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

    # ── before it begins

    async def draft(self, outline: Outline, origin: Origin) -> int:
        """Keep what is not complete yet, such as a list that is still to be written; return its number."""
        now = self._clock.now()
        plan = await self._plans.keep(outline, origin, at=now, forget_before=now - PLAN_LASTS_MS)
        return plan.id

    async def drafted(self, plan_id: int, actor: Actor) -> Outline:
        """Return what was kept of somebody's plan; raise NotFound or NotAllowed."""
        return (await self._kept(plan_id, actor)).outline

    async def plan(self, outline: Outline, origin: Origin, *, draft: int | None = None) -> Proposal:
        """Check every drawing, store none, and keep the plan until it is started; raise BadRequest.

        With `draft` it takes the place of that draft, even if something is wrong with it.
        """
        if draft is not None:
            await self._plans.change(draft, outline)
        outline = await self._spelled_out(outline, origin)
        items, prepared, project = await self._prepared(outline, origin)
        if draft is None:
            plan_id = await self.draft(outline, origin)
        else:
            plan_id = (await self._plans.change(draft, outline)).id
        return Proposal(
            id=plan_id,
            outline=outline,
            title=_title_of(outline, items),
            items=items,
            pictures=sum(new.recipe.count for new in prepared),
            project=project,
            takes=await self._takes(prepared),
            before=await self._line.wait_of(outline.kind.priority),
        )

    async def drop(self, plan_id: int, actor: Actor) -> None:
        """Forget a plan; raise NotFound or NotAllowed."""
        await self._kept(plan_id, actor)
        await self._plans.forget(plan_id)

    async def start(self, plan_id: int, actor: Actor, *, card: Card | None = None) -> Batch:
        """Store all jobs of the plan in their order, once; raise BadRequest if one has become impossible.

        `card` is the message that will show it.
        """
        plan = await self._kept(plan_id, actor)
        key = f"plan:{plan_id}"
        known = await self._batches.with_key(key)
        if known is not None:
            return known
        origin = plan.origin
        items, prepared, project = await self._prepared(plan.outline, origin)
        now = self._clock.now()
        batch = Batch(
            id=0,
            key=key,
            title=_title_of(plan.outline, items),
            kind=plan.outline.kind,
            guild=origin.guild,
            channel=origin.channel,
            user=origin.user,
            user_name=origin.user_name,
            created=now,
            since=now,
            project=project.id if project else None,
            priority=plan.outline.kind.priority,
            ends_with_sheet=plan.outline.ends_with_sheet,
            card=card,
        )
        return await self._begun(batch, [_of_batch(new, batch, n) for n, new in enumerate(prepared, start=1)])

    async def _begun(self, batch: Batch, jobs: Sequence[NewJob]) -> Batch:
        async with self._one_by_one:
            count = await self._batches.count_open(batch.user)
            if count >= MOST_OPEN and await self._batches.with_key(batch.key) is None:
                raise LimitReached(
                    f"You have {count} batches under way; the most for one person is {MOST_OPEN}.",
                    hint="Wait for one to end, or cancel one: `/batch list` shows them.",
                )
            stored, fresh = await self._batches.add(batch, jobs)
        if fresh:
            self._changed(stored)
            self._gate.ring()
        return stored

    async def _kept(self, plan_id: int, actor: Actor) -> Plan:
        try:
            plan = await self._plans.get(plan_id)
        except NotFound:
            raise NotFound(
                "This plan is not kept any more.", hint="Ask for it again with `/batch`; nothing was drawn."
            ) from None
        if plan.origin.guild != actor.guild:
            raise NotFound("There is no such plan here.", hint="Make one with `/batch`.")
        if plan.origin.user != actor.user and not actor.manages:
            raise NotAllowed(
                f"This is {plan.origin.user_name}'s plan.",
                hint="They can start it, or someone with Manage Server.",
            )
        return plan

    async def _spelled_out(self, outline: Outline, origin: Origin) -> Outline:
        """Name the variations where all of a kind are asked for."""
        if ALL not in (outline.outfits, outline.poses, outline.expressions):
            return outline
        known = await self._variations(outline, origin)
        axes = {
            "outfits": (outline.outfits, VariationKind.OUTFIT),
            "poses": (outline.poses, VariationKind.POSE),
            "expressions": (outline.expressions, VariationKind.EXPRESSION),
        }
        return replace(
            outline,
            **{axis: _all_of(kind, known) for axis, (names, kind) in axes.items() if names == ALL},
        )

    async def _variations(self, outline: Outline, origin: Origin) -> Sequence[Variation]:
        project = await self._submit.project_for(outline.base.project, origin)
        if project is None or not outline.base.characters or self._characters is None:
            raise BadRequest("`all` means all of a character's.", hint="Say which with `character`.")
        name = outline.base.characters[0]
        character = await self._characters.named(project.id, name)
        if character is None:
            others = [other.name for other in await self._characters.of_project(project.id)]
            raise UnknownName("character", name, others)
        return await self._characters.variations(character.id)

    async def _prepared(
        self, outline: Outline, origin: Origin
    ) -> tuple[Sequence[Item], list[NewJob], Project | None]:
        """Prepare every drawing; raise BadRequest that names the first ones that are impossible."""
        items = outline.items()
        prepared: list[Prepared] = []
        wrong: list[tuple[str, StudioError]] = []
        for number, item in enumerate(items, start=1):
            try:
                prepared.append(await self._submit.prepare(item.request, origin))
            except StudioError as error:
                wrong.append((item.name, error))
            if number % BREATH == 0:
                await asyncio.sleep(0)
        if wrong:
            raise _impossible(wrong, of=len(items))
        return items, [one.new for one in prepared], prepared[0].project

    async def _takes(self, jobs: Sequence[NewJob]) -> Estimate:
        """Return how long all these take one after the other."""
        kinds = Counter(kind_of(job) for job in jobs)
        expected = {kind: await self._line.expected(kind) for kind in kinds}
        return total([expected[kind] for kind, count in kinds.items() for _ in range(count)])

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
        if batch.user != actor.user and not actor.manages:
            raise NotAllowed(
                f"Batch {batch.id} is not yours.",
                hint="Its person can do that, or someone with Manage Server.",
            )
        return batch

    async def view(self, batch_id: int) -> BatchView:
        """Return what the batch's card shows now; raise NotFound."""
        batch = await self._batches.get(batch_id)
        counts = await self._batches.counts(batch_id)
        if batch.state is not BatchState.RUNNING:
            return BatchView(batch=batch, counts=counts, being_told=batch_id in self._due)
        hold = self._gate.hold
        wait = await self._line.wait_until_drawn(batch_id)
        known = isinstance(wait, Known) and hold is None
        ends = self._clock.now() + wait.ms if known and isinstance(wait, Known) else None
        return BatchView(batch=batch, counts=counts, wait=wait, ends=ends, hold=hold)

    async def newest(self, actor: Actor, *, before: int | None = None, limit: int = 10) -> list[BatchView]:
        """Return the newest batches of the actor's server."""
        batches = await self._batches.of_guild(actor.guild, before=before, limit=limit)
        return [BatchView(batch=batch, counts=await self._batches.counts(batch.id)) for batch in batches]

    async def newest_of(self, actor: Actor) -> Batch:
        """Return the actor's newest batch, or the server's if they have none; raise NotFound."""
        batches = await self._batches.of_guild(actor.guild, limit=50)
        own = next((batch for batch in batches if batch.user == actor.user), None)
        if not batches:
            raise NotFound("There is no batch yet.", hint="`/batch prompts` draws a whole list.")
        return own or batches[0]

    async def failed(self, batch_id: int, actor: Actor) -> list[Job]:
        """Return the batch's jobs that failed, in their order."""
        batch = await self.batch(batch_id, actor)
        return [job for job in await self._batches.jobs(batch.id) if job.state is JobState.FAILED]

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
        await self._stop_drawing(batch)
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
                    await self._woken_within(pause)
                    pause = min(pause * 2, LAST_RETRY_S)

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
        for job in await self._jobs.in_states(JobState.SUBMITTED, JobState.RUNNING):
            batch = None if job.batch is None else await self._batches.get(job.batch)
            if batch is not None and batch.state is BatchState.CANCELLED:
                await self._stop_drawing(batch)

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


def _of_batch(new: NewJob, batch: Batch, number: int) -> NewJob:
    origin = replace(new.origin, key=f"{batch.key}:{number}")
    return replace(new, origin=origin, priority=batch.priority, created=batch.created)


def _all_of(kind: VariationKind, known: Sequence[Variation]) -> tuple[str, ...]:
    names = tuple(variation.name for variation in known if variation.kind is kind)
    if not names:
        raise BadRequest(f"This character has no {kind} to draw.", hint="`/character variation` adds one.")
    return names


def _title_of(outline: Outline, items: Sequence[Item]) -> str:
    return outline.title or items[0].request.prompt or ", ".join(outline.base.characters)


def _impossible(wrong: Sequence[tuple[str, StudioError]], *, of: int) -> StudioError:
    """Return what is wrong: once for all if it is the same everywhere, else where it is wrong first."""
    name, error = wrong[0]
    if not name or (len(wrong) == of and len({each.message for _, each in wrong}) == 1):
        return error
    others = ", ".join(name for name, _ in wrong[1:MOST_NAMED])
    more = (
        f" The same or other trouble: {others}{', …' if len(wrong) > MOST_NAMED else ''}." if others else ""
    )
    return BadRequest(f"{name[:1].upper()}{name[1:]}: {error.message}{more}", hint=error.hint)
