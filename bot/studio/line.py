"""The line before the GPU as people see it: places, waiting times, and what each job's card shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final, assert_never

from bot.core.job import Job, JobState, Priority
from bot.core.library import Project
from bot.core.progress import Progress
from bot.core.queueing import (
    Estimate,
    Kind,
    Known,
    Learning,
    Waiting,
    expect,
    line_up,
    place_of,
    wait_before,
    wait_behind,
)
from bot.ports.clock import Clock
from bot.ports.stores import Jobs, NewJob, Projects
from bot.studio.gate import Gate, Hold
from bot.studio.lane import Drawing, Lane

PER_PAGE: Final = 10
HELD: Final = "Its batch is paused; the batch's card lets it go on."


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as its card shows it. `starts` and `ends` are expected times in UTC milliseconds.

    `note`: why it waits once more.
    """

    job: Job
    project: Project | None = None
    place: int | None = None
    starts: int | None = None
    wait: Estimate | None = None
    progress: Progress | None = None
    ends: int | None = None
    drawing_time: Estimate | None = None
    hold: Hold | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The line: what is drawn, who waits in which order, how long it all takes.

    `shown` is one page of it, the first being 0.
    """

    drawing: JobView | None
    line: tuple[Waiting, ...]
    shown: tuple[JobView, ...]
    page: int
    pages: int
    total: Estimate
    hold: Hold | None


def kind_of(job: Job | NewJob) -> Kind:
    recipe = job.recipe
    return Kind(
        workflow=recipe.workflow,
        model=recipe.model,
        pixels=recipe.size.pixels,
        steps=recipe.steps,
        count=recipe.count,
    )


def _runs(job: Job) -> bool:
    """Tell whether `job.since` is when ComfyUI began, also for one that we joined after a restart."""
    return job.state is JobState.RUNNING


class Line:
    def __init__(self, *, jobs: Jobs, projects: Projects, lane: Lane, gate: Gate, clock: Clock) -> None:
        self._jobs = jobs
        self._projects = projects
        self._lane = lane
        self._gate = gate
        self._clock = clock

    async def order(self) -> list[Waiting]:
        """Return the queued jobs in the order in which they will be drawn."""
        waiting = await self._jobs.waiting()
        if not waiting:
            return []
        return line_up(waiting, last_served=await self._jobs.last_served(), now=self._clock.now())

    async def view(self, job_id: int) -> JobView:
        """Return what the job's card shows now; raise NotFound."""
        job = await self._jobs.get(job_id)
        project = await self._projects.get(job.project) if job.project is not None else None
        drawing = self._lane.of(job_id)
        if drawing is not None and job.state.in_renderer:
            return await self._drawn(job, project, drawing)
        if job.state is JobState.QUEUED:
            return await self._queued(job, project)
        return JobView(job=job, project=project)

    async def queue(self, page: int = 0) -> QueueView:
        """Return the line with that page of it, or with the nearest that there is."""
        line = await self.order()
        expected = await self._expectations(line)
        drawing = self._lane.drawing
        pages = max(ceil(len(line) / PER_PAGE), 1)
        page = min(max(page, 0), pages - 1)
        first = page * PER_PAGE
        shown = enumerate(line[first : first + PER_PAGE], start=first + 1)
        return QueueView(
            drawing=await self.view(drawing.job.id) if drawing else None,
            line=tuple(line),
            shown=tuple([await self._at(place, waiting, expected) for place, waiting in shown]),
            page=page,
            pages=pages,
            total=wait_behind(line, expected=expected, running=await self._running_estimate()),
            hold=self._gate.hold,
        )

    async def expected(self, kind: Kind) -> Estimate:
        """Return how long a drawing of this kind takes, as measured."""
        return expect(await self._jobs.measured(kind))

    async def wait_of(self, priority: Priority) -> Estimate:
        """Return how long what is drawn and all that waits with this priority or a higher one take."""
        ahead = [waiting for waiting in await self.order() if waiting.priority <= priority]
        return await self._wait_behind(ahead)

    async def wait_until_drawn(self, batch: int) -> Estimate:
        """Return how long until the last waiting job of a batch is drawn, with all that is drawn before."""
        line = await self.order()
        last = max(
            (place for place, waiting in enumerate(line, start=1) if waiting.batch == batch), default=0
        )
        return await self._wait_behind(line[:last])

    async def _wait_behind(self, ahead: list[Waiting]) -> Estimate:
        expected = await self._expectations(ahead)
        return wait_behind(ahead, expected=expected, running=await self._running_estimate())

    async def _queued(self, job: Job, project: Project | None) -> JobView:
        hold = self._gate.hold
        line = await self.order()
        place = place_of(job.id, line)
        if place is None:
            return JobView(job=job, project=project, hold=hold, note=HELD if job.batch is not None else "")
        wait = wait_before(
            job.id,
            line,
            expected=await self._expectations(line),
            running=await self._running_estimate(),
        )
        return JobView(
            job=job,
            project=project,
            place=place,
            wait=wait,
            starts=self._clock.now() + wait.ms if isinstance(wait, Known) and hold is None else None,
            hold=hold,
            note=await self._why_again(job),
        )

    async def _why_again(self, job: Job) -> str:
        events = await self._jobs.events(job.id) if job.attempt > 1 else []
        return events[-1].note if events else ""

    async def _at(self, place: int, waiting: Waiting, expected: Mapping[Kind, Estimate]) -> JobView:
        job = await self._jobs.get(waiting.job)
        return JobView(job=job, place=place, drawing_time=expected.get(waiting.kind))

    async def _drawn(self, job: Job, project: Project | None, drawing: Drawing) -> JobView:
        expected = await self.expected(kind_of(job))
        ends = job.since + expected.ms if _runs(job) and isinstance(expected, Known) else None
        return JobView(
            job=job,
            project=project,
            progress=drawing.progress,
            drawing_time=expected,
            ends=ends if ends is not None and ends > self._clock.now() else None,
            hold=self._gate.hold,
        )

    async def _expectations(self, line: list[Waiting]) -> dict[Kind, Estimate]:
        return {kind: await self.expected(kind) for kind in {waiting.kind for waiting in line}}

    async def _running_estimate(self) -> Estimate | None:
        """Return how long the drawing in the lane still takes."""
        drawing = self._lane.drawing
        if drawing is None:
            return None
        expected = await self.expected(kind_of(drawing.job))
        match expected:
            case Known(ms=ms, drawings=drawings):
                now = self._clock.now()
                begun = drawing.job.since if _runs(drawing.job) else now
                return Known(ms=max(begun + ms - now, 0), drawings=drawings)
            case Learning():
                return expected
            case _:
                assert_never(expected)
