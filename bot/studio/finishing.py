"""How a batch ends: its contact sheet or morning report, posted where its pictures are."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2s
from typing import Final

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchKind, captions_of
from bot.core.errors import StudioError, TargetGone
from bot.core.job import Card, Job
from bot.core.reporting import MorningReport, morning_report
from bot.core.turnaround import columns_of
from bot.ports.batches import Batches
from bot.ports.darkroom import Darkroom, Sheet
from bot.ports.poster import BatchReport, Poster
from bot.ports.shelf import Shelf
from bot.studio.exhibition import frame_of

MOST_FRAMES: Final = 200
"""So many pictures are on a contact sheet at most; the first ones."""


class Finisher:
    def __init__(self, *, batches: Batches, shelf: Shelf, darkroom: Darkroom, poster: Poster) -> None:
        self._batches = batches
        self._shelf = shelf
        self._darkroom = darkroom
        self._poster = poster

    async def report(self, batch: Batch, *, doubtful: bool) -> Card:
        """Tell how the batch ended; `doubtful`: an earlier try may have arrived. Raises as `Poster` does."""
        jobs = await self._batches.jobs(batch.id)
        pictures = await self._batches.pictures(batch.id)
        told = morning_report(jobs, pictures)
        place = next((job.post.channel for job in reversed(jobs) if job.post is not None), None)
        channel = place or batch.channel
        if channel is None:
            raise TargetGone("There is no channel to tell it in.")
        report = BatchReport(batch=batch, told=told, nonce=_nonce_of(batch), doubtful=doubtful)
        due = _due(batch, pictures, told)
        if place is not None and due:
            report = await self._with_sheet(report, jobs, due, channel)
        return await self._poster.report(channel, report)

    async def _with_sheet(
        self, report: BatchReport, jobs: Sequence[Job], pictures: Sequence[Artifact], channel: int
    ) -> BatchReport:
        """Lay out the first of these; pictures are shown where they were posted."""
        shown = pictures[:MOST_FRAMES]
        limit = await self._poster.upload_limit(channel, count=1)
        try:
            sheet = await self._sheet(report.batch, jobs, shown, limit)
        except StudioError as error:
            return replace(report, no_sheet=error.message)
        return replace(report, sheet=sheet, on_sheet=len(shown), left_out=len(pictures) - len(shown))

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


def _due(batch: Batch, pictures: Sequence[Artifact], told: MorningReport) -> list[Artifact]:
    """Return the pictures for a sheet: all of them if one was asked for, after a night the best."""
    if not batch.ends_with_sheet and batch.kind is not BatchKind.OVERNIGHT:
        return []
    wanted = pictures if batch.ends_with_sheet else told.best
    return [picture for picture in wanted if picture.deleted is None]


def _columns_of(batch: Batch, jobs: Sequence[Job], shown: Sequence[Artifact]) -> int | None:
    """Return how wide a turnaround is that was drawn whole; None lets the sheet choose."""
    return columns_of(jobs) if batch.kind is BatchKind.SHEET and len(shown) == len(jobs) else None


def _nonce_of(batch: Batch) -> str:
    """Return the nonce of the batch's report: 25 characters, the most that Discord takes."""
    return blake2s(f"{batch.key}|report".encode()).hexdigest()[:25]
