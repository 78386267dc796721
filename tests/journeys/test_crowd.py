"""Fifty people at once: everybody is answered, everybody's turn comes, and no cap is a surprise."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.core.job import JobState
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import Interaction, Person, SandboxDiscord
from tests.bench.stage import pictures_in
from tests.journeys.studio import PATIENCE_S, Studio, open_studio

PEOPLE = 50
EACH = 10
DRAWN_EACH = 2
PER_USER, IN_ALL = EACH, 510


@pytest.fixture
async def studio(discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path) -> AsyncIterator[Studio]:
    caps = {"max_waiting_per_user": PER_USER, "max_waiting": IN_ALL}
    async with open_studio(discord, comfy, tmp_path, **caps) as studio:
        yield studio


@pytest.fixture
def crowd(discord: SandboxDiscord) -> list[Person]:
    return [discord.person(discord.world.add_person(f"person-{n}").user.name) for n in range(PEOPLE)]


async def all_at_once(studio: Studio, people: Sequence[Person], each: int) -> list[Interaction]:
    """Everybody asks for all of theirs before anybody is answered."""
    asked = [
        await studio.generate(f"prompt:a heron {turn} size:64x64 steps:1", by=person)
        for person in people
        for turn in range(each)
    ]
    assert not any(interaction.acknowledged for interaction in asked)
    return asked


async def test_five_hundred_commands_of_fifty_people_are_all_acknowledged_and_each_is_one_job(
    studio: Studio, crowd: list[Person]
) -> None:
    await studio.pause()
    asked = await all_at_once(studio, crowd, EACH)
    await asyncio.gather(*(interaction.answered(PATIENCE_S) for interaction in asked))
    stored = await studio.jobs()
    assert Counter(job.origin.key for job in stored) == Counter(str(one.id) for one in asked)
    assert Counter(job.origin.user for job in stored) == {person.user.id: EACH for person in crowd}


async def test_a_hundred_jobs_of_fifty_people_are_each_drawn_once_and_everybody_has_a_turn_before_anybody_has_two(
    studio: Studio, crowd: list[Person], comfy: SandboxComfyUI
) -> None:
    await studio.pause()
    asked = await all_at_once(studio, crowd, DRAWN_EACH)
    await asyncio.gather(*(interaction.answered(PATIENCE_S) for interaction in asked))
    with studio.discord.subscribe() as changes:
        await studio.answer("/queue resume", by=studio.director)
        posted = 0
        async with asyncio.timeout(PATIENCE_S):
            while posted < len(asked):
                posted += pictures_in(await changes.get()) is not None
    jobs = {job.prompt_id: job for job in await studio.jobs()}
    order = [jobs[prompt.id].origin.user for prompt in comfy.prompts]
    everybody = {person.user.id for person in crowd}
    rounds = [order[first : first + PEOPLE] for first in range(0, len(order), PEOPLE)]
    assert [set(one) for one in rounds] == [everybody] * DRAWN_EACH
    assert len(order) == len(asked)


async def test_who_asks_for_more_than_their_share_is_told_the_cap_and_nobody_else_suffers(
    studio: Studio, crowd: list[Person]
) -> None:
    await studio.pause()
    greedy, modest, *_ = crowd
    asked = await all_at_once(studio, [greedy], PER_USER + 3)
    answers = await asyncio.gather(*(interaction.answered(PATIENCE_S) for interaction in asked))
    refused = [answer for answer in answers if answer.ephemeral]
    assert len(refused) == 3
    assert all(f"You have {PER_USER} jobs waiting" in answer.text for answer in refused)
    assert all(f"the most for one person is {PER_USER}" in answer.text for answer in refused)
    await (await studio.generate(by=modest)).answered(PATIENCE_S)
    assert Counter(job.origin.user for job in await studio.jobs()) == {
        greedy.user.id: PER_USER,
        modest.user.id: 1,
    }


async def test_when_the_whole_line_is_full_the_refusal_names_that_cap(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path, crowd: list[Person]
) -> None:
    caps = {"max_waiting_per_user": 5, "max_waiting": 20}
    async with open_studio(discord, comfy, tmp_path, **caps) as studio:
        await studio.pause()
        asked = await all_at_once(studio, crowd[:25], 1)
        answers = await asyncio.gather(*(interaction.answered(PATIENCE_S) for interaction in asked))
        refused = [answer for answer in answers if answer.ephemeral]
        assert len(refused) == 5
        assert all("the queue takes no more than 20" in answer.text for answer in refused)
        assert {job.state for job in await studio.jobs()} == {JobState.QUEUED}
        assert len(await studio.jobs()) == 20
