"""The planner: checks every drawing of a batch before any of it is stored, and keeps plans."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from bot.core.batching import BatchKind, Item, Outline
from bot.core.characters import Variation, VariationKind
from bot.core.errors import BadRequest, NotAllowed, NotFound, StudioError
from bot.core.generation import Origin
from bot.core.job import Job
from bot.core.library import Project
from bot.core.queueing import Estimate, total
from bot.ports.batches import Plan, Plans
from bot.ports.clock import Clock
from bot.ports.stores import NewJob
from bot.studio.actor import Actor
from bot.studio.characters import Casting
from bot.studio.line import Line, kind_of
from bot.studio.submit import Submit

PLAN_LASTS_MS: Final = 7 * 24 * 3600 * 1000
BREATH: Final = 20
"""After so many drawings of a plan everybody else gets a moment."""
ALL: Final = "all"
MOST_NAMED: Final = 8

T = TypeVar("T")


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
class Ready:
    """A plan whose jobs can be stored, in their order."""

    plan: Plan
    title: str
    jobs: Sequence[NewJob]
    project: Project | None


class Planner:
    def __init__(self, *, plans: Plans, casting: Casting, submit: Submit, line: Line, clock: Clock) -> None:
        self._plans = plans
        self._casting = casting
        self._submit = submit
        self._line = line
        self._clock = clock

    async def draft(self, outline: Outline, origin: Origin) -> int:
        """Keep what is not complete yet, such as a list that is still to be written; return its number."""
        now = self._clock.now()
        plan = await self._plans.keep(outline, origin, at=now, forget_before=now - PLAN_LASTS_MS)
        return plan.id

    async def drafted(self, plan_id: int, actor: Actor) -> Outline:
        """Return what was kept of somebody's plan; raise NotFound or NotAllowed."""
        return (await self.kept(plan_id, actor)).outline

    async def plan(self, outline: Outline, origin: Origin, *, draft: int | None = None) -> Proposal:
        """Check every drawing, store none, and keep the plan until it is started; raise BadRequest.

        With `draft` it takes the place of that draft, even if something is wrong with it.
        """
        if draft is not None:
            await self._plans.change(draft, outline)
        outline = await self._spelled_out(outline, origin)
        items, prepared, project = await self._prepared(outline, origin)
        if outline.kind is BatchKind.MATRIX and outline.combinations == 1:
            raise BadRequest(
                "A matrix of one picture is a `/generate`.",
                hint="Name several `poses`, `expressions`, `outfits`, `styles` or `seeds`.",
            )
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
        await self.kept(plan_id, actor)
        await self._plans.forget(plan_id)

    async def ready(self, plan_id: int, actor: Actor) -> Ready:
        """Check a plan once more, for its jobs to be stored; raise NotFound, NotAllowed or BadRequest."""
        plan = await self.kept(plan_id, actor)
        items, jobs, project = await self._prepared(plan.outline, plan.origin)
        return Ready(plan=plan, title=_title_of(plan.outline, items), jobs=jobs, project=project)

    async def kept(self, plan_id: int, actor: Actor) -> Plan:
        try:
            plan = await self._plans.get(plan_id)
        except NotFound:
            raise NotFound(
                "This plan is not kept any more.", hint="Ask for it again with `/batch`; nothing was drawn."
            ) from None
        if plan.origin.guild != actor.guild:
            raise NotFound("There is no such plan here.", hint="Make one with `/batch`.")
        if not actor.is_any_of(plan.origin.user):
            raise NotAllowed(
                f"This is {plan.origin.user_name}'s plan.",
                hint="They can start it, or someone with Manage Server.",
            )
        return plan

    async def _spelled_out(self, outline: Outline, origin: Origin) -> Outline:
        """Name the variations where all of a kind are asked for; raise BadRequest for one of another kind."""
        axes = {VariationKind(kind): getattr(outline, f"{kind}s") for kind in VariationKind}
        if not any(axes.values()):
            return outline
        known = await self._variations(outline, origin)
        for kind, names in axes.items():
            _check_kind(kind, names, known)
        named = {f"{kind}s": _all_of(kind, known) for kind, names in axes.items() if _is_all(names)}
        return replace(outline, **named)

    async def _variations(self, outline: Outline, origin: Origin) -> Sequence[Variation]:
        """Return what the first one in all these drawings can be shown in."""
        project = await self._submit.project_for(outline.base.project, origin)
        if project is None or not outline.base.characters:
            raise BadRequest(
                "Poses, expressions and outfits are a character's.", hint="Say whose with `character`."
            )
        character = await self._casting.active(outline.base.characters[0], project)
        return await self._casting.variations(character)

    async def _prepared(
        self, outline: Outline, origin: Origin
    ) -> tuple[Sequence[Item], list[NewJob], Project | None]:
        """Prepare every drawing; raise BadRequest that names the first ones that are impossible."""
        items = outline.items()
        prepared = await _all_of_them(
            [(item.name, partial(self._submit.prepare, item.request, origin)) for item in items]
        )
        return items, [one.new for one in prepared], prepared[0].project

    async def once_more(self, jobs: Sequence[Job]) -> list[NewJob]:
        """Prepare the same drawings again; raise BadRequest that names the first ones that are impossible."""
        return await _all_of_them([(f"#{job.id}", partial(self._submit.once_more, job)) for job in jobs])

    async def _takes(self, jobs: Sequence[NewJob]) -> Estimate:
        """Return how long all these take one after the other."""
        kinds = Counter(kind_of(job) for job in jobs)
        expected = {kind: await self._line.expected(kind) for kind in kinds}
        return total([expected[kind] for kind, count in kinds.items() for _ in range(count)])


async def _all_of_them(wanted: Sequence[tuple[str, Callable[[], Awaitable[T]]]]) -> list[T]:
    """Prepare each of these, by its name; raise BadRequest that names the first ones that are impossible."""
    prepared: list[T] = []
    wrong: list[tuple[str, StudioError]] = []
    for number, (name, prepare) in enumerate(wanted, start=1):
        try:
            prepared.append(await prepare())
        except StudioError as error:
            wrong.append((name, error))
        if number % BREATH == 0:
            await asyncio.sleep(0)
    if wrong:
        raise _impossible(wrong, of=len(wanted))
    return prepared


def _is_all(names: Sequence[str]) -> bool:
    """Tell whether all are asked for; beside that word other names add nothing."""
    return ALL in {name.casefold() for name in names}


def _check_kind(kind: VariationKind, names: Sequence[str], known: Sequence[Variation]) -> None:
    kinds = {variation.name.casefold(): variation.kind for variation in known}
    for name in names:
        known_as = kinds.get(name.casefold(), kind)
        if known_as is not kind:
            raise BadRequest(
                f"`{name}` is {_A[known_as]} and not {_A[kind]}.", hint=f"Name it among the `{known_as}s`."
            )


_A: Final = {
    VariationKind.OUTFIT: "an outfit",
    VariationKind.POSE: "a pose",
    VariationKind.EXPRESSION: "an expression",
}


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
    where = f"L{name[1:]}" if name.startswith("line ") else f"“{name}”"
    return BadRequest(f"{where}: {error.message}{more}", hint=error.hint)
