"""From ComfyUI's hands to our shelf: the pictures of a finished drawing, proven and recorded."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.core.artifact import Artifact, ArtifactKind, Output
from bot.core.errors import (
    Blank,
    DiskFull,
    Lost,
    NoOutput,
    RendererAway,
    RenderError,
    StudioError,
    WrongState,
)
from bot.core.job import Failure, Job, JobState, Timings
from bot.core.progress import Phase, Progress
from bot.ports.clock import Clock
from bot.ports.pictures import Picture, Pictures
from bot.ports.renderer import Renderer
from bot.ports.shelf import Place, Shelf
from bot.ports.stores import Jobs, Projects
from bot.studio.feed import Feed, JobChanged
from bot.studio.together import together

AWAY_RETRY_S = 2.0
NO_PROJECT = "_"

T = TypeVar("T")


class Collector:
    def __init__(
        self,
        *,
        jobs: Jobs,
        projects: Projects,
        renderer: Renderer,
        pictures: Pictures,
        shelf: Shelf,
        feed: Feed,
        clock: Clock,
        collected: Callable[[Job, list[Picture]], None],
    ) -> None:
        """Tell `collected` of each job that became RENDERED, with its pictures still at hand."""
        self._jobs = jobs
        self._projects = projects
        self._renderer = renderer
        self._pictures = pictures
        self._shelf = shelf
        self._feed = feed
        self._clock = clock
        self._collected = collected

    async def collect(self, job: Job, progress: Progress) -> None:
        """Bring the job to RENDERED, or to FAILED with its reason; a forgotten prompt raises Lost."""
        try:
            await self._take(job, await self._outputs(job), progress)
        except Lost:
            raise
        except RenderError as error:
            await self.fail(job, error)

    async def salvage(self, job: Job, left: Sequence[Output]) -> None:
        """Bring the job to RENDERED by what ComfyUI left behind; raise RenderError if that is damaged."""
        await self._take(job, left, Progress(nodes={}, joined=True))

    async def _take(self, job: Job, outputs: Sequence[Output], progress: Progress) -> None:
        kept = await self._keep(job, outputs)
        done = replace(
            job.to(JobState.RENDERED, at=self._clock.now()),
            timings=timings_of(job, progress, fetched=self._clock.now()),
        )
        await self._jobs.rendered(done, was=job.state, artifacts=[artifact for artifact, _ in kept])
        self._feed.publish(JobChanged(job=done))
        self._collected(done, [picture for _, picture in kept])

    async def fail(self, job: Job, error: StudioError) -> None:
        """Bring the job to FAILED with what its person needs to know, unless it has moved on meanwhile."""
        kind = error.kind if isinstance(error, RenderError) else "failed"
        failure = Failure(kind=kind, message=error.message, hint=error.hint)
        with suppress(WrongState):
            failed = replace(job.to(JobState.FAILED, at=self._clock.now()), failure=failure)
            await self._jobs.store(failed, was=job.state, note=error.message, notice=True)
            self._feed.publish(JobChanged(job=failed))

    async def _outputs(self, job: Job) -> tuple[Output, ...]:
        outputs = await self._patiently(lambda: self._renderer.outputs(job.prompt_id))
        if not outputs:
            raise NoOutput(
                "ComfyUI finished without a picture.",
                hint="Check that the workflow ends in a node that saves one.",
            )
        return outputs

    async def _keep(self, job: Job, outputs: Sequence[Output]) -> list[tuple[Artifact, Picture]]:
        contents = await together(self._fetched(output) for output in outputs)
        await self._jobs.open_pictures(job.id)
        pictures = await together(self._pictures.prove(content) for content in contents)
        _check_not_blank(pictures)
        return await self._shelved(job, list(zip(outputs, pictures, strict=True)))

    async def _fetched(self, output: Output) -> bytes:
        return await self._patiently(lambda: self._renderer.fetch(output))

    async def _shelved(
        self, job: Job, made: Sequence[tuple[Output, Picture]]
    ) -> list[tuple[Artifact, Picture]]:
        project = await self._projects.get(job.project) if job.project is not None else None
        folder = project.slug if project else NO_PROJECT
        return await together(
            self._shelve(job, index, output, picture, folder)
            for index, (output, picture) in enumerate(made, start=1)
        )

    async def _shelve(
        self, job: Job, index: int, output: Output, picture: Picture, folder: str
    ) -> tuple[Artifact, Picture]:
        day = datetime.fromtimestamp(job.created / 1000, UTC).date().isoformat()
        place = Place(project=folder, day=day, kind=ArtifactKind.IMAGES)
        kept = await self._patiently(lambda: self._shelf.put(picture, place=place, name=f"{job.id}_{index}"))
        artifact = Artifact(
            job=job.id,
            index=index,
            path=kept.path,
            sha256=kept.sha256,
            bytes=kept.bytes,
            size=picture.size,
            media_type=picture.media_type,
            source=output,
            created=self._clock.now(),
            origin_sha256=kept.sha256,
        )
        return artifact, picture

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Try until ComfyUI answers and the disk has room: what is drawn is not given up."""
        while True:
            try:
                return await ask()
            except (RendererAway, DiskFull):
                await asyncio.sleep(AWAY_RETRY_S)


def _check_not_blank(pictures: Sequence[Picture]) -> None:
    if all(picture.blank for picture in pictures):
        what = "The picture is" if len(pictures) == 1 else f"All {len(pictures)} pictures are"
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
