"""What people do to jobs that wait or are drawn: cancel them, hold the queue, let it go."""

from contextlib import suppress

from bot.core.errors import NotAllowed, NotFound, RendererAway, WrongState
from bot.core.job import Job, JobState
from bot.ports.clock import Clock
from bot.ports.renderer import Renderer
from bot.ports.stores import Jobs, Settings
from bot.studio.actor import Actor
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Gate, Hold, Paused
from bot.studio.lane import Lane
from bot.studio.rights import check_cancels


class Control:
    def __init__(
        self,
        *,
        jobs: Jobs,
        settings: Settings,
        renderer: Renderer,
        lane: Lane,
        gate: Gate,
        feed: Feed,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self._renderer = renderer
        self._lane = lane
        self._gate = gate
        self._feed = feed
        self._clock = clock

    async def job(self, job_id: int, actor: Actor) -> Job:
        """Return a job of the actor's server; one of another server does not exist for them."""
        job = await self._jobs.get(job_id)
        if job.origin.guild != actor.guild:
            raise NotFound(f"There is no job #{job_id} here.", hint="`/job list` shows the newest.")
        return job

    async def cancel(self, job_id: int, actor: Actor) -> Job:
        """Take a job back, waiting or drawing; only its own person or one with Manage Server may."""
        job = await self.job(job_id, actor)
        check_cancels(job, actor)
        if job.state is JobState.QUEUED:
            with suppress(WrongState):
                return await self._take_back(job)
            job = await self._jobs.get(job_id)  # the worker was quicker: it is at ComfyUI by now
        if not job.state.in_renderer or self._is_drawn(job):
            raise WrongState(
                f"#{job.id} is {'drawn' if job.state.in_renderer else job.state}; nothing is left to cancel.",
                hint="`/job show` tells what became of it.",
            )
        await self._interrupt(job)
        return job

    async def clear(self, actor: Actor, *, everybody: bool) -> list[Job]:
        """Take back the actor's waiting jobs of this server, or everybody's; return those taken back.

        A batch's jobs stay: they are taken back with it.
        """
        if everybody and not actor.manages:
            raise NotAllowed(
                "Only someone with Manage Server can clear everybody's jobs.",
                hint="`/queue clear` without options takes back your own.",
            )
        cleared: list[Job] = []
        for job in await self._jobs.in_states(JobState.QUEUED):
            theirs = everybody or job.origin.user == actor.user
            if job.batch is None and job.origin.guild == actor.guild and theirs:
                try:
                    cleared.append(await self._take_back(job))
                except WrongState:
                    continue
        return cleared

    async def pause(self, actor: Actor) -> None:
        """Hold the queue; what is being drawn is finished. Remembered over restarts."""
        self._may_hold(actor)
        if self._gate.holding(Paused):
            return
        since = self._clock.now()
        await self._settings.set_paused(since)
        self._gate.close(Paused(since=since))

    async def resume(self, actor: Actor) -> Hold | None:
        """End the pause and return what else holds the queue up; raise WrongState if nobody paused it."""
        self._may_hold(actor)
        if not self._gate.holding(Paused):
            raise WrongState("The queue is not paused.", hint="`/queue show` tells what it does.")
        await self._settings.set_paused(None)
        self._gate.open(Paused)
        return self._gate.hold

    async def remember(self) -> None:
        """Take up a pause from before the restart."""
        since = await self._settings.paused_since()
        if since is not None:
            self._gate.close(Paused(since=since))

    def _may_hold(self, actor: Actor) -> None:
        if not actor.manages:
            raise NotAllowed(
                "Only someone with Manage Server can pause or resume the queue.",
                hint="To take back your own jobs use `/queue clear`.",
            )

    async def _take_back(self, job: Job) -> Job:
        cancelled = job.to(JobState.CANCELLED, at=self._clock.now())
        await self._jobs.store(cancelled, was=JobState.QUEUED)
        self._feed.publish(JobChanged(job=cancelled))
        self._feed.publish(LineChanged())
        return cancelled

    def _is_drawn(self, job: Job) -> bool:
        drawing = self._lane.of(job.id)
        return drawing is not None and drawing.progress.ended is not None

    async def _interrupt(self, job: Job) -> None:
        """Note the wish first: the worker repeats it when it gets hold of the job, or of ComfyUI again."""
        await self._jobs.request_cancel(job.id)
        drawing = self._lane.of(job.id)
        if drawing is not None:
            drawing.cancelled = True
            with suppress(RendererAway):
                await self._renderer.cancel(job.prompt_id)
