"""What people may do to jobs that exist."""

import pytest

from bot.core.errors import NotAllowed, NotFound, WrongState
from bot.core.job import JobState
from bot.core.progress import Accepted, Started
from bot.studio.control import Actor
from bot.studio.feed import LineChanged
from bot.studio.gate import Away, Paused
from tests.builders import GUILD, NOW, USER, a_drawing, an_origin
from tests.fakes import Gate
from tests.studio.house import AIKO, BOSS, a_studio, running

STRANGER = Actor(user=7, guild=GUILD)
ELSEWHERE = Actor(user=USER, guild=GUILD + 1, manages=True)


async def test_a_job_of_another_server_does_not_exist():
    async with a_studio() as studio:
        job = await studio.ask()
        for act in (studio.control.job, studio.control.cancel):
            with pytest.raises(NotFound) as refusal:
                await act(job.id, ELSEWHERE)
            assert refusal.value.hint
        assert await studio.control.job(job.id, STRANGER) == job


@pytest.mark.parametrize("actor", [AIKO, BOSS])
async def test_a_waiting_job_is_taken_back_by_its_person_or_a_manager(actor):
    async with a_studio() as studio:
        job = await studio.ask()
        assert (await studio.control.cancel(job.id, actor)).state is JobState.CANCELLED
        assert not await studio.worker.run_once()
        assert studio.told(JobState.CANCELLED) == [job.id]
        assert studio.news[-1] == LineChanged()


async def test_a_stranger_may_not_cancel():
    async with a_studio() as studio:
        job = await studio.ask()
        with pytest.raises(NotAllowed) as refusal:
            await studio.control.cancel(job.id, STRANGER)
        assert refusal.value.hint
        assert await studio.state(job) is JobState.QUEUED


async def test_a_job_that_is_drawn_is_interrupted_and_only_that_one():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(Accepted(), Started(), gate, *a_drawing())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            assert (await studio.control.cancel(job.id, AIKO)).state is JobState.RUNNING
            await studio.until(job, JobState.CANCELLED)
    assert studio.renderer.cancelled == [job.prompt_id]
    assert (await studio.jobs.get(job.id)).cancel_requested


async def test_a_cancel_that_loses_the_race_against_the_hand_over_interrupts():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(gate, *a_drawing())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            get = studio.jobs.get
            answers = [job]

            async def stale_first(job_id):
                return answers.pop() if answers else await get(job_id)

            studio.jobs.get = stale_first
            assert (await studio.control.cancel(job.id, AIKO)).state is JobState.SUBMITTED
            await studio.until(job, JobState.CANCELLED)


async def test_a_drawing_that_is_done_is_too_late_to_cancel_though_its_pictures_are_still_fetched():
    async with a_studio() as studio:
        job = await studio.ask()
        await studio.worker.run_once()
        with pytest.raises(WrongState, match="drawn") as refusal:
            await studio.control.cancel(job.id, AIKO)
        assert refusal.value.hint
        await studio.until(job, JobState.RENDERED)
    assert studio.renderer.cancelled == []


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
async def test_of_a_job_at_its_end_nothing_is_left_to_cancel(state):
    async with a_studio() as studio:
        job = await studio.stored(state)
        with pytest.raises(WrongState, match=state):
            await studio.control.cancel(job.id, AIKO)


async def test_while_comfyui_is_away_a_cancel_is_noted():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED)
        studio.renderer.away = True
        await studio.control.cancel(job.id, AIKO)
        assert (await studio.jobs.get(job.id)).cancel_requested


async def test_clearing_takes_back_ones_own_waiting_jobs():
    async with a_studio() as studio:
        own, other = await studio.ask(), await studio.ask(user=7)
        foreign = await studio.stored(origin=an_origin(guild=GUILD + 1))
        assert [job.id for job in await studio.control.clear(AIKO, everybody=False)] == [own.id]
        assert await studio.state(other) is await studio.state(foreign) is JobState.QUEUED
        assert [job.id for job in await studio.control.clear(BOSS, everybody=True)] == [other.id]
        assert await studio.state(foreign) is JobState.QUEUED


async def test_clearing_everybodys_jobs_needs_manage_server():
    async with a_studio() as studio:
        with pytest.raises(NotAllowed):
            await studio.control.clear(AIKO, everybody=True)


async def test_clearing_leaves_out_what_the_worker_took_meanwhile():
    async with a_studio() as studio:
        first, second = await studio.ask(), await studio.ask()
        found = await studio.jobs.in_states(JobState.QUEUED)
        await studio.jobs.store(first.to(JobState.SUBMITTED, at=NOW), was=JobState.QUEUED)

        async def stale(*states):
            return found

        studio.jobs.in_states = stale
        assert [job.id for job in await studio.control.clear(AIKO, everybody=False)] == [second.id]


async def test_a_pause_holds_the_queue_and_outlives_a_restart():
    async with a_studio() as studio:
        await studio.control.pause(BOSS)
        assert studio.gate.hold == Paused(since=NOW)
        studio.gate.open(Paused)
        await studio.control.remember()
        assert studio.gate.hold == Paused(since=NOW)
        await studio.control.resume(BOSS)
        assert studio.gate.hold is None
        await studio.control.remember()
        assert studio.gate.hold is None


async def test_a_queue_that_is_paused_again_is_paused_since_the_first_time_after_a_restart_too():
    async with a_studio() as studio:
        await studio.control.pause(BOSS)
        studio.clock.advance(60_000)
        await studio.control.pause(BOSS)
        studio.gate.open(Paused)
        await studio.control.remember()
        assert studio.gate.hold == Paused(since=NOW)


async def test_only_a_paused_queue_is_resumed_and_what_else_holds_it_up_is_told():
    async with a_studio() as studio:
        with pytest.raises(WrongState, match="not paused"):
            await studio.control.resume(BOSS)
        await studio.control.pause(BOSS)
        away = Away(since=NOW, reason="ComfyUI does not answer.")
        studio.gate.close(away)
        assert await studio.control.resume(BOSS) == away


async def test_holding_the_queue_needs_manage_server():
    async with a_studio() as studio:
        for act in (studio.control.pause, studio.control.resume):
            with pytest.raises(NotAllowed) as refusal:
                await act(AIKO)
            assert refusal.value.hint
