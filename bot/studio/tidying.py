"""Tidying up: files that were put on the shelf and never recorded, by a death or a failing store."""

from collections.abc import Sequence

import structlog

from bot.core.errors import NotFound, StudioError
from bot.core.job import Job, JobState
from bot.ports.library import Discards
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, Settings
from bot.studio.archive import Archive

log = structlog.get_logger(__name__)


class Tidying:
    def __init__(
        self, *, jobs: Jobs, settings: Settings, archive: Archive, discards: Discards, shelf: Shelf
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self._archive = archive
        self._discards = discards
        self._shelf = shelf

    async def tidy(self) -> int:
        """Remove what nothing needs of open jobs' pictures and of references; return how many files.

        To be done at the start, before anything is drawn or taken in: what is put on the shelf later is
        recorded a moment after.
        """
        lying = await self._shelf.references()
        for job in await self._jobs.in_states(JobState.SUBMITTED, JobState.RUNNING):
            lying += await self._archive.lying(job)
        return await self._remove_unneeded(lying)

    async def tidy_after(self, job: Job) -> int:
        """Remove what nothing needs of this job's pictures, which are kept by nobody at the moment."""
        return await self._remove_unneeded(await self._archive.lying(job))

    async def _remove_unneeded(self, lying: Sequence[str]) -> int:
        left = [path for path in await self._discards.unneeded(lying) if await self._is_of_this_life(path)]
        for path in left:
            await self._remove(path)
        return len(left)

    async def _is_of_this_life(self, path: str) -> bool:
        """Tell whether no other database can need it: one that was replaced, and may be put back."""
        restored = await self._settings.restored()
        try:
            return restored is None or await self._shelf.written(path) > restored
        except NotFound:
            return False

    async def _remove(self, path: str) -> None:
        try:
            await self._shelf.remove(path)
        except StudioError as error:
            log.warning("not tidied", path=path, reason=error.message)
        else:
            log.info("tidied", path=path)
