"""What the status board promises about cards, over simulated time."""

import asyncio

from bot.core.errors import MissingPermission, TargetGone, ThreadAsleep
from bot.core.job import JobState
from bot.core.pacing import OLD_AFTER_S
from bot.core.progress import Preview, Sampled
from bot.studio.feed import LineChanged
from bot.studio.gate import Paused
from tests.builders import CHANNEL, NOW, png
from tests.chat.boards import now, told


@told
async def test_a_card_shows_how_far_its_drawing_is(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        await asyncio.sleep(2)
        studio.tell(Sampled(node="3", step=14, of=25))
        await asyncio.sleep(1.5)
        assert "sampling 14/25" in (await studio.shown(job)).text


@told
async def test_the_end_is_shown_and_the_card_then_left_alone(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        await studio.ends(job)
        await asyncio.sleep(2)
        assert "is done" in (await studio.shown(job)).text
        edits = len(studio.wall.edits)
        studio.feed.publish(LineChanged())
        await asyncio.sleep(300)
        assert len(studio.wall.edits) == edits


@told
async def test_a_card_that_would_look_the_same_is_not_edited(studio):
    async with studio.open():
        await studio.asked()
        for _ in range(20):
            studio.feed.publish(LineChanged())
            await asyncio.sleep(1)
        assert studio.wall.edits == []


@told
async def test_a_job_that_ends_goes_before_all_that_wait(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(15)]
        await asyncio.sleep(30)
        studio.gate.close(Paused(since=NOW))
        await asyncio.sleep(2.2)
        await studio.becomes(jobs[-1], JobState.CANCELLED)
        await asyncio.sleep(1.3)
        assert "cancelled" in (await studio.shown(jobs[-1])).text


@told
async def test_many_ends_at_once_are_all_shown(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(20)]
        for job in jobs:
            await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(30)
        assert ["cancelled" in (await studio.shown(job)).text for job in jobs] == [True] * 20
        assert studio.wall.over_the_limit == 0


@told
async def test_an_end_outlasts_an_outage_of_discord(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        studio.wall.down_until = now() + 600
        await studio.ends(job)
        await asyncio.sleep(700)
        assert "is done" in (await studio.shown(job)).text


@told
async def test_a_deleted_card_is_forgotten_and_the_others_go_on(studio):
    async with studio.open():
        gone, here = await studio.asked(), await studio.asked()
        studio.wall.troubles[await studio.card_of(gone)] = TargetGone("The message does not exist any more.")
        await studio.begins(gone)
        await asyncio.sleep(3)
        del studio.wall.troubles[await studio.card_of(gone)]
        await studio.ends(gone)
        await studio.begins(here)
        await asyncio.sleep(5)
        assert studio.wall.of(await studio.card_of(gone)) == []
        assert "ComfyUI begins" in (await studio.shown(here)).text


@told
async def test_a_card_that_may_not_be_edited_is_not_tried_again(studio):
    async with studio.open():
        job = await studio.asked()
        studio.wall.troubles[await studio.card_of(job)] = MissingPermission("View Channel", "#general")
        await studio.begins(job)
        await asyncio.sleep(60)
        assert studio.board._column_of == {}


@told
async def test_trouble_nobody_foresaw_is_an_incident_and_stops_no_other_card(studio):
    async with studio.open():
        odd, plain = await studio.asked(), await studio.asked()
        studio.wall.troubles[await studio.card_of(odd)] = KeyError("surprise")
        await studio.becomes(odd, JobState.CANCELLED)
        await studio.begins(plain)
        await asyncio.sleep(5)
        (incident,) = await studio.stores.journal.newest()
        assert (incident.incident, incident.job) == ("abc123", odd)
        assert "ComfyUI begins" in (await studio.shown(plain)).text


@told
async def test_a_card_adopted_after_its_job_ended_shows_the_end(studio):
    async with studio.open():
        job = await studio.asked(adopted=False)
        card, look = next(iter(studio.wall.looks.items()))
        await studio.becomes(job, JobState.CANCELLED)
        await studio.board.adopt(job, card, look)
        await asyncio.sleep(2)
        assert "cancelled" in studio.wall.looks[card].text


@told
async def test_a_waiting_card_says_that_the_queue_was_paused(studio):
    async with studio.open():
        job = await studio.asked()
        studio.gate.close(Paused(since=NOW))
        await asyncio.sleep(2)
        look = await studio.shown(job)
        assert "The queue is paused" in look.text
        studio.gate.open(Paused)
        await asyncio.sleep(2)
        assert "The queue is paused" not in (await studio.shown(job)).text


@told
async def test_the_card_in_a_thread_that_was_archived_goes_on_in_a_new_message(studio):
    async with studio.open():
        job = await studio.asked()
        old = await studio.card_of(job)
        studio.wall.troubles[old] = ThreadAsleep("The thread is archived.")
        await studio.begins(job)
        await studio.samples(steps=10, seconds=10)
        assert await studio.card_of(job) != old
        await studio.ends(job)
        await asyncio.sleep(3)
        assert "is done" in (await studio.shown(job)).text
        assert len(studio.wall.looks) == 2


@told
async def test_leaving_the_cards_of_what_is_drawn_say_so_and_no_others(studio):
    async with studio.open():
        drawn, waiting = await studio.asked(), await studio.asked()
        await studio.begins(drawn)
        await asyncio.sleep(3)
    before = await studio.shown(waiting)
    await studio.board.leave()
    assert "Genga is restarting; this goes on by itself" in (await studio.shown(drawn)).text
    assert await studio.shown(waiting) == before


@told
async def test_a_card_that_cannot_say_that_we_leave_keeps_nobody(studio):
    async with studio.open():
        drawn = await studio.asked()
        await studio.begins(drawn)
        await asyncio.sleep(3)
    studio.wall.down_until = float("inf")
    await studio.board.leave()
    assert "restarting" not in (await studio.shown(drawn)).text


@told
async def test_the_end_of_an_old_card_is_shown_where_it_is(studio):
    async with studio.open():
        job = await studio.asked()
        await asyncio.sleep(OLD_AFTER_S + 1)
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(2)
        assert "cancelled" in (await studio.shown(job)).text
        assert len(studio.wall.looks) == 1


@told
async def test_where_its_pictures_may_not_be_seen_a_card_has_no_preview(studio):
    async with studio.open():
        studio.hidden.add(CHANNEL)
        job = await studio.asked()
        await studio.begins(job)
        studio.tell(Preview(image=png(), media_type="image/png"))
        studio.tell(Sampled(node="3", step=10, of=20))
        await asyncio.sleep(10)
        edits = studio.wall.of(await studio.card_of(job))
        assert "sampling 10/20" in edits[-1].look.text
        assert [edit.look.image for edit in edits if edit.look.image] == []
