"""Recovery: jobs that ComfyUI may have are looked for, and each goes on from where it really is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import structlog

from bot.core.artifact import Output
from bot.core.errors import Blank, RendererAway, RenderError
from bot.core.job import Job, JobState
from bot.core.recovery import Evidence, Fate, Standing, fate_of
from bot.ports.clock import Clock
from bot.ports.renderer import Renderer
from bot.ports.stores import Jobs
from bot.studio.collect import Collector
from bot.studio.endings import Endings
from bot.studio.gate import Away, Gate, away_for
from bot.studio.submit import prefix_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A job that ComfyUI has, or has had: it is to be followed to its end."""

    job: Job
    standing: Standing


class Recovery:
    def __init__(
        self,
        *,
        jobs: Jobs,
        renderer: Renderer,
        collector: Collector,
        endings: Endings,
        gate: Gate,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._renderer = renderer
        self._collector = collector
        self._endings = endings
        self._gate = gate
        self._clock = clock

    async def settle(self, job_id: int, *, given: bool = False) -> Found | None:
        """Decide and do what becomes of a job; return it if it is to be followed.

        While nobody answers this waits: what is unknown counts as busy. `given` as for Evidence.
        """
        while True:
            job = await self._jobs.get(job_id)
            try:
                standing = await self._standing(job)
                left = await self._left_behind(job) if standing is Standing.GONE else ()
            except RendererAway as error:
                self._gate.close(away_for(error, since=self._clock.now()))
                await self._gate.opened(Away)
                continue
            found = _evidence(job, standing, given=given, files=bool(left))
            if fate_of(found) is Fate.SALVAGE:
                found = replace(found, files=await self._salvaged(job, left))
            return await self._act(job, found)

    async def _standing(self, job: Job) -> Standing:
        return await self._renderer.standing(job.prompt_id) if job.state.in_renderer else Standing.GONE

    async def _left_behind(self, job: Job) -> tuple[Output, ...]:
        return await self._renderer.left_behind(prefix_of(job.uid), count=job.recipe.count)

    async def _salvaged(self, job: Job, left: Sequence[Output]) -> bool:
        try:
            await self._collector.salvage(job, left)
        except Blank as blank:
            await self._endings.blank(job, blank)
        except RenderError as error:
            log.warning("not salvaged", job=job.id, reason=error.message)
            return False
        return True

    async def _act(self, job: Job, found: Evidence) -> Found | None:
        fate = fate_of(found)
        log.info("recovered", job=job.id, fate=fate.value)
        match fate:
            case Fate.ADOPT | Fate.COLLECT:
                return Found(job=job, standing=found.standing or Standing.GONE)
            case Fate.CANCEL if found.standing is not Standing.GONE:
                return Found(job=job, standing=found.standing or Standing.GONE)
            case Fate.CANCEL:
                await self._endings.cancelled(job)
            case Fate.AGAIN:
                await self._endings.requeue(job, note="ComfyUI had not got it yet.")
            case Fate.REQUEUE:
                await self._requeue(job)
            case Fate.LOST:
                await self._endings.lost(job)
            case Fate.POISON:
                await self._endings.poisoned(job)
            case Fate.SALVAGE | Fate.LEAVE | Fate.WAIT:
                pass
            case _:
                assert_never(fate)
        return None

    async def _requeue(self, job: Job) -> None:
        begun = job.state is JobState.RUNNING
        await self._endings.requeue(
            job.broken_off() if begun else job.next_attempt(),
            note="ComfyUI was restarted and forgot it; it is drawn again.",
        )


def _evidence(job: Job, standing: Standing, *, given: bool, files: bool) -> Evidence:
    return Evidence(
        state=job.state,
        standing=standing,
        attempt=job.attempt,
        cancel_requested=job.cancel_requested,
        interrupted=job.interrupted,
        opened=job.opened,
        given=given,
        files=files,
    )
