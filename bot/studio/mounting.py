"""Mounting: what is posted beside finished pictures; whatever fails of it, the pictures are posted."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from bot.core.artifact import Artifact
from bot.core.job import Job
from bot.ports.darkroom import SHEET_BYTES, Darkroom, Sheet
from bot.ports.library import Artifacts
from bot.ports.poster import PicturePost
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.exhibition import frame_of
from bot.studio.incidents import Incidents
from bot.studio.reproduction import Reproduction
from bot.studio.twins import twin_words

T = TypeVar("T")

MOST_FILES: Final = 10


class Mounting:
    def __init__(
        self,
        *,
        jobs: Jobs,
        artifacts: Artifacts,
        shelf: Shelf,
        darkroom: Darkroom,
        reproduction: Reproduction,
        incidents: Incidents,
    ) -> None:
        self._jobs = jobs
        self._artifacts = artifacts
        self._shelf = shelf
        self._darkroom = darkroom
        self._reproduction = reproduction
        self._incidents = incidents

    def files(self, job: Job, artifacts: Sequence[Artifact]) -> int:
        """Return how many files the post has."""
        return len(artifacts) + _wants_sheet(job, artifacts)

    async def mounted(self, post: PicturePost, *, limit: int) -> PicturePost:
        """Return the post with its parent, its contact sheet and the remarks that are due."""
        job, artifacts = post.job, post.artifacts
        parent = await self._jobs.get(job.parent) if job.parent is not None else None
        sheet = await self._tried(self._sheet(job, artifacts, limit), job)
        remarks = await self._tried(self._reproduction.verdict(job, artifacts), job) or ()
        twins = await self._tried(twin_words(job, artifacts, self._artifacts), job) or ()
        return replace(post, parent=parent, sheet=sheet, remarks=(*remarks, *twins))

    async def _sheet(self, job: Job, artifacts: Sequence[Artifact], limit: int) -> Sheet | None:
        if not _wants_sheet(job, artifacts):
            return None
        frames = [frame_of(artifact, self._shelf, caption=f"{artifact.index}") for artifact in artifacts]
        title = f"#{job.id} · seed {job.recipe.seed}"
        return await self._darkroom.contact_sheet(frames, title=title, limit=min(limit, SHEET_BYTES))

    async def _tried(self, work: Awaitable[T], job: Job) -> T | None:
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported and the pictures posted
            await self._incidents.report(error, where="mounting", job=job.id)
            return None


def _wants_sheet(job: Job, artifacts: Sequence[Artifact]) -> bool:
    return job.request.contact_sheet and 1 < len(artifacts) < MOST_FILES
