"""The watch over what the studio depends on: is ComfyUI there, what has it got, is there room on the disk."""

import asyncio
from contextlib import suppress

from bot.core.errors import Misconfigured, RendererAway
from bot.ports.clock import Clock
from bot.ports.renderer import Renderer, RendererHealth
from bot.studio.gate import Away, Gate, away_for
from bot.studio.incidents import Incidents
from bot.studio.room import Room
from bot.studio.workshop import Workshop

UP_EVERY_S = 15.0
AWAY_EVERY_S = 2.0
FIRST_PATIENCE_S = 2.0
CATALOGUE_AGE_MS = 60_000


class Vigil:
    def __init__(
        self,
        *,
        renderer: Renderer,
        workshop: Workshop,
        gate: Gate,
        clock: Clock,
        room: Room,
        incidents: Incidents,
    ) -> None:
        self._renderer = renderer
        self._workshop = workshop
        self._gate = gate
        self._clock = clock
        self._room = room
        self._incidents = incidents
        self.health: RendererHealth | None = None
        self.seen: int | None = None

    async def run(self) -> None:
        while True:
            await self._until_the_next_look()
            await self.run_once()

    async def first_look(self) -> None:
        """Look once before anything else, but do not keep the start waiting for one that does not answer."""
        try:
            async with asyncio.timeout(FIRST_PATIENCE_S):
                await self.run_once()
        except TimeoutError:
            self._gate.close(Away(since=self._clock.now(), reason="ComfyUI has not answered yet."))

    async def _until_the_next_look(self) -> None:
        """Pause; one that went away, whoever noticed it, is looked for soon."""
        if not self._gate.holding(Away):
            with suppress(TimeoutError):
                async with asyncio.timeout(UP_EVERY_S):
                    await self._gate.closed(Away)
        if self._gate.holding(Away):
            await asyncio.sleep(AWAY_EVERY_S)

    async def run_once(self) -> None:
        """Look once; what goes wrong with that is an incident, and ends neither the watch nor the bot."""
        try:
            await self._look()
        except Exception as error:  # noqa: BLE001 - a disk or a store that fails is looked at again
            await self._incidents.report(error, where="vigil")

    async def _look(self) -> None:
        await self._room.look()
        try:
            self.health = await self._renderer.health()
            await self._learn()
        except (RendererAway, Misconfigured) as error:
            self.health = None
            self._gate.close(away_for(error, since=self.seen or self._clock.now()))
        else:
            self.seen = self._clock.now()
            self._gate.open(Away)

    async def _learn(self) -> None:
        known = self._workshop.catalogue
        stale = known is None or self._clock.now() - known.seen > CATALOGUE_AGE_MS
        away = self._gate.holding(Away)
        if stale or away:
            trusted = None if away or self.seen is None else known
            await self._workshop.learn(await self._renderer.catalogue(trusted))
