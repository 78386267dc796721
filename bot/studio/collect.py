"""From ComfyUI's hands to our archive: the pictures of a finished drawing, proven and recorded."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.core.artifact import Output
from bot.core.errors import (
    Blank,
    Lost,
    NoOutput,
    RenderError,
    StudioError,
    WrongState,
)
from bot.core.job import Failure, Job, JobState, Timings
from bot.core.progress import Phase, Progress
from bot.core.workflow import Workflow
from bot.ports.clock import Clock
from bot.ports.darkroom import Darkroom, Finished
from bot.ports.pictures import Picture
from bot.ports.renderer import Renderer
from bot.ports.stores import Jobs
from bot.studio.archive import Archive, Made
from bot.studio.feed import Feed, JobChanged
from bot.studio.patiently import patiently
from bot.studio.resemblance import Resemblance
from bot.studio.tidying import Tidying
from bot.studio.together import together


class Collector:
    def __init__(
        self,
        *,
        jobs: Jobs,
        renderer: Renderer,
        workflows: Mapping[str, Workflow],
        darkroom: Darkroom,
        archive: Archive,
        tidying: Tidying,
        resemblance: Resemblance,
        feed: Feed,
        clock: Clock,
        collected: Callable[[Job, list[Picture]], None],
    ) -> None:
        """Tell `collected` of each job that became RENDERED, with its pictures encoded for their post."""
        self._jobs = jobs
        self._renderer = renderer
        self._workflows = workflows
        self._darkroom = darkroom
        self._archive = archive
        self._tidying = tidying
        self._resemblance = resemblance
        self._feed = feed
        self._clock = clock
        self._collected = collected

    async def collect(self, job: Job, progress: Progress) -> None:
        """Bring the job to RENDERED, or to FAILED with its reason.

        Raises Lost for a forgotten prompt, and Blank for pictures on which nothing is to be seen.
        """
        try:
            await self._take(job, await self._outputs(job), progress)
        except (Lost, Blank):
            raise
        except RenderError as error:
            await self.fail(job, error)

    async def salvage(self, job: Job, left: Sequence[Output]) -> None:
        """Bring the job to RENDERED by what ComfyUI left behind; raise RenderError if that is damaged."""
        await self._take(job, left, Progress(nodes={}, joined=True))

    async def _take(self, job: Job, outputs: Sequence[Output], progress: Progress) -> None:
        made = await self._made(job, outputs)
        kept = await self._archive.keep(job, made)
        now = self._clock.now()
        artifacts = [replace(artifact, created=now) for artifact in kept]
        done = replace(job.to(JobState.RENDERED, at=now), timings=timings_of(job, progress, fetched=now))
        try:
            await self._jobs.rendered(done, was=job.state, artifacts=artifacts)
        except Exception:
            await self._tidying.tidy_after(job)
            raise
        self._feed.publish(JobChanged(job=done))
        self._collected(done, [each.finished.post for each in made if each.finished.post])
        await self._resemblance.look(done, [each.finished.picture for each in made])

    async def fail(self, job: Job, error: StudioError) -> None:
        """Bring the job to FAILED with what its person needs to know, unless it has moved on meanwhile."""
        kind = error.kind if isinstance(error, RenderError) else "failed"
        failure = Failure(kind=kind, message=error.message, hint=error.hint)
        with suppress(WrongState):
            failed = replace(job.to(JobState.FAILED, at=self._clock.now()), failure=failure)
            await self._jobs.store(failed, was=job.state, note=error.message, notice=failed.stands_alone)
            self._feed.publish(JobChanged(job=failed))

    async def _outputs(self, job: Job) -> tuple[Output, ...]:
        outputs = await patiently(lambda: self._renderer.outputs(job.prompt_id))
        if not outputs:
            raise NoOutput(
                "ComfyUI finished without a picture.",
                hint="Check that the workflow ends in a node that saves one.",
            )
        return outputs

    async def _made(self, job: Job, outputs: Sequence[Output]) -> list[Made]:
        contents = await together(self._fetched(output) for output in outputs)
        await self._jobs.open_pictures(job.id)
        asked = job.recipe.size if self._decides_the_size(job) else None
        finished = await together(self._darkroom.finish(content, asked=asked) for content in contents)
        _check_not_blank(finished)
        return [Made(output=output, finished=each) for output, each in zip(outputs, finished, strict=True)]

    async def _fetched(self, output: Output) -> bytes:
        return await patiently(lambda: self._renderer.fetch(output))

    def _decides_the_size(self, job: Job) -> bool:
        """Tell whether the job's workflow draws in the size that was asked for."""
        workflow = self._workflows.get(job.recipe.workflow)
        return workflow is not None and "width" in workflow.places


def _check_not_blank(finished: Sequence[Finished]) -> None:
    if all(each.picture.blank for each in finished):
        what = "The picture is" if len(finished) == 1 else f"All {len(finished)} pictures are"
        raise Blank(
            f"{what} of a single colour: the drawing went wrong in numbers too large for the model.",
            hint="Draw it with another seed; if that stays so, lower `cfg` or change the model or its VAE.",
        )


def timings_of(job: Job, progress: Progress, *, fetched: int) -> Timings:
    """Return what was measured of a drawing; what was never seen, or not from its start, stays None."""
    waited = Timings(queued=job.timings.queued, fetch=_between(progress.ended, fetched))
    if progress.joined:
        return waited
    spent = progress.spent
    return replace(
        waited,
        load=spent.get(Phase.LOADING),
        sample=spent.get(Phase.SAMPLING),
        save=_sum(spent.get(Phase.DECODING), spent.get(Phase.SAVING)),
        drawing=_between(progress.started, progress.ended),
        warmth=progress.warmth,
    )


def _between(begun: int | None, ended: int | None) -> int | None:
    return None if begun is None or ended is None else ended - begun


def _sum(*parts: int | None) -> int | None:
    measured = [part for part in parts if part is not None]
    return sum(measured) if measured else None
