"""What becomes of a job whose drawing gave no pictures: back into the line, or an end with its reason."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from bot.core.errors import Blank, Lost, OutOfMemory, Poison, RendererAway, Stalled, StudioError
from bot.core.generation import Recipe, Seed
from bot.core.job import Job, JobState
from bot.core.lightening import advice, lighter
from bot.core.lineage import Descent
from bot.core.recovery import MAX_ATTEMPTS, MAX_OPENED, is_poison
from bot.core.workflow import bind
from bot.ports.clock import Clock
from bot.ports.renderer import Renderer
from bot.ports.stores import Jobs
from bot.studio.collect import Collector
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Gate
from bot.studio.submit import prefix_of
from bot.studio.workshop import Workshop

AGAIN = "Draw it again with `/job again`."


class Endings:
    def __init__(
        self,
        *,
        jobs: Jobs,
        collector: Collector,
        renderer: Renderer,
        workshop: Workshop,
        gate: Gate,
        feed: Feed,
        clock: Clock,
        new_seed: Callable[[], Seed],
    ) -> None:
        self._jobs = jobs
        self._collector = collector
        self._renderer = renderer
        self._workshop = workshop
        self._gate = gate
        self._feed = feed
        self._clock = clock
        self._new_seed = new_seed

    async def fail(self, job: Job, error: StudioError) -> None:
        await self._collector.fail(job, error)

    async def cancelled(self, job: Job) -> None:
        cancelled = job.to(JobState.CANCELLED, at=self._clock.now())
        await self._jobs.store(cancelled, was=job.state)
        self._feed.publish(JobChanged(job=cancelled))

    async def requeue(self, job: Job, *, note: str) -> None:
        """Let the job take its turn again, and keep in its events why."""
        queued = job.to(JobState.QUEUED, at=self._clock.now())
        await self._jobs.store(queued, was=job.state, note=note)
        self._feed.publish(JobChanged(job=queued))
        self._feed.publish(LineChanged())
        self._gate.ring()

    async def lost(self, job: Job) -> None:
        await self.fail(
            job, Lost(f"ComfyUI was restarted {job.attempt} times before it had drawn this.", hint=AGAIN)
        )

    async def poisoned(self, job: Job) -> None:
        """Give a job up that may be what breaks whoever touches it; its inputs are kept."""
        if job.opened >= MAX_OPENED:
            words = f"Genga broke off {job.opened} times while it read the pictures of this drawing."
        else:
            words = f"ComfyUI broke down {job.interrupted + 1} times while it drew this."
        hint = "It is not tried again by itself. Draw it smaller, or with another model, with `/generate`."
        await self.fail(job, Poison(words, hint=hint))

    async def stalled(self, job: Job, *, silent_ms: int) -> None:
        """Try a drawing once more that ComfyUI fell silent over, and no more than that."""
        words = f"ComfyUI said nothing for {_minutes(silent_ms)} in the middle of the drawing"
        if is_poison(job.interrupted + 1) or job.attempt >= MAX_ATTEMPTS:
            hint = f"{AGAIN} If it stalls again, tell whoever runs ComfyUI."
            await self.fail(job, Stalled(f"{words}, and was interrupted, as once before.", hint=hint))
        else:
            await self.requeue(job.broken_off(), note=f"{words} and was interrupted; it is drawn again.")

    async def out_of_memory(self, job: Job, error: OutOfMemory) -> None:
        """Have the memory given back; then draw less if the person allowed it, else advise to."""
        with suppress(RendererAway):
            await self._renderer.free()
        less = lighter(job.recipe) if self._may_lighten(job) else None
        if less is None:
            await self.fail(job, OutOfMemory(error.message, hint=advice(job.recipe)))
            return
        await self.requeue(
            self._rebound(job.next_attempt(), less),
            note=f"{error.message} It was {job.recipe.load}; it is drawn again as {less.load}.",
        )

    async def blank(self, job: Job, error: Blank) -> None:
        """Draw once more with another seed what came out as one colour all over."""
        if not self._may_redraw(job):
            await self.fail(job, error)
            return
        recipe = job.recipe.redrawn(self._new_seed())
        await self.requeue(
            self._rebound(job.next_attempt(), recipe),
            note=f"It came out blank with seed {job.recipe.seed}; it is drawn again with seed {recipe.seed}.",
        )

    def _may_redraw(self, job: Job) -> bool:
        """Tell whether another seed may be tried: not where this very one is the point."""
        repeats = job.lineage is not None and job.lineage.how is Descent.SAME_SEED
        fresh = job.recipe.redrawn_from is None and not repeats
        return fresh and job.attempt < MAX_ATTEMPTS and job.recipe.workflow in self._workshop.workflows

    def _may_lighten(self, job: Job) -> bool:
        asked = job.request.allow_smaller and job.recipe.lightened_from is None
        return asked and job.attempt < MAX_ATTEMPTS and job.recipe.workflow in self._workshop.workflows

    def _rebound(self, job: Job, recipe: Recipe) -> Job:
        workflow = self._workshop.named(recipe.workflow)
        return replace(job, recipe=recipe, graph=bind(workflow, recipe, filename_prefix=prefix_of(job.uid)))


def _minutes(ms: int) -> str:
    minutes = round(ms / 60_000)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"
