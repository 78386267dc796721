"""The worker: takes the next job through the one lane to the GPU, and frees it the moment it is drawn."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TypeAlias

import structlog

from bot.core.errors import Blank, InDoubt, Lost, OutOfMemory, RendererAway, StudioError, WrongState
from bot.core.job import Job, JobState
from bot.core.patience import patience_ms
from bot.core.progress import (
    Accepted,
    Interrupted,
    Progress,
    Rendered,
    RenderFailed,
)
from bot.core.recovery import Standing
from bot.core.workflow import Graph, bind
from bot.ports.clock import Clock
from bot.ports.renderer import Order, Renderer, Upload
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.collect import Collector
from bot.studio.drafting import Drafting
from bot.studio.endings import Endings
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Gate, away_for
from bot.studio.incidents import Incidents
from bot.studio.lane import Drawing, Lane
from bot.studio.line import Line, kind_of
from bot.studio.recovery import Found, Recovery
from bot.studio.room import Room
from bot.studio.stall import Silence
from bot.studio.submit import prefix_of
from bot.studio.workshop import Workshop

_SOONEST = (Standing.ENDED, Standing.RUNNING, Standing.WAITING)

End: TypeAlias = Rendered | Interrupted | StudioError

log = structlog.get_logger(__name__)


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
        endings: Endings,
        recovery: Recovery,
        silence: Silence,
        room: Room,
        workshop: Workshop,
        drafting: Drafting,
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
        self._endings = endings
        self._recovery = recovery
        self._silence = silence
        self._room = room
        self._workshop = workshop
        self._drafting = drafting
        self._shelf = shelf
        self._incidents = incidents
        self._feed = feed
        self._clock = clock
        self._tasks = tasks

    async def run(self) -> None:
        """Draw for ever; what was in ComfyUI when we last stopped comes first."""
        await self._recover()
        while True:
            if not await self.run_once():
                await self._gate.rung()

    async def run_once(self) -> bool:
        """Draw the next job if there is one and nothing holds it up; tell whether there was."""
        await self._room.look()
        job = None if self._gate.hold else await self._next()
        if job is not None:
            await self._draw(job)
        return job is not None

    async def _recover(self) -> None:
        """Find out where each job of an earlier life is, before any is drawn; then see them to their ends."""
        jobs = await self._jobs.in_states(JobState.SUBMITTED, JobState.RUNNING)
        found = [each for each in [await self._settled(job) for job in jobs] if each is not None]
        for each in sorted(found, key=lambda each: _SOONEST.index(each.standing)):
            await self._draw(each.job)

    async def _settled(self, job: Job, *, given: bool = False) -> Found | None:
        try:
            return await self._recovery.settle(job.id, given=given)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on and the person is told
            await self._endings.fail(job, await self._as_told(error, job))
            return None

    async def _next(self) -> Job | None:
        line = await self._line.order()
        return await self._jobs.get(line[0].job) if line else None

    async def _draw(self, job: Job) -> None:
        """Take a job through the lane, again if it turns out that ComfyUI has it still."""
        follow: Job | None = job
        while follow is not None:
            follow = await self._drawn(follow)

    async def _drawn(self, job: Job) -> Job | None:
        """Take a job through the lane once; return it if it is to be followed again."""
        joined = job.state.in_renderer
        try:
            job, order = await self._ordered(job)
        except _TakenBack:
            return None
        except RendererAway as error:
            self._close(error)
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told and the next job drawn
            await self._endings.fail(job, await self._as_told(error, job))
            return None
        drawing = self._lane.enter(job, replace(Progress.of_graph(order.graph), joined=joined))
        try:
            end = await self._end_of(drawing, order)
        finally:
            self._lane.release()
        return await self._leave(drawing, end)

    async def _found(self, job: Job, *, given: bool) -> Job | None:
        found = await self._settled(job, given=given)
        return None if found is None else found.job

    async def _ordered(self, job: Job) -> tuple[Job, Order]:
        """Write down that the job goes to ComfyUI now, before it does."""
        job, graph = await self._bound(job) if job.graph is None else (job, job.graph)
        order = Order(
            prompt_id=job.prompt_id,
            graph=graph,
            uploads=await self._uploads(job),
            fresh=not job.was_handed_over,
        )
        return (job if job.state.in_renderer else await self._submitted(job)), order

    async def _bound(self, job: Job) -> tuple[Job, Graph]:
        """Decide what could not be decided while ComfyUI had never been seen."""
        workflow = self._workshop.named(job.recipe.workflow)
        recipe = (await self._drafting.redraft(job)).recipe
        if not workflow.is_decided(recipe):
            raise RendererAway("ComfyUI has not yet told what it can draw with.")
        graph = bind(workflow, recipe, filename_prefix=prefix_of(job.uid))
        return replace(job, recipe=recipe, graph=graph), graph

    async def _uploads(self, job: Job) -> tuple[Upload, ...]:
        reference = job.recipe.reference
        if reference is None:
            return ()
        return (Upload(name=reference.upload_name, content=await self._shelf.read(reference.path)),)

    async def _submitted(self, job: Job) -> Job:
        now = self._clock.now()
        try:
            submitted = replace(
                job.to(JobState.SUBMITTED, at=now), timings=replace(job.timings, queued=now - job.created)
            )
            await self._jobs.store(submitted, was=JobState.QUEUED)
        except WrongState:
            raise _TakenBack from None
        self._feed.publish(JobChanged(job=submitted))
        self._feed.publish(LineChanged())
        return submitted

    async def _end_of(self, drawing: Drawing, order: Order) -> End:
        drawing.heard = self._clock.monotonic()
        silence = asyncio.create_task(self._silence.watch(drawing), name=f"silence of #{drawing.job.id}")
        try:
            return await self._follow(drawing, order)
        except StudioError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane is freed and the person told
            await self._take_out(order.prompt_id)
            return await self._as_told(error, drawing.job)
        finally:
            await self._ended(silence, drawing)

    async def _ended(self, watch: asyncio.Task[None], drawing: Drawing) -> None:
        """End a watch; what it tripped over is an incident and nothing of the drawing's."""
        watch.cancel()
        await asyncio.wait({watch})
        if not watch.cancelled() and (error := watch.exception()) is not None:
            await self._incidents.report(error, where="watching", job=drawing.job.id)

    async def _follow(self, drawing: Drawing, order: Order) -> Rendered | Interrupted:
        """Follow the drawing to its end and return that; raise what it failed of."""
        stored = await self._jobs.get(drawing.job.id)
        drawing.cancelled = drawing.cancelled or stored.cancel_requested
        if drawing.cancelled and order.fresh:
            return Interrupted()
        async with aclosing(self._renderer.render(order)) as events:
            async for event in events:
                drawing.heard = self._clock.monotonic()
                self._lane.advance(event, at=self._clock.now())
                if drawing.progress.started is not None and drawing.job.state is JobState.SUBMITTED:
                    await self._started(drawing)
                match event:
                    case Accepted() if drawing.cancelled:
                        self._tasks.create_task(self._take_out(order.prompt_id))
                    case Rendered() | Interrupted():
                        return event
                    case RenderFailed(error=error):
                        raise error
                    case _:
                        pass
        raise AssertionError(f"the drawing of #{drawing.job.id} ended without an end")

    async def _started(self, drawing: Drawing) -> None:
        running = drawing.job.to(JobState.RUNNING, at=self._clock.now())
        await self._jobs.store(running, was=JobState.SUBMITTED)
        drawing.job = running
        self._feed.publish(JobChanged(job=running))

    async def _leave(self, drawing: Drawing, end: End) -> Job | None:
        """Act on how the drawing ended; fetching goes on beside the next job."""
        if isinstance(end, Rendered):
            self._tasks.create_task(self._collect(drawing))
            return None
        self._lane.fetched(drawing.job.id)
        return await self._without_pictures(drawing, end)

    async def _without_pictures(self, drawing: Drawing, end: Interrupted | StudioError) -> Job | None:
        """Decide what becomes of the job; return it if ComfyUI has it still."""
        job = drawing.job
        match end:
            case Interrupted() if drawing.stalled and not drawing.cancelled:
                silent = patience_ms(await self._line.expected(kind_of(job)))
                await self._endings.stalled(job, silent_ms=silent)
            case Interrupted():
                await self._endings.cancelled(job)
            case Lost():
                return await self._found(job, given=True)
            case InDoubt():
                self._close(end)
                return await self._found(job, given=True)
            case RendererAway():
                self._close(end)
                return await self._back_in_line(drawing)
            case OutOfMemory():
                await self._endings.out_of_memory(job, end)
            case _:
                await self._endings.fail(job, end)
        return None

    async def _back_in_line(self, drawing: Drawing) -> Job | None:
        """ComfyUI never took it, so the same attempt waits for its return; one it had begun is looked for."""
        if drawing.job.state is JobState.RUNNING:
            return await self._found(drawing.job, given=True)
        if drawing.cancelled:
            await self._endings.cancelled(drawing.job)
        else:
            await self._endings.requeue(drawing.job, note="ComfyUI did not answer.")
        return None

    async def _collect(self, drawing: Drawing) -> None:
        try:
            await self._collected(drawing)
        except Exception as error:  # noqa: BLE001 - a picture that trips us is one job's failure
            incident = await self._incidents.report(error, where="collecting", job=drawing.job.id)
            await self._endings.fail(drawing.job, incident)
        finally:
            self._lane.fetched(drawing.job.id)

    async def _collected(self, drawing: Drawing) -> None:
        try:
            await self._collector.collect(drawing.job, drawing.progress)
        except Blank as error:
            await self._endings.blank(drawing.job, error)
        except Lost as error:
            await self._forgotten(drawing, error)

    async def _forgotten(self, drawing: Drawing, error: Lost) -> None:
        """Look for what ComfyUI forgot between its end and our fetching it; its files may be there still."""
        if await self._settled(drawing.job, given=True) is None:
            return
        try:
            await self._collector.collect(drawing.job, drawing.progress)
        except Blank as blank:
            await self._endings.blank(drawing.job, blank)
        except Lost:
            await self._endings.fail(drawing.job, error)

    async def _take_out(self, prompt_id: str) -> None:
        """Have ComfyUI drop a prompt; while it is away there is nobody to ask."""
        try:
            await self._renderer.cancel(prompt_id)
        except RendererAway as error:
            log.warning("not taken out", prompt=prompt_id, reason=error.message)
        except Exception as error:  # noqa: BLE001 - it runs beside everything and must not end it
            await self._incidents.report(error, where="cancelling")

    async def _as_told(self, error: Exception, job: Job) -> StudioError:
        """Return the error as the job's person reads it."""
        if isinstance(error, StudioError):
            return error
        return await self._incidents.report(error, where="drawing", job=job.id)

    def _close(self, error: RendererAway) -> None:
        self._gate.close(away_for(error, since=self._clock.now()))


class _TakenBack(Exception):
    """The job left the line between being picked and being handed over."""
