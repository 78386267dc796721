"""From a request to a stored job with a place in line."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from bot.core.catalogue import ModelFacts
from bot.core.composing import Composed
from bot.core.generation import GenerationRequest, Origin, Recipe, Reference, Seed
from bot.core.job import Job
from bot.core.library import Project, check_open
from bot.core.lineage import Descent, Lineage
from bot.core.planning import Plan
from bot.core.queueing import Limits, admit
from bot.core.workflow import Graph, bind
from bot.ports.clock import Clock
from bot.ports.pictures import Pictures
from bot.ports.review import Pin
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, NewJob, Projects
from bot.studio.custody import held
from bot.studio.drafting import Drafting
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Gate
from bot.studio.line import JobView, Line
from bot.studio.meant import project_meant
from bot.studio.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a submitter gets. `fresh` is False if this very request had been taken before."""

    view: JobView
    fresh: bool

    @property
    def job(self) -> Job:
        return self.view.job


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A job ready to be stored, and how it was decided."""

    new: NewJob
    project: Project | None
    plan: Plan

    @property
    def composed(self) -> Composed:
        """How its words came about."""
        return self.plan.composed


class Submit:
    def __init__(
        self,
        *,
        jobs: Jobs,
        projects: Projects,
        shelf: Shelf,
        pictures: Pictures,
        workshop: Workshop,
        drafting: Drafting,
        line: Line,
        gate: Gate,
        feed: Feed,
        clock: Clock,
        limits: Limits,
        new_seed: Callable[[], Seed],
        new_uid: Callable[[], UUID] = uuid4,
    ) -> None:
        self._jobs = jobs
        self._projects = projects
        self._shelf = shelf
        self._pictures = pictures
        self._workshop = workshop
        self._drafting = drafting
        self._line = line
        self._gate = gate
        self._feed = feed
        self._clock = clock
        self._limits = limits
        self._new_seed = new_seed
        self._new_uid = new_uid
        self._one_by_one = asyncio.Lock()

    async def __call__(
        self,
        request: GenerationRequest,
        origin: Origin,
        *,
        lineage: Lineage | None = None,
        pin: Pin | None = None,
    ) -> Ticket:
        """Store the request as a job; raise BadRequest or LimitReached, and then nothing is stored.

        The `pin` that it starts from is used up by the very transaction that stores the job.
        """
        prepared = await self.prepare(request, origin, lineage=lineage)
        return await self._accept(replace(prepared.new, pin=pin))

    async def prepare(
        self, request: GenerationRequest, origin: Origin, *, lineage: Lineage | None = None
    ) -> Prepared:
        """Decide all of a request, store nothing; raise BadRequest for whatever is wrong with it."""
        project = await self.project_for(request.project, origin)
        plan = await self._drafting.draft(request, project, seed=self._new_seed())
        uid, recipe = self._new_uid(), plan.recipe
        new = NewJob(
            uid=uid,
            request=request,
            recipe=recipe,
            origin=origin,
            created=self._clock.now(),
            graph=self._bound(recipe, uid, None),
            project=project.id if project else None,
            lineage=lineage,
        )
        return Prepared(new=new, project=project, plan=plan)

    async def again(self, job: Job, origin: Origin, *, same_seed: bool = False) -> Ticket:
        """Store a job that draws what `job` drew, with a new seed or the very same graph."""
        seed = job.recipe.seed if same_seed else self._new_seed()
        recipe = replace(job.recipe.with_seed(seed), lightened_from=None, redrawn_from=None)
        lineage = Lineage(parent=job.id, how=Descent.SAME_SEED if same_seed else Descent.AGAIN)
        request = replace(job.request, seed=seed)
        return await self._accept(await self._from(job, recipe, origin, request, lineage, like=job))

    async def derived(
        self, job: Job, recipe: Recipe, origin: Origin, *, request: GenerationRequest, lineage: Lineage
    ) -> Ticket:
        """Store a job drawn by a recipe made from that of `job`; where no seed is asked for, a new one is."""
        seeded = recipe if request.seed is not None else recipe.with_seed(self._new_seed())
        like = job if seeded == job.recipe.with_seed(seeded.seed) else None
        return await self._accept(await self._from(job, seeded, origin, request, lineage, like=like))

    async def once_more(self, job: Job) -> NewJob:
        """Prepare what `job` was to draw, by the seed that was asked for; raise BadRequest."""
        seed = self._new_seed() if job.request.seed is None else job.request.seed
        recipe = job.recipe.as_asked().with_seed(seed)
        lineage = Lineage(parent=job.id, how=Descent.AGAIN)
        like = job if recipe == job.recipe.with_seed(seed) else None
        return await self._from(job, recipe, job.origin, job.request, lineage, like=like)

    async def _from(
        self,
        job: Job,
        recipe: Recipe,
        origin: Origin,
        request: GenerationRequest,
        lineage: Lineage,
        *,
        like: Job | None,
    ) -> NewJob:
        """Prepare what goes on from a job in its project; `like`: the job whose very graph is drawn again."""
        if job.project is not None:
            check_open(await self._projects.get(job.project))
        self._workshop.check_at_hand(recipe)
        uid, recipe = self._new_uid(), self._as_of_now(recipe)
        return NewJob(
            uid=uid,
            request=request,
            recipe=recipe,
            origin=origin,
            created=self._clock.now(),
            graph=self._bound(recipe, uid, like),
            project=job.project,
            lineage=lineage,
        )

    def _as_of_now(self, recipe: Recipe) -> Recipe:
        """Return the recipe with what ComfyUI tells of itself and the model today."""
        catalogue = self._workshop.catalogue
        if catalogue is None:
            return recipe
        facts = catalogue.facts.get(recipe.model or "", ModelFacts())
        return replace(recipe, model_hash=facts.hash, renderer=catalogue.version)

    async def reference(self, content: bytes) -> Reference:
        """Keep a person's picture, cleaned, for use in a request; raise BadRequest."""
        picture = await self._pictures.reference(content)
        kept = await self._shelf.put_reference(picture)
        return Reference(sha256=kept.sha256, path=kept.path, size=picture.size)

    async def project_for(self, name: str | None, origin: Origin) -> Project | None:
        """Return the named project, else the channel's, else the one in use; raise if it is not open."""
        project = await project_meant(
            self._projects, name, guild=origin.guild, user=origin.user, channel=origin.channel
        )
        return check_open(project) if project is not None else None

    async def _accept(self, new: NewJob) -> Ticket:
        async with held(self._shelf, new.recipe.reference or new.request.reference), self._one_by_one:
            of_user, in_all = await self._jobs.count_waiting(user=new.origin.user)
            admit(waiting_of_user=of_user, waiting_in_all=in_all, limits=self._limits)
            job, fresh = await self._jobs.add(new)
        if fresh:
            self._feed.publish(JobChanged(job=job))
            self._feed.publish(LineChanged())
            self._gate.ring()
        return Ticket(view=await self._line.view(job.id), fresh=fresh)

    def _bound(self, recipe: Recipe, uid: UUID, parent: Job | None) -> Graph | None:
        """Bind now if everything is decided; a repetition starts from the parent's own graph."""
        workflow = self._workshop.named(recipe.workflow)
        if not workflow.is_decided(recipe):
            return None
        if parent is not None and parent.graph is not None:
            return workflow.reseeded(parent.graph, seed=recipe.seed, filename_prefix=prefix_of(uid))
        return bind(workflow, recipe, filename_prefix=prefix_of(uid))


def prefix_of(uid: UUID) -> str:
    """Return the name under which ComfyUI saves the job's pictures: unique, and nothing a person typed."""
    return f"genga/{uid.hex}"
