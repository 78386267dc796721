import time
from dataclasses import replace

import pytest

from bot.chat.poster import DiscordPoster
from bot.core.generation import Size
from bot.core.job import JobState
from bot.core.library import Gallery, GalleryKind
from bot.core.reporting import morning_report
from bot.ports.darkroom import Sheet
from bot.ports.poster import BatchReport
from bot.sandbox.discord import Rules, SandboxDiscord
from tests.builders import (
    CHANNEL,
    a_batch,
    a_gallery,
    a_job,
    a_notice,
    a_picture,
    a_picture_post,
    an_artifact,
    png,
)
from tests.chat.discord_client import a_client
from tests.fakes import FakePoster


@pytest.fixture(params=["recording", "discord"])
async def place(request, monkeypatch):
    """Yield a poster, a channel to post in and a gallery to open threads in."""
    if request.param == "recording":
        yield FakePoster(), CHANNEL, a_gallery()
        return
    async with (
        SandboxDiscord(rules=Rules().without_hurry().without_rate_limits()) as sandbox,
        a_client(sandbox, monkeypatch) as client,
    ):
        gallery = Gallery(channel=sandbox.world.channel("gallery").id, kind=GalleryKind.TEXT)
        poster = DiscordPoster(lambda: client)
        yield poster, sandbox.world.channel("general").id, gallery


def three_pictures():
    return a_picture_post(
        job=a_job(state=JobState.RENDERED, since=int(time.time() * 1000)),
        artifacts=[an_artifact(index=index) for index in (1, 2, 3)],
        pictures=[a_picture(content=png(grey=grey)) for grey in (1, 2, 3)],
    )


async def test_each_picture_has_an_attachment_of_its_own(place):
    poster, channel, _ = place
    posted = await poster.post(channel, three_pictures())
    assert posted.message.channel == channel
    assert len(set(posted.attachments)) == 3


async def test_the_same_nonce_again_yields_the_first_message(place):
    poster, channel, _ = place
    first = await poster.post(channel, three_pictures())
    assert await poster.post(channel, three_pictures()) == first


async def test_another_nonce_makes_another_message(place):
    poster, channel, _ = place
    first = await poster.post(channel, a_picture_post(nonce="one"))
    second = await poster.post(channel, a_picture_post(nonce="two"))
    assert first.message != second.message


async def test_a_notice_is_told_once(place):
    poster, channel, _ = place
    first = await poster.notify(channel, a_notice())
    assert await poster.notify(channel, a_notice()) == first
    assert first.channel == channel


async def test_who_doubts_looks_for_the_message_and_needs_no_nonce(place):
    poster, channel, _ = place
    first = await poster.post(channel, three_pictures())
    assert await poster.post(channel, replace(three_pictures(), doubtful=True)) == first


async def test_a_thread_that_was_opened_takes_pictures(place):
    poster, _, gallery = place
    thread = await poster.open_thread(gallery, name="Harbour")
    posted = await poster.post(thread, three_pictures())
    assert posted.message.channel == thread


async def test_every_thread_is_its_own(place):
    poster, _, gallery = place
    assert await poster.open_thread(gallery, name="A") != await poster.open_thread(gallery, name="B")


async def test_a_file_may_be_some_megabytes_large(place):
    poster, channel, _ = place
    assert await poster.upload_limit(channel, count=1) > 8_000_000


async def test_many_files_share_what_one_message_may_have(place):
    poster, channel, _ = place
    limit = await poster.upload_limit(channel, count=8)
    assert limit > 2_000_000
    assert 8 * limit <= 25 * 1024 * 1024


def a_report(**changes):
    told = morning_report([a_job(state=JobState.DELIVERED)], [])
    batch = a_batch(id=3, since=int(time.time() * 1000))
    usual = {"batch": batch, "told": told, "nonce": "batch-3-report"}
    return BatchReport(**{**usual, **changes})


def a_sheet():
    return Sheet(content=b"RIFF....WEBP", size=Size(width=64, height=64), media_type="image/webp")


async def test_the_end_of_a_batch_is_told_once(place):
    poster, channel, _ = place
    first = await poster.report(channel, a_report())
    assert await poster.report(channel, a_report()) == first
    assert first.channel == channel
    assert await poster.report(channel, a_report(nonce="another")) != first


@pytest.mark.parametrize("sheet", [None, a_sheet()])
async def test_who_doubts_that_the_end_of_a_batch_was_told_looks_for_it(place, sheet):
    poster, channel, _ = place
    first = await poster.report(channel, a_report(sheet=sheet))
    told = morning_report([a_job(state=JobState.DELIVERED), a_job(state=JobState.CANCELLED)], [])
    assert await poster.report(channel, a_report(sheet=sheet, told=told, doubtful=True)) == first
