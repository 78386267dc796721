"""The keeper: sees to it that the newest backup is never older than agreed."""

import asyncio

import structlog

from bot.core.errors import StudioError
from bot.ports.backups import Backups
from bot.ports.clock import Clock

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 600.0
HOUR_MS = 3_600_000


class Keeper:
    def __init__(self, *, backups: Backups, clock: Clock, every_hours: int) -> None:
        self._backups = backups
        self._clock = clock
        self._every_hours = every_hours

    async def run(self) -> None:
        """Look now and then; with 0 hours never."""
        while self._every_hours:
            try:
                await self.run_once()
            except StudioError as error:
                log.warning("backup.failed", message=error.message, hint=error.hint)
            await asyncio.sleep(LOOK_EVERY_S)

    async def run_once(self) -> bool:
        """Take a backup if the newest is too old; tell whether one was taken."""
        newest = await self._backups.newest()
        due = newest is None or self._clock.now() - newest >= self._every_hours * HOUR_MS
        if due:
            await self._backups.take(at=self._clock.now())
        return due
