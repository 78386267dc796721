"""How a batch ends: its contact sheet or morning report, posted where its pictures are."""

from collections.abc import Sequence
from functools import partial
from hashlib import blake2s
from typing import Final

from bot.core.artifact import Artifact
from bot.core.batching import Batch, BatchKind, captions_of
from bot.core.errors import StudioError, TargetGone
from bot.core.job import Card, Job
from bot.core.reporting import MorningReport, morning_report
from bot.core.turnaround import columns_of
from bot.ports.batches import Batches
from bot.ports.darkroom import Darkroom, Frame, Sheet
from bot.ports.poster import BatchReport, Poster
from bot.ports.shelf import Shelf

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
        sheet = None if place is None else await self._sheet(batch, jobs, pictures, told, channel)
        report = BatchReport(
            batch=batch,
            told=told,
            sheet=sheet,
            nonce=_nonce_of(batch),
            doubtful=doubtful,
        )
        return await self._poster.report(channel, report)

    async def _sheet(
        self,
        batch: Batch,
        jobs: Sequence[Job],
        pictures: Sequence[Artifact],
        told: MorningReport,
        channel: int,
    ) -> Sheet | None:
        """Lay out its pictures, or after a night the best ones; pictures are shown where they were posted."""
        shown = told.best if batch.kind is BatchKind.OVERNIGHT and not batch.ends_with_sheet else pictures
        shown = [picture for picture in shown if picture.deleted is None][:MOST_FRAMES]
        if not shown or not (batch.ends_with_sheet or batch.kind is BatchKind.OVERNIGHT):
            return None
        captions = {job.id: caption for job, caption in zip(jobs, captions_of(jobs), strict=True)}
        frames = [self._frame(picture, captions.get(picture.job, "")) for picture in shown]
        limit = await self._poster.upload_limit(channel, count=1)
        try:
            return await self._darkroom.contact_sheet(
                frames, title=batch.title, columns=_columns_of(batch, jobs, shown), limit=limit
            )
        except StudioError:
            return None

    def _frame(self, picture: Artifact, caption: str) -> Frame:
        return Frame(
            read=partial(self._shelf.read, picture.thumbnail or picture.path),
            caption=caption,
            detail=f"#{picture.job}",
            size=picture.size,
        )


def _columns_of(batch: Batch, jobs: Sequence[Job], shown: Sequence[Artifact]) -> int | None:
    """Return how wide a turnaround is that was drawn whole; None lets the sheet choose."""
    return columns_of(jobs) if batch.kind is BatchKind.SHEET and len(shown) == len(jobs) else None


def _nonce_of(batch: Batch) -> str:
    """Return the nonce of the batch's report: 25 characters, the most that Discord takes."""
    return blake2s(f"{batch.key}|report".encode()).hexdigest()[:25]
