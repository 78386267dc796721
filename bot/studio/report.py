"""How the studio is: every part in one look, without waiting for a part that is away."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.errors import Misconfigured, RendererAway
from bot.core.job import JobState
from bot.ports.backups import Backups
from bot.ports.clock import Clock
from bot.ports.renderer import Renderer, RendererHealth
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, Journal
from bot.studio.gate import Gate, Hold
from bot.studio.workshop import Workshop

PATIENCE_S = 0.5
INCIDENTS_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`renderer` is None while ComfyUI is away, and `renderer_problem` says why; bytes and milliseconds.

    `backup`: when the newest copy of the database was taken, None if there is none. `incidents`: how many
    faults nobody foresaw were caught in the last INCIDENTS_MS.
    """

    renderer: RendererHealth | None
    renderer_problem: str
    hold: Hold | None
    jobs: Mapping[JobState, int]
    database_ms: float
    disk_free: int
    started: int
    now: int
    disabled: Mapping[str, tuple[str, ...]]
    backup: int | None
    incidents: int


class Reporter:
    def __init__(
        self,
        *,
        jobs: Jobs,
        renderer: Renderer,
        shelf: Shelf,
        workshop: Workshop,
        gate: Gate,
        backups: Backups,
        journal: Journal,
        clock: Clock,
        started: int,
    ) -> None:
        self._jobs = jobs
        self._renderer = renderer
        self._shelf = shelf
        self._workshop = workshop
        self._gate = gate
        self._backups = backups
        self._journal = journal
        self._clock = clock
        self._started = started

    async def report(self) -> Report:
        """Look at every part at once; takes PATIENCE_S at the most for the one that does not answer."""
        health, problem = await self._renderer_health()
        before = self._clock.monotonic()
        counts = await self._jobs.counts()
        return Report(
            renderer=health,
            renderer_problem=problem,
            hold=self._gate.hold,
            jobs=counts,
            database_ms=(self._clock.monotonic() - before) * 1000,
            disk_free=await self._shelf.free_bytes(),
            started=self._started,
            now=self._clock.now(),
            disabled={
                workflow.name: missing
                for workflow in self._workshop.workflows.values()
                if (missing := self._workshop.missing(workflow))
            },
            backup=await self._backups.newest(),
            incidents=await self._journal.incidents(since=self._clock.now() - INCIDENTS_MS),
        )

    async def _renderer_health(self) -> tuple[RendererHealth | None, str]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._renderer.health(), ""
        except TimeoutError:
            return None, "ComfyUI does not answer."
        except (RendererAway, Misconfigured) as error:
            return None, error.message
