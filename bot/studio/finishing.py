"""How a batch ends: its contact sheet or morning report, posted where its pictures are."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2s
from typing import Final

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchKind, captions_of
from bot.core.errors import AdultsOnly, StudioError, TargetGone
from bot.core.job import Card, Job
from bot.core.library import Rating
from bot.core.reporting import morning_report
from bot.core.turnaround import columns_of
from bot.ports.batches import Batches
from bot.ports.darkroom import Darkroom, Sheet
from bot.ports.poster import BatchReport, Poster
from bot.ports.shelf import Shelf
from bot.ports.stores import Projects
from bot.studio.exhibition import frame_of

MOST_FRAMES: Final = 200
"""So many pictures are on a contact sheet at most; the first ones."""


class Finisher:
    def __init__(
        self, *, batches: Batches, projects: Projects, shelf: Shelf, darkroom: Darkroom, poster: Poster
    ) -> None:
        self._batches = batches
        self._projects = projects
        self._shelf = shelf
        self._darkroom = darkroom
        self._poster = poster

    async def report(self, batch: Batch, *, doubtful: bool) -> Card:
        """Tell how the batch ended; `doubtful`: an earlier try may have arrived. Raises as `Poster` does."""
        jobs = await self._batches.jobs(batch.id)
        told = morning_report(jobs, await self._batches.pictures(batch.id))
        place = next((job.post.channel for job in reversed(jobs) if job.post is not None), None)
        channel = place or batch.channel
        if channel is None:
            raise TargetGone("There is no channel to tell it in.")
        report = BatchReport(batch=batch, told=told, nonce=_nonce_of(batch), doubtful=doubtful)
        if place is not None:
            report = await self._with_sheet(report, channel)
        return await self._poster.report(channel, report)

    async def _with_sheet(self, report: BatchReport, channel: int) -> BatchReport:
        """Lay out all pictures if that was asked for, after a night the best, as far as there is room."""
        batch = report.batch
        jobs, pictures = await self._whole(batch)
        if not batch.ends_with_sheet:
            pictures = report.told.best if batch.kind is BatchKind.OVERNIGHT else ()
        if not pictures:
            return report
        shown = pictures[:MOST_FRAMES]
        if not await self._may_be_seen(shown, jobs, channel):
            return replace(report, no_sheet=AdultsOnly(channel).message)
        limit = await self._poster.upload_limit(channel, count=1)
        try:
            sheet = await self._sheet(batch, jobs, shown, limit)
        except StudioError as error:
            return replace(report, no_sheet=error.message)
        return replace(report, sheet=sheet, on_sheet=len(shown), left_out=len(pictures) - len(shown))

    async def _may_be_seen(self, pictures: Sequence[Artifact], jobs: Sequence[Job], channel: int) -> bool:
        """Ask anew, as for every post: ratings and channels are changed while a batch is drawn."""
        there = {picture.job for picture in pictures}
        numbers = {job.project for job in jobs if job.id in there and job.project is not None}
        projects = [await self._projects.get(number) for number in numbers]
        adult = any(project.rating is Rating.ADULT for project in projects)
        return not adult or await self._poster.is_restricted(channel)

    async def _whole(self, batch: Batch) -> tuple[Sequence[Job], Sequence[Artifact]]:
        """Return its jobs and pictures in their order.

        What draws failed ones once more has them where they are missing among those of the earlier batch.
        """
        jobs, pictures = await self._batches.jobs(batch.id), await self._batches.pictures(batch.id)
        if batch.redraws is None:
            return jobs, pictures
        earlier, others = await self._whole(await self._batches.get(batch.redraws))
        again = {job.parent: job for job in jobs}
        whole = [again.get(job.id, job) for job in earlier]
        place = {job.id: number for number, job in enumerate(whole)}
        return whole, sorted([*others, *pictures], key=lambda picture: (place[picture.job], picture.index))

    async def _sheet(self, batch: Batch, jobs: Sequence[Job], shown: Sequence[Artifact], limit: int) -> Sheet:
        captions = {job.id: caption for job, caption in zip(jobs, captions_of(jobs), strict=True)}
        return await self._darkroom.contact_sheet(
            [
                frame_of(
                    picture, self._shelf, caption=captions.get(picture.job, ""), detail=f"#{picture.job}"
                )
                for picture in shown
            ],
            title=batch.title,
            columns=_columns_of(batch, jobs, shown),
            limit=limit,
        )


def _columns_of(batch: Batch, jobs: Sequence[Job], shown: Sequence[Artifact]) -> int | None:
    """Return how wide a turnaround is that was drawn whole; None lets the sheet choose."""
    return columns_of(jobs) if batch.kind is BatchKind.SHEET and len(shown) == len(jobs) else None


def _nonce_of(batch: Batch) -> str:
    """Return the nonce of the batch's report: 25 characters, the most that Discord takes."""
    return blake2s(f"{batch.key}|report".encode()).hexdigest()[:25]
