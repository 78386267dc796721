"""Discord's faults, one journey each: whatever it does, every job ends once, in its pictures or in a reason."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from bot import app
from bot.chat import mishaps
from bot.chat.board import StatusBoard
from bot.core.job import Job, JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import (
    Ack,
    ChannelKind,
    Emoji,
    Message,
    MessageUpdated,
    Permission,
    ReactionAdded,
    Rules,
    SandboxDiscord,
    Thread,
)
from bot.sandbox.discord.faults import Drop
from bot.studio import delivery
from tests.journeys.studio import Studio, open_studio

SLOW = "prompt:a heron steps:10 size:256x256"
POSTS = "/channels/[0-9]+/messages$"


def syncs_in(discord: SandboxDiscord) -> int:
    return sum(one.method == "PUT" and one.path.endswith("/commands") for one in discord.log)


async def being_drawn(studio: Studio, comfy: SandboxComfyUI) -> tuple[Job, Message]:
    """Begin a drawing of some seconds; return its job and its card."""
    comfy.pace = Pace(step_s=0.15)
    asked = await studio.generate(SLOW)
    card = await studio.card_says(asked, "sampling")
    return await studio.job_of(asked), card


async def delivered_once(studio: Studio, comfy: SandboxComfyUI, job: Job) -> Message:
    """Wait for the end of the only job; return its only post."""
    ended = await studio.ended(job.id)
    assert ended.state is JobState.DELIVERED, ended.failure
    assert (len(await studio.jobs()), len(comfy.prompts)) == (1, 1)
    (post,) = studio.posts()
    return post


# ── the gateway


@pytest.mark.parametrize("how", ["abort", "op7", "op9", "op9-resumable", "close"])
async def test_a_gateway_that_breaks_during_a_drawing_costs_no_job_and_no_second_sync(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI, how: Drop
) -> None:
    job, card = await being_drawn(studio, comfy)
    discord.faults.drop_gateway(how)
    await discord.wait_for(lambda _: not discord.gateway.connected or None)
    await discord.connected()
    await delivered_once(studio, comfy, job)
    await discord.wait_for(lambda _: "is done" in card.text or None)
    assert syncs_in(discord) == 1


async def test_a_command_given_while_the_gateway_is_away_is_heard_after_the_resume_once(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> None:
    discord.faults.refuse_gateway_next()
    discord.faults.drop_gateway("abort")
    await discord.wait_for(lambda _: not discord.gateway.connected or None)
    job = await studio.job_of(await studio.generate())
    await delivered_once(studio, comfy, job)
    assert discord.gateway.resumes == 1


# ── the same thing twice


async def test_a_command_that_is_repeated_after_a_restart_makes_no_second_job(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    asked = await studio.generate()
    job = await studio.job_of(asked)
    await studio.ended(job.id)
    await studio.restart()
    studio.deliver_again(asked)
    await studio.answer("/status")
    await delivered_once(studio, comfy, job)


async def test_a_press_that_is_repeated_makes_no_second_job(studio: Studio) -> None:
    _, post = await studio.drawn()
    pressed = await studio.artist.click(post, "Again")
    studio.deliver_again(pressed)
    await studio.ended((await studio.job_of(pressed)).id)
    await studio.restart()
    studio.deliver_again(pressed)
    await studio.answer("/status")
    assert len(await studio.jobs()) == 2


async def test_a_reaction_that_is_repeated_makes_no_second_job_even_after_a_restart(studio: Studio) -> None:
    _, post = await studio.drawn()
    await studio.artist.react(post, "🔁")
    await studio.ended(await studio.next_job(2))
    again = ReactionAdded(post, studio.artist.user, Emoji.parse("🔁"))
    studio.discord.world.publish(again)
    await studio.restart()
    studio.discord.world.publish(again)
    await studio.answer("/status")
    assert len(await studio.jobs()) == 2


# ── answers that come too late


async def test_when_the_token_has_expired_the_card_is_posted_as_a_message(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> None:
    discord.rules.token_ttl_s = 0.2
    with closing(sqlite3.connect(studio.settings.data_dir / "genga.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        asked = await studio.generate()
        assert await asked.acked() is Ack.DEFER
        await asyncio.sleep(discord.rules.token_ttl_s)
        other.rollback()
    card = await studio.said("a heron")
    assert card.author is discord.world.bot
    job = await studio.ended(1)
    assert job.card is not None
    assert job.card.message == card.id
    await delivered_once(studio, comfy, job)


async def test_when_the_token_of_a_press_has_expired_the_card_is_posted_as_a_message(
    studio: Studio, discord: SandboxDiscord
) -> None:
    _, post = await studio.drawn()
    discord.rules.token_ttl_s = 0.2
    with closing(sqlite3.connect(studio.settings.data_dir / "genga.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        pressed = await studio.artist.click(post, "Again")
        assert await pressed.acked() is Ack.DEFER
        await asyncio.sleep(discord.rules.token_ttl_s)
        other.rollback()
    job = await studio.ended(await studio.next_job(2))
    assert job.state is JobState.DELIVERED
    assert job.card is not None
    assert studio.message(job.card.channel, job.card.message).author is discord.world.bot


@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_that_arrived_although_discord_said_otherwise_is_the_card(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI, status: int
) -> None:
    discord.faults.fail_next("POST", "/callback$", status, after_effect=True)
    asked = await studio.generate()
    job = await studio.job_of(asked)
    await delivered_once(studio, comfy, job)
    card = await studio.card_says(asked, "is done")
    assert [one for one in studio.general.history if not one.attachments] == [card]


# ── limits and failures of requests


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("limit", ["with Retry-After", "of everything", "without Retry-After"])
async def test_a_limit_delays_and_loses_nothing(
    studio: Studio,
    discord: SandboxDiscord,
    comfy: SandboxComfyUI,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    limit: str,
) -> None:
    monkeypatch.setattr(mishaps, "CALM_S", 0.3)
    job, card = await being_drawn(studio, comfy)
    path = "/channels/[0-9]+/messages"
    match limit:
        case "with Retry-After":
            discord.faults.rate_limit_next(method, path, 0.3)
        case "of everything":
            discord.faults.rate_limit_next(method, path, 0.3, scope="global")
        case _:
            discord.faults.fail_next(method, path, 429, body="<html>You are being rate limited.</html>")
    await delivered_once(studio, comfy, job)
    await discord.wait_for(lambda _: "is done" in card.text or None)


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("fault", ["500", "503", "reset"])
async def test_a_post_that_fails_before_or_after_its_effect_is_made_once(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI, fault: str, after_effect: bool
) -> None:
    if fault == "reset":
        discord.faults.reset_next("POST", POSTS, when="after" if after_effect else "before", times=2)
    else:
        discord.faults.fail_next("POST", POSTS, int(fault), times=2, after_effect=after_effect)
    await delivered_once(studio, comfy, await studio.job_of(await studio.generate()))


async def test_while_discord_is_away_drawing_goes_on_and_what_is_drawn_is_posted_in_order_afterwards(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> None:
    comfy.pace = Pace(step_s=0.05)
    asked = [await studio.generate(f"prompt:heron {number} steps:5 size:256x256") for number in range(3)]
    jobs = [await studio.job_of(one) for one in asked]
    discord.faults.fail_next("*", ".*", 503, times=1_000_000)
    discord.faults.refuse_gateway_next(times=1_000_000)
    discord.faults.drop_gateway("abort")
    for job in jobs:
        await studio.until(job.id, JobState.RENDERED)
    assert (len(comfy.prompts), studio.posts()) == (3, [])
    discord.faults.clear()
    for job in jobs:
        assert (await studio.ended(job.id)).state is JobState.DELIVERED
    assert [f"heron {number}" in post.text for number, post in enumerate(studio.posts())] == [True] * 3
    assert len(comfy.prompts) == 3


async def test_a_post_that_arrived_before_a_long_outage_is_found_in_its_thread_after_it(
    rules: Rules, comfy: SandboxComfyUI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "NONCE_LASTS_MS", 0)
    rules.nonce_memory_s = 0.0
    async with SandboxDiscord(rules=rules) as discord, open_studio(discord, comfy, tmp_path) as studio:
        await studio.answer("/settings gallery channel:gallery", by=studio.director)
        discord.faults.reset_next("POST", POSTS, when="after", times=1)
        await delivered_once(studio, comfy, await studio.job_of(await studio.generate()))
        assert discord.violations == []


async def test_a_post_that_is_deleted_before_we_heard_of_it_is_not_made_again(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> None:
    discord.faults.reset_next("POST", POSTS, when="after")
    asked = await studio.generate()
    post = await discord.wait_for(lambda _: next(iter(studio.posts()), None))
    discord.world.delete_message(post)
    job = await studio.ended((await studio.job_of(asked)).id)
    assert (job.state, studio.posts()) == (JobState.DELIVERED, [])
    await studio.card_says(asked, "is done")


# ── messages and places that are gone


async def test_a_card_that_is_deleted_while_the_job_runs_is_let_go_and_the_picture_comes(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> None:
    job, card = await being_drawn(studio, comfy)
    discord.world.delete_message(card)
    await delivered_once(studio, comfy, job)
    refused = [one for one in discord.log if one.status == 404]
    assert len(refused) <= 1


async def test_where_the_channel_is_deleted_the_job_is_shelved_with_a_reason_and_others_go_on(
    studio: Studio, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> None:
    job, _ = await being_drawn(studio, comfy)
    discord.world.delete_channel(studio.general)
    shelved = await studio.ended(job.id)
    assert shelved.state is JobState.SHELVED
    assert shelved.failure is not None
    assert "does not exist any more" in shelved.failure.message
    _, post = await studio.drawn(channel=discord.world.channel("admin"))
    assert post.attachments


async def test_a_server_that_shows_us_out_and_lets_us_in_again_gets_its_commands_and_its_pictures(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    world, guild = discord.world, discord.world.guild
    async with open_studio(discord, comfy, tmp_path, discord_guild_ids=(guild.id,)) as studio:
        job, _ = await being_drawn(studio, comfy)
        world.expel_bot(guild)
        shelved = await studio.ended(job.id)
        assert shelved.state is JobState.SHELVED
        assert shelved.failure is not None
        assert "does not exist any more" in shelved.failure.message
        world.add_member(guild, world.bot, permissions=Permission.MANAGE_THREADS)
        await discord.wait_for(lambda world: world.commands.visible_in(guild.id))
        assert f"Job #{job.id}" in (await studio.answer(f"/job show job:{job.id}")).text
        assert (await studio.drawn())[1].attachments


def _gone(studio: Studio, thread: Thread) -> None:
    studio.discord.world.delete_channel(thread)


def _archived(studio: Studio, thread: Thread) -> None:
    studio.discord.world.archive(thread)


def _locked(studio: Studio, thread: Thread) -> None:
    studio.discord.world.archive(thread, locked=True)


def _full(studio: Studio, thread: Thread) -> None:
    studio.discord.world.archive(thread)
    studio.discord.rules.max_active_threads = 0


def _all_gone(studio: Studio, thread: Thread) -> None:
    studio.discord.world.delete_channel(thread.parent)


@pytest.mark.parametrize(
    ("befalls", "place", "words"),
    [
        (_archived, "the same thread", ""),
        (_gone, "a new thread", "does not exist any more"),
        (_locked, "a new thread", "is locked"),
        (_full, "gallery", "as many open threads as Discord allows"),
        (_all_gone, "general", "does not exist any more"),
    ],
)
async def test_whatever_befalls_the_gallerys_thread_the_picture_comes_and_says_why_it_is_elsewhere(
    studio: Studio, befalls: Callable[[Studio, Thread], None], place: str, words: str
) -> None:
    world = studio.discord.world
    await studio.answer("/settings gallery channel:gallery", by=studio.director)
    me = world.guild.members[world.bot.id]
    for number in tuple(me.role_ids):
        world.take(me, world.guild.roles[number])
    _, before = await studio.drawn()
    thread = before.channel
    assert isinstance(thread, Thread)
    befalls(studio, thread)
    _, post = await studio.drawn()
    match place:
        case "the same thread":
            assert post.channel is thread
        case "a new thread":
            assert isinstance(post.channel, Thread)
            assert post.channel is not thread
        case _:
            assert post.channel.name == place
    assert words in post.text
    assert ("Posted here instead" in post.text) is bool(words)


async def test_a_forum_that_wants_a_tag_and_has_none_is_named_where_the_picture_was_asked_for(
    studio: Studio,
) -> None:
    world = studio.discord.world
    forum = world.add_channel(world.guild, "tagged", kind=ChannelKind.FORUM)
    await studio.answer("/settings gallery channel:tagged", by=studio.director)
    forum.require_tag = True
    _, post = await studio.drawn()
    assert post.channel is studio.general
    assert "wants a tag on every post" in post.text


async def test_a_picture_that_discord_finds_too_large_is_posted_smaller(
    studio: Studio, discord: SandboxDiscord
) -> None:
    body = {"message": "Request entity too large", "code": 40005}
    discord.faults.fail_next("POST", POSTS, 413, body=body)
    _, post = await studio.drawn()
    assert post.attachments


# ── long drawings, a minute lasting a tenth of a second

MINUTE_S = 0.1


@pytest.mark.parametrize("minutes", [8, 20, 70])
async def test_a_long_drawing_changes_its_message_throughout_and_is_delivered(
    comfy: SandboxComfyUI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    monkeypatch.setattr(app, "StatusBoard", partial(StatusBoard, old_after_s=50 * MINUTE_S))
    rules = Rules(token_ttl_s=15 * MINUTE_S, old_message_s=60 * MINUTE_S).without_hurry()
    comfy.pace = Pace(step_s=minutes * MINUTE_S / 30)
    async with SandboxDiscord(rules=rules) as discord, open_studio(discord, comfy, tmp_path) as studio:
        edits: list[tuple[float, Message]] = []
        now = asyncio.get_running_loop().time
        unlisten = discord.world.listen(
            lambda change: (
                edits.append((now(), change.message)) if isinstance(change, MessageUpdated) else None
            )
        )
        asked = await studio.generate("prompt:a heron steps:30 size:256x256")
        job = await studio.job_of(asked)
        await delivered_once(studio, comfy, job)
        first = await asked.answered()
        ended = await studio.app.stores.jobs.get(job.id)
        assert ended.card is not None
        last = studio.message(ended.card.channel, ended.card.message)
        await discord.wait_for(lambda _: "is done" in last.text or None)
        unlisten()
        assert (last is first) is (minutes < 50)
        if last is not first:
            assert (
                f"goes on here: https://discord.com/channels/{last.channel.guild.id}/{last.channel.id}/{last.id}"
                in (first.text)
            )
        moments = [moment for moment, _ in edits]
        assert max(after - before for before, after in pairwise(moments)) < 3
        assert not any(one.status == 429 for one in discord.log)
        assert discord.violations == []
