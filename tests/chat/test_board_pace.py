"""How often cards change, and how soon what happened is seen, over simulated time."""

import asyncio
from itertools import pairwise

import discord
import pytest

from bot.chat.look import Look
from bot.core.job import JobState
from bot.core.pacing import OLD_AFTER_S
from bot.core.progress import NodeStarted, Preview, Sampled
from tests.builders import CHANNEL, NOW, png
from tests.chat.boards import ELSEWHERE, Studio, Wall, now, told
from tests.chat.simulated import simulate


@told
async def test_of_many_changes_only_the_latest_is_shown(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        await asyncio.sleep(3)
        before = len(studio.wall.edits)
        await studio.samples(steps=1000, seconds=1.0)
        await asyncio.sleep(2)
        assert "sampling 1000/1000" in (await studio.shown(job)).text
        assert len(studio.wall.edits) - before <= 4


@told
async def test_during_an_outage_it_is_tried_less_and_less_often(studio):
    async with studio.open():
        job = await studio.asked()
        asked = []
        real = studio.wall.edit

        async def edit(card, look, *, shown=None):
            asked.append(now())
            await real(card, look, shown=shown)

        studio.wall.edit = edit
        studio.wall.down_until = now() + 600
        await studio.begins(job)
        await asyncio.sleep(600)
        assert len(asked) < 18


@told
async def test_a_slow_channel_does_not_hold_up_another(studio):
    async with studio.open():
        here, there = await studio.asked(), await studio.asked(channel=ELSEWHERE)
        real = studio.wall.edit

        async def edit(card, look, *, shown=None):
            if card.channel == CHANNEL:
                await asyncio.sleep(100)
            await real(card, look, shown=shown)

        studio.wall.edit = edit
        await studio.becomes(here, JobState.CANCELLED)
        await studio.becomes(there, JobState.CANCELLED)
        await asyncio.sleep(2)
        assert "cancelled" in (await studio.shown(there)).text
        await asyncio.sleep(100)


@told
async def test_when_discord_would_throttle_an_old_card_a_new_one_goes_on(studio):
    async with studio.open():
        job = await studio.asked()
        old = await studio.card_of(job)
        await asyncio.sleep(OLD_AFTER_S + 1)
        await studio.begins(job)
        await asyncio.sleep(3)
        new = await studio.card_of(job)
        assert new != old
        assert "ComfyUI begins" in studio.wall.looks[new].text
        assert f"goes on here: https://discord.com/channels/700/{new.channel}/{new.message}" in (
            studio.wall.looks[old].text
        )
        await studio.ends(job)
        await asyncio.sleep(3)
        assert "is done" in studio.wall.looks[new].text


@pytest.mark.parametrize("minutes", [8, 20, 70])
def test_the_card_of_a_long_drawing_changes_throughout_and_no_message_is_edited_when_it_is_old(minutes):
    async def story():
        studio = Studio(Wall())
        async with studio.open():
            job = await studio.asked()
            await studio.begins(job)
            studio.tell(NodeStarted(node="3"))
            await studio.samples(steps=25, seconds=minutes * 60)
            await studio.ends(job)
            await asyncio.sleep(3)
            assert "is done" in (await studio.shown(job)).text
        cards = [edit.card for edit in studio.wall.edits]
        assert len(set(cards)) == 1 + minutes * 60 // OLD_AFTER_S
        moments = [edit.at for edit in studio.wall.edits]
        assert max(after - before for before, after in pairwise(moments)) <= 10
        for edit in studio.wall.edits:
            made = discord.utils.snowflake_time(edit.card.message).timestamp() - NOW / 1000
            assert edit.at - made < OLD_AFTER_S + 10

    simulate(story())


@told
async def test_a_preview_is_replaced_only_every_few_seconds(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        for number in range(200):
            await asyncio.sleep(0.1)
            studio.tell(Preview(image=png(grey=number), media_type="image/png"))
            studio.tell(Sampled(node="3", step=number + 1, of=200))
        edits = studio.wall.of(await studio.card_of(job))
        images = list(dict.fromkeys(edit.look.image.content for edit in edits if edit.look.image))
        assert 5 <= len(images) <= 7
        assert len(edits) > 10


@told
async def test_while_a_model_loads_the_card_tells_for_how_long_at_least_every_ten_seconds(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        studio.tell(NodeStarted(node="4"))
        await asyncio.sleep(60)
        edits = studio.wall.of(await studio.card_of(job))
        gaps = [after.at - before.at for before, after in pairwise(edits)]
        assert max(gaps) <= 10
        assert "loading illustrious\\_xl for 5" in edits[-1].look.text
        assert edits[-1].look.text.startswith("▱▱▱▱▱▱▱▱▱▱ 0 %")


@told
async def test_with_twenty_jobs_in_one_channel_progress_is_fresh_and_no_limit_is_met(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(20)]
        await asyncio.sleep(30)
        happened: dict[str, float] = {}
        for job in jobs[:12]:
            await studio.begins(job)
            for step in range(1, 101):
                await asyncio.sleep(0.1)
                studio.tell(Sampled(node="3", step=step, of=100))
                happened[f"{job} {step}/100"] = now()
            await studio.ends(job)
        await asyncio.sleep(3)
        ages = await staleness(studio, jobs[:12], happened)
        assert percentile(ages, 99) < 1.5
        assert studio.wall.over_the_limit == 0


@told
async def test_cards_that_wait_are_kept_true_beside_a_busy_drawing(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(20)]
        for job in jobs[:4]:
            await studio.begins(job)
            await studio.samples(steps=400, seconds=40)
            await studio.ends(job)
        await asyncio.sleep(30)
        texts = [(await studio.shown(job)).text for job in jobs[4:]]
        assert texts[0].startswith("next in line")
        assert texts[9].startswith("10th in line")


@told
async def test_cards_that_wait_are_kept_true_while_a_model_loads(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(8)]
        await studio.begins(jobs[0])
        studio.tell(NodeStarted(node="4"))
        await asyncio.sleep(30)
        places = [(await studio.shown(job)).text.split(" in line")[0] for job in jobs[1:]]
        assert places == ["next", "2nd", "3rd", "4th", "5th", "6th", "7th"]


async def staleness(studio, jobs, happened):
    """Return, for each thing that happened, the seconds until the card showed it or something newer."""
    ages = []
    for job in jobs:
        shown = [(edit.at, step_in(edit.look)) for edit in studio.wall.of(await studio.card_of(job))]
        for step in range(1, 101):
            at = happened[f"{job} {step}/100"]
            seen = next((when for when, known in shown if known >= step and when >= at), None)
            assert seen is not None
            ages.append(seen - at)
    return ages


def step_in(look: Look) -> int:
    if "is done" in look.text or "posting" in look.text or "fetching" in look.text:
        return 100
    _, found, rest = look.text.partition("sampling ")
    return int(rest.split("/")[0]) if found else 0


def percentile(values, percent):
    return sorted(values)[int(len(values) * percent / 100)]
