"""Leaving: nobody is left without a word, nothing is begun, and what is drawn goes on in its own message."""

import asyncio

import pytest

from bot import app
from bot.core.job import JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Message
from tests.journeys.studio import PATIENCE_S, Studio

STEPS = "steps:15 size:256x256"


@pytest.fixture(autouse=True)
def _takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "DRAIN_S", PATIENCE_S)
    monkeypatch.setattr(app, "LAST_WORDS_S", PATIENCE_S)


@pytest.fixture
async def post(studio: Studio) -> Message:
    """Return the post of a job that is done."""
    return (await studio.drawn())[1]


async def a_long_way_out(studio: Studio) -> asyncio.Task[None]:
    """Have the bot leave while a picture is on the way to Discord, and stays there until faults are cleared."""
    studio.discord.faults.delay_next("POST", "/messages$", PATIENCE_S)
    last = await studio.job_of(await studio.generate("prompt:the last one"))
    await studio.until(last.id, JobState.RENDERED)
    return asyncio.create_task(studio.leave())


async def test_a_command_given_while_the_bot_leaves_is_answered_and_begins_nothing(
    studio: Studio, post: Message
) -> None:
    leaving = await a_long_way_out(studio)
    answer = await (await studio.command("/generate prompt:too late")).answered()
    assert "Genga is restarting; try again in a moment" in answer.text
    assert answer.ephemeral
    studio.discord.faults.clear()
    await leaving
    await studio.open()
    assert [job.recipe.prompt for job in await studio.jobs()] == ["a heron", "the last one"]


async def test_a_press_while_the_bot_leaves_is_answered_and_begins_nothing(
    studio: Studio, post: Message
) -> None:
    leaving = await a_long_way_out(studio)
    answer = await (await studio.artist.click(post, "Again")).answered()
    assert "Genga is restarting; try again in a moment" in answer.text
    studio.discord.faults.clear()
    await leaving
    await studio.open()
    assert len(await studio.jobs()) == 2


async def test_a_reaction_while_the_bot_leaves_is_answered_and_begins_nothing(
    studio: Studio, post: Message
) -> None:
    leaving = await a_long_way_out(studio)
    await studio.artist.react(post, "🔁")
    studio.discord.faults.clear()
    told = await studio.said("Genga is restarting; try again in a moment")
    assert studio.artist.user.mention in told.text
    await leaving
    await studio.open()
    assert len(await studio.jobs()) == 2


async def test_what_is_drawn_when_the_bot_leaves_is_posted_first(studio: Studio, post: Message) -> None:
    leaving = await a_long_way_out(studio)
    assert len(studio.posts()) == 1
    studio.discord.faults.clear()
    await leaving
    posts = studio.posts()
    assert "the last one" in posts[-1].text
    await studio.open()
    assert (await studio.ended(2)).state is JobState.DELIVERED
    assert studio.posts() == posts


async def test_the_card_of_what_is_drawn_says_that_it_goes_on_and_goes_on_in_its_own_message(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = Pace(step_s=3.0)
    asked = await studio.generate(f"prompt:a heron {STEPS}")
    job = await studio.job_of(asked)
    card = await studio.card_says(asked, "sampling")
    await studio.leave()
    assert "Genga is restarting; this goes on by itself" in card.text
    assert card.components == []
    await studio.open()
    await studio.discord.wait_for(
        lambda _: ("sampling" in card.text and "restarting" not in card.text) or None
    )
    comfy.pace = Pace()
    assert (await studio.ended(job.id)).state is JobState.DELIVERED
    assert await studio.card_says(asked, "is done") is card
    assert len(comfy.prompts) == 1
    assert len(studio.posts()) == 1


async def test_leaving_takes_no_longer_because_discord_does_not_answer(
    studio: Studio, comfy: SandboxComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LAST_WORDS_S", 0.5)
    comfy.pace = Pace(step_s=0.2)
    asked = await studio.generate(f"prompt:a heron {STEPS}")
    await studio.card_says(asked, "sampling")
    studio.discord.faults.delay_next("*", "/messages", 10 * PATIENCE_S, times=100)
    async with asyncio.timeout(PATIENCE_S):
        await studio.leave()
    studio.discord.faults.clear()
    await studio.open()
    assert (await studio.ended(1)).state is JobState.DELIVERED
    assert len(comfy.prompts) == 1
