"""Discord's limits as a client of ours keeps them, on the wire."""

import asyncio

import discord
import pytest
from discord import http

from bot.chat.buckets import Bucket as OurBucket
from bot.chat.client import LONGEST_RATE_LIMIT_S
from bot.chat.poster import DiscordPoster
from bot.core.errors import DiscordAway
from bot.core.library import Gallery, GalleryKind
from bot.sandbox.discord import SandboxDiscord
from bot.sandbox.discord.rules import Bucket
from tests.chat.discord_client import a_client


@pytest.fixture
async def sandbox():
    async with SandboxDiscord() as discord:
        yield discord


@pytest.fixture
async def poster(sandbox, monkeypatch):
    monkeypatch.setattr(http, "Ratelimit", OurBucket)
    async with a_client(sandbox, monkeypatch) as client:
        client.http.max_ratelimit_timeout = LONGEST_RATE_LIMIT_S
        yield DiscordPoster(lambda: client)


@pytest.fixture
def gallery(sandbox):
    return Gallery(channel=sandbox.world.channel("gallery").id, kind=GalleryKind.TEXT)


async def test_threads_are_opened_one_after_another_while_their_bucket_has_room(sandbox, poster, gallery):
    sandbox.rules.buckets["threads.create"] = Bucket(3, LONGEST_RATE_LIMIT_S * 5)
    opened = [await poster.open_thread(gallery, name=name) for name in ("Mira", "Kai", "Yuki")]
    assert len(set(opened)) == 3


async def test_a_full_bucket_says_for_how_long_it_is(sandbox, poster, gallery):
    sandbox.rules.buckets["threads.create"] = Bucket(1, LONGEST_RATE_LIMIT_S * 5)
    await poster.open_thread(gallery, name="Mira")
    with pytest.raises(DiscordAway) as away:
        await poster.open_thread(gallery, name="Kai")
    assert away.value.patience_s > LONGEST_RATE_LIMIT_S


async def test_discord_py_refuses_where_there_is_room_which_is_why_we_count_ourselves():
    theirs, ours = OurBucket.__base__(60), OurBucket(60)
    for bucket in (theirs, ours):
        bucket.limit, bucket.remaining = 3, 2
        bucket.expires = asyncio.get_running_loop().time() + 300
    with pytest.raises(discord.RateLimited):
        await theirs.acquire()
    await ours.acquire()
    assert (ours.remaining, ours.outgoing) == (1, 1)


def test_every_client_of_ours_counts_with_these_buckets():
    assert http.Ratelimit is OurBucket
