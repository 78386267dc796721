"""The janitor: removes the files that nothing needs any more."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from bot.core.errors import StudioError
from bot.core.job import JobState
from bot.ports.library import Discards
from bot.ports.shelf import Shelf
from bot.studio.feed import Feed, JobChanged, News
from bot.studio.incidents import Incidents

LOOK_EVERY_S: Final = 600.0
AT_ONCE: Final = 100
LET_GO: Final = {JobState.RENDERED, *(state for state in JobState if state.is_end)}
"""In these states a job needs the picture no more that it started from."""

log = structlog.get_logger(__name__)


class Janitor:
    def __init__(self, *, discards: Discards, shelf: Shelf, feed: Feed, incidents: Incidents) -> None:
        self._discards = discards
        self._shelf = shelf
        self._feed = feed
        self._incidents = incidents
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Have it looked now: something was given up."""
        self._rung.set()

    async def run(self) -> None:
        """Look at once, whenever it is rung, when a drawing lets go of its reference, and now and then."""
        with self._feed.telling(self._hear):
            while True:
                self._rung.clear()
                await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._rung.wait()

    async def _look(self) -> None:
        try:
            await self.run_once()
        except Exception as error:  # noqa: BLE001 - what stays due can wait, and drawing must not wait for it
            await self._incidents.report(error, where="janitor")

    def _hear(self, news: News) -> None:
        match news:
            case JobChanged(job=job) if job.state in LET_GO and (
                job.recipe.reference or job.request.reference
            ):
                self.ring()
            case _:
                pass

    async def run_once(self) -> int:
        """Remove all that is due; return how many files that were. What cannot be removed stays due."""
        removed = 0
        while gone := [path for path in await self._discards.due(limit=AT_ONCE) if await self._removed(path)]:
            await self._discards.gone(gone)
            removed += len(gone)
        return removed

    async def _removed(self, path: str) -> bool:
        """Look once more, as the file may just have been taken up, and remove it."""
        async with self._shelf.custody:
            if not await self._discards.unneeded([path]):
                return False
            try:
                await self._shelf.remove(path)
            except StudioError as error:
                log.warning("not removed", path=path, reason=error.message)
                return False
        return True
