"""How a batch ends: told where its pictures are, with a contact sheet or with a morning report."""

from dataclasses import replace
from itertools import product

import pytest

from bot.core.batching import BatchKind, BatchState
from bot.core.errors import DeliveryError, TargetGone
from bot.core.job import JobState
from bot.core.library import Rating
from bot.core.review import Review
from bot.studio import finishing
from bot.studio.library import Wishes
from tests.builders import CHANNEL, NOW, a_batch, a_gallery, a_request
from tests.studio.house import AIKO, a_studio, settled
from tests.studio.test_foreman import begun, drawn_all


async def reported(studio, batch):
    """Draw all of it, end it and tell of it; return what was told, and where."""
    await drawn_all(studio)
    done = await studio.stores.batches.to(batch.id, BatchState.DONE, at=NOW)
    await studio.foreman._finisher.report(done, doubtful=False)
    return studio.poster.reports[-1]


async def test_it_is_told_where_its_pictures_were_posted():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=a_gallery(), actor=AIKO)
        batch = await begun(studio, base=a_request(project="Harbour"))
        channel, _ = await reported(studio, batch)
        assert channel in studio.poster.threads


async def test_a_batch_of_which_nothing_was_posted_is_told_of_in_words_where_it_was_asked_for():
    async with a_studio() as studio:
        batch = await begun(studio, ends_with_sheet=True)
        for job in await studio.stores.batches.jobs(batch.id):
            await studio.control.cancel(job.id, AIKO)
        channel, report = await reported(studio, batch)
        assert (channel, report.sheet, report.told.cancelled) == (CHANNEL, None, 3)


async def test_who_asked_from_nowhere_is_told_nothing():
    async with a_studio() as studio:
        batch, _ = await studio.stores.batches.add(a_batch(channel=None), [])
        with pytest.raises(TargetGone):
            await studio.foreman._finisher.report(batch, doubtful=False)


async def test_a_list_ends_with_a_word_and_no_sheet():
    async with a_studio() as studio:
        _, report = await reported(studio, await begun(studio))
        assert (report.sheet, report.told.drawn) == (None, 3)


async def test_a_contact_sheet_has_all_pictures_in_order_with_what_tells_them_apart():
    async with a_studio() as studio:
        batch = await begun(studio, kind=BatchKind.SHEET, ends_with_sheet=True)
        await drawn_all(studio)
        jobs = await studio.stores.batches.jobs(batch.id)
        told = [
            replace(job, request=replace(job.request, prompt="Yuki", variations=(pose, "smiling")))
            for job, pose in zip(jobs, ("front", "side", "back"), strict=True)
        ]
        studio.stores.memory.jobs.update({job.id: job for job in told})
        first = studio.stores.memory.artifacts[0]
        studio.stores.memory.artifacts[0] = replace(first, deleted=NOW)
        _, report = await reported(studio, batch)
        assert report.sheet is not None
        assert studio.darkroom.sheets == [["side · smiling", "back · smiling"]]


async def test_a_turnaround_that_was_drawn_whole_has_a_row_for_each_pose():
    async with a_studio() as studio:
        batch = await begun(
            studio,
            kind=BatchKind.SHEET,
            ends_with_sheet=True,
            text="\n".join(f"a heron {number}" for number in range(4)),
        )
        jobs = await studio.stores.batches.jobs(batch.id)
        cells = product(("front", "back"), ("smile", "sad"))
        for job, variations in zip(jobs, cells, strict=True):
            told = replace(job, request=replace(job.request, variations=variations))
            studio.stores.memory.jobs[job.id] = told
        await reported(studio, batch)
        assert studio.darkroom.columns == [2]


async def test_a_night_ends_with_the_best_candidates_what_failed_and_what_waits_for_review():
    async with a_studio() as studio:
        batch = await begun(studio, kind=BatchKind.OVERNIGHT)
        await drawn_all(studio)
        pictures = studio.stores.memory.artifacts
        pictures[0] = replace(pictures[0], review=Review.REJECTED)
        pictures[1:] = [replace(picture, near=None) for picture in pictures[1:]]
        _, report = await reported(studio, batch)
        assert [picture.job for picture in report.told.best] == sorted(
            (2, 3), key=lambda job: -pictures[job - 1].measures.sharpness
        )
        assert report.told.waiting == 2
        assert [len(sheet) for sheet in studio.darkroom.sheets] == [2]


async def test_a_night_of_which_nothing_was_measured_has_no_sheet():
    async with a_studio() as studio:
        batch = await begun(studio, kind=BatchKind.OVERNIGHT)
        await drawn_all(studio)
        pictures = studio.stores.memory.artifacts
        pictures[:] = [replace(picture, measures=None) for picture in pictures]
        _, report = await reported(studio, batch)
        assert (report.sheet, report.told.best, report.told.measured) == (None, (), 0)


async def test_a_sheet_that_cannot_be_made_is_no_reason_to_tell_nothing(monkeypatch):
    async with a_studio() as studio:
        batch = await begun(studio, ends_with_sheet=True)

        async def too_large(frames, **_):
            raise DeliveryError("The sheet cannot be made that small.")

        monkeypatch.setattr(studio.darkroom, "contact_sheet", too_large)
        _, report = await reported(studio, batch)
        assert (report.sheet, report.told.drawn) == (None, 3)
        assert report.no_sheet == "The sheet cannot be made that small."


@pytest.mark.parametrize("restricted", [True, False])
async def test_pictures_for_adults_are_on_a_sheet_only_where_the_channel_still_is_for_adults(restricted):
    async with a_studio() as studio:
        gallery = a_gallery()
        studio.poster.restricted.add(gallery.channel)
        night = await studio.library.create(
            "Night", gallery=gallery, actor=AIKO, wishes=Wishes(rating=Rating.ADULT)
        )
        batch = await begun(studio, base=a_request(project=night.name), ends_with_sheet=True)
        await drawn_all(studio)
        if not restricted:
            studio.poster.restricted.clear()
        _, report = await reported(studio, batch)
        assert (report.sheet is not None) is restricted
        assert ("not age-restricted" in report.no_sheet) is not restricted
        assert report.told.drawn == 3


async def test_a_sheet_without_room_for_all_tells_how_many_are_not_on_it(monkeypatch):
    monkeypatch.setattr(finishing, "MOST_FRAMES", 2)
    async with a_studio() as studio:
        _, report = await reported(studio, await begun(studio, ends_with_sheet=True))
        assert [len(sheet) for sheet in studio.darkroom.sheets] == [2]
        assert (report.on_sheet, report.left_out, report.no_sheet) == (2, 1, "")


async def test_a_picture_whose_thumbnail_is_there_is_laid_out_from_that(monkeypatch):
    async with a_studio() as studio:
        batch = await begun(studio, text="a heron", ends_with_sheet=True)
        await drawn_all(studio)
        picture = studio.stores.memory.artifacts[0]
        read = []

        async def noted(frames, **_):
            read.extend([await frame.read() for frame in frames])
            raise DeliveryError("enough")

        monkeypatch.setattr(studio.darkroom, "contact_sheet", noted)
        for thumbnail in (picture.thumbnail, None):
            studio.stores.memory.artifacts[0] = replace(picture, thumbnail=thumbnail)
            done = await studio.stores.batches.get(batch.id)
            await studio.foreman._finisher.report(done, doubtful=False)
        await settled()
        assert read == [studio.shelf.files[picture.thumbnail], studio.shelf.files[picture.path]]
        assert {job.state for job in await studio.stores.batches.jobs(batch.id)} == {JobState.DELIVERED}
