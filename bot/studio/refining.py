"""Refining: what people do with a finished picture to get the next one."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.core.artifact import Artifact
from bot.core.enlarging import enlarged, preferred_upscaler, shrunk
from bot.core.errors import BadRequest, NotAllowed, NotFound, WrongState
from bot.core.generation import (
    MAX_SEED,
    Aspect,
    GenerationRequest,
    Origin,
    Recipe,
    Reference,
    Seed,
    Size,
)
from bot.core.job import Job, JobState
from bot.core.library import Project
from bot.core.lightening import lighter
from bot.core.lineage import Descent, Lineage
from bot.core.workflow import Workflow
from bot.ports.clock import Clock
from bot.ports.library import Artifacts
from bot.ports.review import Pin, Pins
from bot.ports.stores import Jobs, Projects
from bot.studio.control import Actor, Control
from bot.studio.critic import Exhibit
from bot.studio.restoring import Original, Restoring
from bot.studio.rights import check_gives_up, check_shows_to_all
from bot.studio.submit import Submit, Ticket
from bot.studio.workshop import Workshop

VARIED: Final = 0.55
"""How far a variation strays from its picture."""
ENLARGED: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What of a drawing is to be different; None: as the studio decides."""

    prompt: str
    negative: str | None = None
    size: Size | Aspect | None = None
    steps: int | None = None
    cfg: float | None = None
    seed: Seed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finished job and those of its pictures that were not deleted."""

    job: Job
    pictures: tuple[Artifact, ...]


class Refining:
    def __init__(
        self,
        *,
        jobs: Jobs,
        artifacts: Artifacts,
        projects: Projects,
        pins: Pins,
        control: Control,
        submit: Submit,
        workshop: Workshop,
        restoring: Restoring,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._artifacts = artifacts
        self._projects = projects
        self._pins = pins
        self._control = control
        self._submit = submit
        self._workshop = workshop
        self._restoring = restoring
        self._clock = clock

    # ── looking

    async def shown(self, job_id: int, actor: Actor) -> Shown:
        """Return the job with its pictures; raise NotFound if there are none, or none any more."""
        job = await self._control.job(job_id, actor)
        made = await self._jobs.artifacts(job.id)
        pictures = tuple(picture for picture in made if picture.deleted is None)
        if not pictures:
            raise NotFound(
                f"The pictures of #{job.id} were deleted." if made else f"#{job.id} has no pictures.",
                hint=f"`/job show job:{job.id}` tells more.",
            )
        return Shown(job=job, pictures=pictures)

    async def picture(self, job_id: int, number: int, actor: Actor) -> Exhibit:
        """Return one picture, counted from 1; raise NotFound."""
        shown = await self.shown(job_id, actor)
        for picture in shown.pictures:
            if picture.index == number:
                return Exhibit(picture=picture, job=shown.job)
        raise NotFound(
            f"Picture {number} of #{job_id} was deleted, or never was.",
            hint=f"`/job show job:{job_id}` tells more.",
        )

    async def original(self, job_id: int, number: int, actor: Actor) -> Original:
        return await self._restoring.original((await self.picture(job_id, number, actor)).picture)

    async def drawing(self, job_id: int, actor: Actor) -> Job:
        """Return the job that drew what this one shows: itself, unless it only enlarged a picture."""
        return await self._drawing_of(await self._control.job(job_id, actor))

    # ── drawing on

    async def again(self, job_id: int, actor: Actor, origin: Origin, *, same_seed: bool = False) -> Ticket:
        """Draw the job again; a picture that it starts from is restored if need be."""
        job = await self._control.job(job_id, actor)
        reference = await self._restoring.reference_of(job)
        if reference == job.recipe.reference:
            return await self._submit.again(job, origin, same_seed=same_seed)
        seed = job.recipe.seed if same_seed else None
        return await self._submit.derived(
            job,
            replace(job.recipe, reference=reference, lightened_from=None, redrawn_from=None),
            origin,
            request=replace(job.request, reference=reference, seed=seed),
            lineage=Lineage(parent=job.id, how=Descent.SAME_SEED if same_seed else Descent.AGAIN),
        )

    async def lighter(self, job_id: int, actor: Actor, origin: Origin) -> Ticket:
        """Draw the job again with half the pictures, or a single one smaller."""
        job = await self._control.job(job_id, actor)
        less = lighter(job.recipe)
        if less is None:
            raise WrongState(f"#{job_id} cannot be drawn any smaller.", hint="Draw it with another model.")
        reference = await self._restoring.reference_of(job)
        return await self._submit.derived(
            job,
            replace(less, reference=reference, lightened_from=None, redrawn_from=None),
            origin,
            request=replace(job.request, size=less.size, count=less.count, reference=reference, seed=None),
            lineage=Lineage(parent=job.id, how=Descent.AGAIN),
        )

    async def vary(self, job_id: int, number: int | None, actor: Actor, origin: Origin) -> Ticket:
        """Draw nearly the same: from the picture where that is possible, else with a seed nearby.

        Without a number the whole job is drawn with a seed nearby.
        """
        if number is None:
            return await self._nearby(await self.drawing(job_id, actor), job_id, None, origin)
        exhibit = await self.picture(job_id, number, actor)
        drawing = await self._drawing_of(exhibit.job)
        workflow = self._from_picture(drawing)
        if workflow is None:
            return await self._nearby(drawing, job_id, number, origin)
        reference = await self._restoring.reference_to(exhibit.picture)
        recipe = drawing.recipe
        size = shrunk(recipe.size, recipe.scale) if recipe.scale > 1 else recipe.size
        changed: dict[str, Any] = {"workflow": workflow.name, "reference": reference, "denoise": VARIED}
        return await self._submit.derived(
            drawing,
            replace(_fresh(recipe), size=size, scale=1.0, count=1, **changed),
            origin,
            request=_as_read_by(workflow, replace(drawing.request, seed=None, count=None, **changed)),
            lineage=Lineage(parent=job_id, how=Descent.VARY, picture=number),
        )

    async def upscale(
        self, job_id: int, number: int, actor: Actor, origin: Origin, *, scale: float = ENLARGED
    ) -> Ticket:
        """Make the picture so many times as wide and high; raise BadRequest for what would be too large."""
        exhibit = await self.picture(job_id, number, actor)
        size = enlarged(exhibit.picture.size, scale)
        workflow = self._enlarger()
        drawing = await self._drawing_of(exhibit.job)
        reference = await self._restoring.reference_to(exhibit.picture)
        recipe = _enlarging(drawing.recipe, workflow, self._upscaler())
        changed: dict[str, Any] = {"workflow": workflow.name, "reference": reference, "scale": scale}
        request = replace(drawing.request, seed=None, upscaler=recipe.upscaler, denoise=None, **changed)
        return await self._submit.derived(
            drawing,
            replace(recipe, size=size, **changed),
            origin,
            request=_as_read_by(workflow, request),
            lineage=Lineage(parent=job_id, how=Descent.UPSCALE, picture=number),
        )

    async def edit(
        self, job_id: int, number: int | None, actor: Actor, origin: Origin, changes: Changes
    ) -> Ticket:
        """Draw it with another prompt or other parameters; raise BadRequest for what is wrong with them."""
        drawing = await self.drawing(job_id, actor)
        project = await self._project_of(drawing)
        reference = await self._restoring.reference_of(drawing)
        if reference is not None:
            await self._check_audience(drawing, project, origin, actor)
        request = replace(
            drawing.request,
            prompt=changes.prompt,
            negative=changes.negative,
            size=changes.size,
            steps=changes.steps,
            cfg=changes.cfg,
            seed=changes.seed,
            reference=reference,
            project=project,
        )
        lineage = Lineage(parent=job_id, how=Descent.EDIT, picture=number)
        return await self._submit(request, origin, lineage=lineage)

    # ── pictures taken up

    async def pin(self, job_id: int, number: int, actor: Actor) -> Pin:
        """Take the picture up for the person's next drawing."""
        exhibit = await self.picture(job_id, number, actor)
        reference = await self._restoring.reference_to(exhibit.picture)
        return await self._put(actor, reference, job=job_id, picture=number)

    async def pin_reference(self, reference: Reference, actor: Actor) -> Pin:
        """Take up a picture of a person's own."""
        return await self._put(actor, reference)

    async def unpin(self, actor: Actor) -> None:
        """Let the person's next drawing start from no picture."""
        if actor.guild is not None:
            await self._pins.take(guild=actor.guild, user=actor.user, at=self._clock.now())

    async def draw(self, request: GenerationRequest, origin: Origin, actor: Actor) -> Ticket:
        """Submit the request, from the picture that the person took up if it can start from one."""
        pin = await self._pin_for(request, actor)
        if pin is None or actor.guild is None:
            return await self._submit(request, origin)
        lineage = None
        if pin.job is not None:
            await self._check_audience(await self._jobs.get(pin.job), request.project, origin, actor)
            lineage = Lineage(parent=pin.job, how=Descent.REFERENCE, picture=pin.picture)
        reference = await self._reference_of(pin, actor, guild=actor.guild)
        return await self._submit(replace(request, reference=reference), origin, lineage=lineage, pin=pin)

    async def _pin_for(self, request: GenerationRequest, actor: Actor) -> Pin | None:
        named = self._workshop.workflows.get(request.workflow or "")
        if request.reference is not None or actor.guild is None or (named and not named.needs_reference):
            return None
        return await self._pins.peek(guild=actor.guild, user=actor.user)

    async def _reference_of(self, pin: Pin, actor: Actor, *, guild: int) -> Reference:
        """Return the picture that was taken up; one that is gone is the person's no more."""
        try:
            return await self._kept(pin, actor)
        except NotFound as gone:
            await self._pins.take(guild=guild, user=actor.user, at=self._clock.now())
            raise NotFound(
                f"The picture you took up is gone. {gone.message}",
                hint="It is not your reference any more; ask once more to draw without it.",
            ) from gone

    async def _kept(self, pin: Pin, actor: Actor) -> Reference:
        """Return the picture that was taken up, restored if need be; raise NotFound."""
        if pin.job is not None and pin.picture is not None:
            with suppress(NotFound):
                exhibit = await self.picture(pin.job, pin.picture, actor)
                return await self._restoring.reference_to(exhibit.picture)
        return await self._restoring.kept(pin.reference)

    async def _put(
        self, actor: Actor, reference: Reference, *, job: int | None = None, picture: int | None = None
    ) -> Pin:
        if actor.guild is None:
            raise NotAllowed("Pictures are taken up in a server.", hint="Do it there.")
        pin = Pin(reference=reference, at=self._clock.now(), job=job, picture=picture)
        async with self._restoring.held(reference):
            await self._pins.put(guild=actor.guild, user=actor.user, pin=pin)
        return pin

    # ── putting away

    async def check_own(self, job_id: int, actor: Actor) -> Job:
        """Return the job; raise NotAllowed for whom its pictures are not theirs to delete."""
        job = await self._control.job(job_id, actor)
        check_gives_up(job, actor)
        if job.state is JobState.RENDERED:
            raise WrongState(f"#{job.id} is being posted.", hint="Try again in a moment.")
        return job

    async def delete(self, job_id: int, numbers: Collection[int], actor: Actor) -> Shown:
        """Give the pictures up, with their files; return the job with those that are left."""
        job = await self.check_own(job_id, actor)
        shown = await self.shown(job_id, actor)
        given_up = [picture.id for picture in shown.pictures if picture.index in numbers]
        if not given_up:
            raise NotFound(
                "These pictures were deleted already.", hint=f"`/job show job:{job_id}` tells more."
            )
        await self._artifacts.delete(given_up, at=self._clock.now())
        return Shown(job=job, pictures=tuple(one for one in shown.pictures if one.id not in given_up))

    async def move(self, job_id: int, project: Project, actor: Actor) -> Job:
        """Let the job and its pictures belong to another project; its files and its post stay."""
        job = await self.check_own(job_id, actor)
        check_shows_to_all(await self._source_of(job), project, actor)
        await self._artifacts.move(job.id, project=project.id)
        return replace(job, project=project.id)

    # ── beneath

    async def _drawing_of(self, job: Job) -> Job:
        """Return the job that drew what this one shows, as one of this one's project."""
        drawing = job
        while drawing.parent is not None and not self._draws(drawing):
            drawing = await self._jobs.get(drawing.parent)
        return replace(drawing, project=job.project)

    def _draws(self, job: Job) -> bool:
        workflow = self._workshop.workflows.get(job.recipe.workflow)
        return workflow is None or "prompt" in workflow.places

    def _from_picture(self, drawing: Job) -> Workflow | None:
        """Return the workflow that draws from a picture what this one drew; None if there is none."""
        workflow = self._workshop.workflows.get(drawing.recipe.workflow)
        if workflow is None:
            return None
        if workflow.needs_reference and not workflow.enlarges:
            return workflow
        return self._workshop.usable(workflow.from_picture) if workflow.from_picture else None

    async def _nearby(self, drawing: Job, job_id: int, number: int | None, origin: Origin) -> Ticket:
        """Draw with the next seed that no earlier variation had."""
        workflow = self._workshop.usable(drawing.recipe.workflow)
        if "seed" not in workflow.places:
            raise BadRequest(
                f"#{drawing.id} only made a picture larger; there is nothing to vary.",
                hint="Vary the picture that it was made from.",
            )
        children = await self._jobs.children(job_id)
        varied = sum(child.lineage is not None and child.lineage.how is Descent.VARY for child in children)
        seed = Seed((drawing.recipe.seed + varied + 1) % (MAX_SEED + 1))
        reference = await self._restoring.reference_of(drawing)
        return await self._submit.derived(
            drawing,
            replace(_fresh(drawing.recipe), seed=seed, reference=reference),
            origin,
            request=replace(drawing.request, seed=seed, reference=reference),
            lineage=Lineage(parent=job_id, how=Descent.VARY, picture=number),
        )

    def _enlarger(self) -> Workflow:
        """Return the workflow that makes pictures larger here: with a model if ComfyUI has one for it."""
        known = self._workshop.workflows.values()
        by_model = [one for one in known if "upscaler" in one.places] if self._upscaler() else []
        drawn_over = [one for one in known if one.enlarges and "upscaler" not in one.places]
        for workflow in (*by_model, *drawn_over):
            if not self._workshop.missing(workflow):
                return workflow
        raise BadRequest(
            "This ComfyUI cannot make pictures larger.",
            hint="Put an upscale model into its folder `models/upscale_models`.",
        )

    def _upscaler(self) -> str | None:
        catalogue = self._workshop.catalogue
        return preferred_upscaler(catalogue.upscalers) if catalogue else None

    async def _check_audience(self, job: Job, project: str | None, origin: Origin, actor: Actor) -> None:
        """Raise NotAllowed where a picture of the job's would become one that everyone sees."""
        check_shows_to_all(await self._source_of(job), await self._submit.project_for(project, origin), actor)

    async def _source_of(self, job: Job) -> Project | None:
        return await self._projects.get(job.project) if job.project is not None else None

    async def _project_of(self, job: Job) -> str | None:
        """Name the job's project, if drawings still go there."""
        project = await self._source_of(job)
        return project.name if project is not None and project.is_open else None


def _fresh(recipe: Recipe) -> Recipe:
    """Return the recipe without what only happened to its first drawing."""
    return replace(recipe, lightened_from=None, redrawn_from=None)


def _enlarging(recipe: Recipe, workflow: Workflow, upscaler: str | None) -> Recipe:
    """Return the recipe for a larger picture; what an upscale model makes, no checkpoint has a part in."""
    larger = replace(_fresh(recipe), count=1)
    if "upscaler" in workflow.places:
        return replace(larger, upscaler=upscaler, model=None, loras=(), denoise=1.0)
    return replace(larger, upscaler=None, denoise=workflow.defaults.denoise)


def _as_read_by(workflow: Workflow, request: GenerationRequest) -> GenerationRequest:
    """Return the request without the options that the workflow does not read."""
    nothing = GenerationRequest(prompt="")
    unread = request.given() - workflow.options
    return replace(request, **{name: getattr(nothing, name) for name in unread})
