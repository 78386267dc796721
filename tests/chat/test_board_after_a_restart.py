"""Cards that missed how their jobs ended, over simulated time."""

import asyncio

from bot.chat.board import LET_BE, MOST_ENDED, TAKEN_UP
from bot.core.errors import TargetGone
from bot.core.job import JobState
from bot.core.pacing import OLD_AFTER_S
from bot.studio.gate import Paused
from tests.builders import NOW
from tests.chat.boards import told


@told
async def test_after_a_restart_open_and_lately_ended_cards_are_made_true(studio):
    waits, draws, ended = [await studio.asked(adopted=False) for _ in range(3)]
    for job in (waits, draws, ended):
        card = next(card for card, look in studio.wall.looks.items() if look.title.startswith(f"#{job} "))
        await studio.jobs.set_card(job, card)
    await studio.becomes(ended, JobState.CANCELLED)
    await studio.begins(draws)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(10)
        assert "cancelled" in (await studio.shown(ended)).text
        assert "being drawn for" in (await studio.shown(draws)).text
        assert "next in line" in (await studio.shown(waits)).text


async def cancelled_unseen(studio, number, **asked):
    """Let so many jobs end while nobody keeps their cards."""
    jobs = []
    for _ in range(number):
        job = await studio.asked(**asked)
        await studio.becomes(job, JobState.CANCELLED)
        jobs.append(job)
    return jobs


async def stale(studio, jobs):
    return [job for job in jobs if "cancelled" not in (await studio.shown(job)).text]


async def unsettled(studio):
    return await studio.jobs.unsettled_cards(since=0, limit=1000)


@told
async def test_after_a_restart_every_card_that_missed_its_end_shows_it_in_the_end(studio):
    jobs = await cancelled_unseen(studio, TAKEN_UP + 10)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(300)
        assert await stale(studio, jobs) == []
        assert await unsettled(studio) == []
        assert studio.wall.over_the_limit == 0


@told
async def test_a_card_that_shows_its_end_is_not_touched_after_a_restart(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(5)
    edits = len(studio.wall.edits)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(60)
    assert len(studio.wall.edits) == edits


@told
async def test_a_job_that_ends_during_an_edit_of_its_card_is_not_settled_by_that_edit(studio):
    studio.wall.latency = 1.0
    async with studio.open():
        job = await studio.asked()
        studio.gate.close(Paused(since=NOW))
        await asyncio.sleep(0.5)
        assert studio.wall._in_flight == {await studio.card_of(job)}
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(10)
        assert await stale(studio, [job]) == []


@told
async def test_a_card_whose_message_is_gone_is_settled(studio):
    async with studio.open():
        job = await studio.asked()
        studio.wall.troubles[await studio.card_of(job)] = TargetGone("the message")
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(5)
        assert await unsettled(studio) == []


@told
async def test_what_ended_long_ago_is_let_be(studio):
    jobs = await cancelled_unseen(studio, 1)
    await asyncio.sleep(OLD_AFTER_S * LET_BE + 1)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(60)
        assert await stale(studio, jobs) == jobs


@told
async def test_a_channel_in_which_jobs_end_faster_than_cards_may_be_edited_falls_behind_only_so_far(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(60)]
        for job in jobs:
            await asyncio.sleep(0.1)
            await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(0.1)
        (column,) = studio.board._columns.values()
        assert len(column.kept) == MOST_ENDED
        await asyncio.sleep(300)
        assert await stale(studio, jobs) == []
        assert await unsettled(studio) == []
        assert studio.wall.over_the_limit == 0
        assert studio.board._columns == {}


@told
async def test_a_card_that_trips_us_is_not_taken_up_over_and_over(studio):
    jobs = await cancelled_unseen(studio, TAKEN_UP + 1)
    studio.wall.troubles = {await studio.card_of(job): ValueError("boom") for job in jobs}
    async with studio.open(studio.a_board()):
        await asyncio.sleep(300)
        assert len(studio.stores.memory.entries) <= MOST_ENDED
