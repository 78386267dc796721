"""The ear for silence: a drawing of which nothing is heard for too long is asked after, and stopped."""

import asyncio
from contextlib import suppress

import structlog

from bot.core.errors import RendererAway
from bot.core.patience import HANGS_AFTER_MS, patience_ms
from bot.core.recovery import Standing
from bot.ports.clock import Clock
from bot.ports.renderer import Renderer
from bot.studio.alarm import Alarm
from bot.studio.lane import Drawing
from bot.studio.line import Line, kind_of

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


class Silence:
    def __init__(self, *, renderer: Renderer, line: Line, alarm: Alarm, clock: Clock) -> None:
        self._renderer = renderer
        self._line = line
        self._alarm = alarm
        self._clock = clock

    async def watch(self, drawing: Drawing) -> None:
        """Look until cancelled; of a drawing that does not stop when told to the alarm is told."""
        patience = patience_ms(await self._line.expected(kind_of(drawing.job)))
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            silent = self._silent_ms(drawing)
            if drawing.stalled and silent >= patience + HANGS_AFTER_MS:
                self._alarm.hangs(drawing.job)
                return
            if not drawing.stalled and silent >= patience:
                await self._ask(drawing)

    def _silent_ms(self, drawing: Drawing) -> int:
        """Return how long nothing was heard; one that has not begun may be silent."""
        if drawing.progress.started is None:
            return 0
        return round((self._clock.monotonic() - drawing.heard) * 1000)

    async def _ask(self, drawing: Drawing) -> None:
        """Stop what ComfyUI says it still draws; any other answer is a word to go on from."""
        prompt_id = drawing.job.prompt_id
        with suppress(RendererAway):
            if await self._renderer.standing(prompt_id) is Standing.RUNNING:
                drawing.stalled = True
                log.warning("stalled", job=drawing.job.id)
                await self._renderer.cancel(prompt_id)
                return
        drawing.heard = self._clock.monotonic()
