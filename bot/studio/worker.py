"""The worker: takes the next job through the one lane to the GPU, and frees it the moment it is drawn."""

import asyncio
from dataclasses import replace

from bot.core.errors import Lost, RendererAway, StudioError, WrongState
from bot.core.job import Job, JobState
from bot.core.planning import decide
from bot.core.progress import (
    Accepted,
    Interrupted,
    Progress,
    Rendered,
    RenderEvent,
    RenderFailed,
    Started,
)
from bot.core.workflow import bind
from bot.ports.clock import Clock
from bot.ports.renderer import Order, Renderer, Upload
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.collect import Collector
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Away, Gate
from bot.studio.incidents import Incidents
from bot.studio.lane import Drawing, Lane
from bot.studio.line import Line
from bot.studio.submit import prefix_of
from bot.studio.workshop import Workshop

MAX_ATTEMPTS = 3


class Worker:
    def __init__(
        self,
        *,
        jobs: Jobs,
        line: Line,
        lane: Lane,
        gate: Gate,
        renderer: Renderer,
        collector: Collector,
        workshop: Workshop,
        shelf: Shelf,
        incidents: Incidents,
        feed: Feed,
        clock: Clock,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._jobs = jobs
        self._line = line
        self._lane = lane
        self._gate = gate
        self._renderer = renderer
        self._collector = collector
        self._workshop = workshop
        self._shelf = shelf
        self._incidents = incidents
        self._feed = feed
        self._clock = clock
        self._tasks = tasks

    async def run(self) -> None:
        """Draw for ever; what was in ComfyUI when we last stopped comes first."""
        for job in await self._jobs.in_states(JobState.SUBMITTED, JobState.RUNNING):
            await self._until_decided(job)
        while True:
            if not await self.run_once():
                await self._gate.rung()

    async def run_once(self) -> bool:
        """Draw the next job if there is one and nothing holds it up; tell whether there was."""
        job = None if self._gate.hold else await self._next()
        if job is not None:
            await self._draw(job, fresh=True)
        return job is not None

    async def _until_decided(self, job: Job) -> None:
        """Follow a job that ComfyUI may have; while nobody answers, wait: unknown counts as busy."""
        while job.state.in_renderer:
            if self._gate.holding(Away):
                await self._gate.rung()
            else:
                await self._draw(job, fresh=False)
                job = await self._jobs.get(job.id)
                if self._lane.of(job.id) is not None:
                    return

    async def _next(self) -> Job | None:
        line = await self._line.order()
        return await self._jobs.get(line[0].job) if line else None

    async def _draw(self, job: Job, *, fresh: bool) -> None:
        try:
            job, order = await self._ordered(job, fresh=fresh)
        except StudioError as error:
            await self._collector.fail(job, error)
            return
        except _TakenBack:
            return
        drawing = self._lane.enter(job, Progress.of_graph(order.graph))
        try:
            end = await self._follow(drawing, order)
        except RendererAway as error:
            self._gate.close(Away(since=self._clock.now(), reason=error.message))
            end = None
        except StudioError as error:
            end = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane is freed and the person told
            end = await self._incidents.report(error, where="drawing", job=job.id)
        finally:
            self._lane.release()
        await self._leave(drawing, end)

    async def _ordered(self, job: Job, *, fresh: bool) -> tuple[Job, Order]:
        """Write down that the job goes to ComfyUI now, before it does."""
        if job.graph is None:
            job = self._bound(job)
        if job.graph is None:
            raise AssertionError(f"#{job.id} has no graph")
        order = Order(prompt_id=job.prompt_id, graph=job.graph, uploads=await self._uploads(job), fresh=fresh)
        return (await self._submitted(job) if fresh else job), order

    def _bound(self, job: Job) -> Job:
        """Decide what could not be decided while ComfyUI had never been seen."""
        workflow = self._workshop.named(job.recipe.workflow)
        recipe = decide(
            job.request,
            workflow,
            catalogue=self._workshop.catalogue,
            seed=job.recipe.seed,
            default_model=self._workshop.default_model,
        )
        return replace(job, recipe=recipe, graph=bind(workflow, recipe, filename_prefix=prefix_of(job.uid)))

    async def _uploads(self, job: Job) -> tuple[Upload, ...]:
        reference = job.recipe.reference
        if reference is None:
            return ()
        return (Upload(name=reference.upload_name, content=await self._shelf.read(reference.path)),)

    async def _submitted(self, job: Job) -> Job:
        now = self._clock.now()
        submitted = replace(
            job.to(JobState.SUBMITTED, at=now), timings=replace(job.timings, queued=now - job.created)
        )
        try:
            await self._jobs.store(submitted, was=JobState.QUEUED)
        except WrongState:
            raise _TakenBack from None
        self._feed.publish(JobChanged(job=submitted))
        self._feed.publish(LineChanged())
        return submitted

    async def _follow(self, drawing: Drawing, order: Order) -> RenderEvent | None:
        """Follow the drawing to its end and return the event that ended it."""
        last: RenderEvent | None = None
        async for event in self._renderer.render(order):
            last = event
            self._lane.advance(event, at=self._clock.now())
            match event:
                case Started() if drawing.job.state is JobState.SUBMITTED:
                    await self._started(drawing)
                case Accepted() if drawing.cancelled:
                    self._tasks.create_task(self._renderer.cancel(order.prompt_id))
                case _:
                    pass
        return last

    async def _started(self, drawing: Drawing) -> None:
        running = drawing.job.to(JobState.RUNNING, at=self._clock.now())
        await self._jobs.store(running, was=JobState.SUBMITTED)
        drawing.job = running
        self._feed.publish(JobChanged(job=running))

    async def _leave(self, drawing: Drawing, end: RenderEvent | StudioError | None) -> None:
        """Act on how the drawing ended; fetching goes on beside the next job."""
        match end:
            case Rendered():
                self._tasks.create_task(self._collect(drawing))
            case Interrupted():
                await self._cancelled(drawing.job)
            case RenderFailed(error=Lost() as error) | (Lost() as error):
                await self._again_or_failed(drawing.job, error)
            case RenderFailed(error=error) | (StudioError() as error):
                await self._collector.fail(drawing.job, error)
            case _:
                await self._back_in_line(drawing.job)
        if not isinstance(end, Rendered):
            self._lane.fetched(drawing.job.id)

    async def _collect(self, drawing: Drawing) -> None:
        try:
            await self._collector.collect(drawing.job, drawing.progress)
        except Lost as error:
            await self._again_or_failed(drawing.job, error)
        except Exception as error:  # noqa: BLE001 - a picture that trips us is one job's failure
            incident = await self._incidents.report(error, where="collecting", job=drawing.job.id)
            await self._collector.fail(drawing.job, incident)
        finally:
            self._lane.fetched(drawing.job.id)

    async def _cancelled(self, job: Job) -> None:
        cancelled = job.to(JobState.CANCELLED, at=self._clock.now())
        await self._jobs.store(cancelled, was=job.state)
        self._feed.publish(JobChanged(job=cancelled))

    async def _again_or_failed(self, job: Job, error: StudioError) -> None:
        if job.attempt >= MAX_ATTEMPTS:
            await self._collector.fail(job, error)
        else:
            await self._requeue(replace(job, attempt=job.attempt + 1), was=job.state, note=error.message)

    async def _back_in_line(self, job: Job) -> None:
        """ComfyUI never took it: the same attempt waits for its return."""
        await self._requeue(job, was=job.state, note="ComfyUI did not answer")

    async def _requeue(self, job: Job, *, was: JobState, note: str) -> None:
        queued = job.to(JobState.QUEUED, at=self._clock.now())
        await self._jobs.store(queued, was=was, note=note)
        self._feed.publish(JobChanged(job=queued))
        self._feed.publish(LineChanged())
        self._gate.ring()


class _TakenBack(Exception):
    """The job left the line between being picked and being handed over."""
