"""Batches from the plan to their end: nothing lost, nothing twice, and nobody's single drawing waits for one."""

from dataclasses import replace

import pytest

from bot.core.batching import MOST_OPEN, BatchKind, BatchState
from bot.core.errors import (
    BadRequest,
    ExecutionFailed,
    LimitReached,
    NotAllowed,
    NotFound,
    TargetGone,
    WrongState,
)
from bot.core.generation import Seed
from bot.core.job import JobState, Priority
from bot.core.progress import Accepted, Progress, RenderFailed, Started
from bot.core.queueing import Known, Learning
from bot.studio.control import Actor
from bot.studio.feed import BatchChanged, LineChanged
from bot.studio.gate import Paused
from tests.builders import (
    CHANNEL,
    GUILD,
    NOW,
    USER,
    a_card,
    a_drawing,
    a_request,
    an_origin,
    an_outline,
    some_timings,
)
from tests.fakes import Gate
from tests.studio.house import AIKO, BOSS, a_studio, running, settled

STRANGER = Actor(user=7, guild=GUILD)
ELSEWHERE = Actor(user=USER, guild=GUILD + 1, manages=True)
BOOM = ExecutionFailed("A node failed.", hint="Look at it.")
THREE = "a heron\na fox\nan otter"
SECOND_START = 3
"""Each start asks for the key, and so does the store."""
S, B = JobState, BatchState


async def begun(studio, *, user=USER, **outline):
    plan = await studio.planner.plan(an_outline(**{"text": THREE, **outline}), an_origin(user=user))
    return await studio.foreman.start(plan.id, Actor(user=user, guild=GUILD))


async def drawn_all(studio):
    """Draw and post everything that waits."""
    while await studio.worker.run_once():
        await settled()
        await studio.courier.run_once()


async def state(studio, batch):
    return (await studio.stores.batches.get(batch.id)).state


# ── begun


async def test_all_jobs_are_stored_at_once_in_their_order_below_what_people_ask_for_singly():
    async with a_studio() as studio:
        plan = await studio.planner.plan(an_outline(text=THREE, title="Night"), an_origin())
        batch = await studio.foreman.start(plan.id, BOSS, card=a_card())
        jobs = await studio.stores.batches.jobs(batch.id)
        single = await studio.ask(user=7)
        assert [job.request.prompt for job in jobs] == THREE.splitlines()
        assert {(job.priority, job.batch, job.origin.user) for job in jobs} == {
            (Priority.BATCH, batch.id, USER)
        }
        assert (batch.title, batch.user, batch.card, batch.state) == ("Night", USER, a_card(), B.RUNNING)
        assert [waiting.job for waiting in await studio.line.order()] == [
            single.id,
            *(job.id for job in jobs),
        ]
        assert BatchChanged(batch=batch) in studio.news
        await studio.gate.rung()


async def test_the_same_plan_is_begun_once():
    async with a_studio() as studio:
        plan = await studio.planner.plan(an_outline(text=THREE), an_origin())
        first = await studio.foreman.start(plan.id, AIKO)
        assert await studio.foreman.start(plan.id, AIKO) == first
        assert len(studio.stores.memory.jobs) == 3


async def test_two_who_begin_the_same_plan_at_the_same_moment_begin_it_once(monkeypatch):
    async with a_studio() as studio:
        with_key, asked = studio.stores.batches.with_key, []

        async def known_late(key):
            asked.append(key)
            return None if len(asked) == SECOND_START else await with_key(key)

        monkeypatch.setattr(studio.stores.batches, "with_key", known_late)
        plan = await studio.planner.plan(an_outline(text=THREE), an_origin())
        first = await studio.foreman.start(plan.id, AIKO)
        assert await studio.foreman.start(plan.id, BOSS) == first
        assert len(studio.stores.memory.jobs) == 3


async def test_what_has_become_impossible_since_is_said_and_nothing_is_begun():
    async with a_studio() as studio:
        model = studio.workshop.catalogue.checkpoints[1]
        plan = await studio.planner.plan(an_outline(base=a_request(model=model)), an_origin())
        studio.workshop.catalogue = replace(
            studio.workshop.catalogue, checkpoints=studio.workshop.catalogue.checkpoints[:1]
        )
        with pytest.raises(BadRequest, match="no model called"):
            await studio.foreman.start(plan.id, AIKO)
        assert studio.stores.memory.batches == {}


async def test_only_so_many_batches_of_one_person_are_under_way():
    async with a_studio() as studio:
        for _ in range(MOST_OPEN):
            last = await begun(studio)
        plan = await studio.planner.plan(an_outline(), an_origin())
        with pytest.raises(LimitReached, match=f"the most for one person is {MOST_OPEN}") as refusal:
            await studio.foreman.start(plan.id, AIKO)
        assert "/batch list" in refusal.value.hint
        with pytest.raises(LimitReached, match=f"^artist has {MOST_OPEN} batches"):
            await studio.foreman.start(plan.id, BOSS)
        await begun(studio, user=7)
        await studio.foreman.cancel(last.id, AIKO)
        assert (await studio.foreman.start(plan.id, AIKO)).state is B.RUNNING


async def test_a_batch_does_not_count_against_what_may_wait():
    async with a_studio() as studio:
        await begun(studio, text="a heron\n" * 300)
        assert (await studio.ask()).state is S.QUEUED


async def test_what_runs_overnight_has_the_lowest_priority():
    async with a_studio() as studio:
        batch = await begun(studio, kind=BatchKind.OVERNIGHT)
        assert batch.priority is Priority.OVERNIGHT
        assert {job.priority for job in await studio.stores.batches.jobs(batch.id)} == {Priority.OVERNIGHT}


# ── while it runs


async def test_a_card_shows_how_far_it_is_and_when_it_will_be_done():
    async with a_studio() as studio:
        batch = await begun(studio, text="a heron\na fox\nan otter\na crane")
        view = await studio.foreman.view(batch.id)
        assert (view.counts.total, view.wait, view.ends) == (4, Learning(drawings=0), None)
        for _ in range(3):
            job = await studio.stored(S.SUBMITTED, S.RENDERED)
            studio.stores.memory.jobs[job.id] = replace(job, timings=some_timings(drawing=2000))
        mine = await studio.ask(user=7)
        view = await studio.foreman.view(batch.id)
        assert view.ends == NOW + 5 * 2000
        await studio.control.cancel(mine.id, BOSS)
        await studio.control.pause(BOSS)
        view = await studio.foreman.view(batch.id)
        assert (view.ends, view.hold) == (None, Paused(since=NOW))
        assert view.wait == Known(ms=8000, drawings=3)


async def test_a_paused_batch_waits_and_a_resumed_one_goes_on():
    async with a_studio() as studio:
        batch = await begun(studio)
        await studio.foreman.pause(batch.id, AIKO)
        assert not await studio.worker.run_once()
        single = await studio.ask()
        assert await studio.worker.run_once()
        view = await studio.foreman.view(batch.id)
        assert (view.batch.state, view.wait) == (B.PAUSED, None)
        await studio.foreman.resume(batch.id, BOSS)
        await studio.gate.rung()
        assert await studio.worker.run_once()
        assert studio.told(S.SUBMITTED) == [single.id, 1]


async def test_a_job_of_a_paused_batch_says_so_and_promises_no_start():
    async with a_studio() as studio:
        batch = await begun(studio)
        await studio.foreman.pause(batch.id, AIKO)
        view = await studio.line.view((await studio.stores.batches.jobs(batch.id))[0].id)
        assert (view.place, view.wait, view.starts) == (None, None, None)
        assert "batch is paused" in view.note


async def test_cancelling_takes_back_what_waits_and_stops_what_is_drawn():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(Accepted(), Started(), gate, *a_drawing())
        batch = await begun(studio)
        async with running(studio.worker.run()):
            await gate.reached.wait()
            single = await studio.stored(S.SUBMITTED)
            cancelled = await studio.foreman.cancel(batch.id, AIKO)
            jobs = await studio.stores.batches.jobs(batch.id)
            await studio.until(jobs[0], S.CANCELLED)
        assert cancelled.state is B.CANCELLED
        jobs = await studio.stores.batches.jobs(batch.id)
        assert {job.state for job in jobs} == {S.CANCELLED}
        assert await studio.state(single) is S.SUBMITTED
        assert LineChanged() in studio.news
        with pytest.raises(WrongState, match="cancelled already"):
            await studio.foreman.pause(batch.id, AIKO)


async def test_a_drawing_that_ended_meanwhile_is_no_reason_not_to_cancel():
    async with a_studio() as studio:
        batch = await begun(studio)
        job = (await studio.stores.batches.jobs(batch.id))[0].to(S.SUBMITTED, at=NOW)
        await studio.jobs.store(job, was=S.QUEUED)
        drawing = studio.lane.enter(job, Progress.of_graph(job.graph))
        for event in a_drawing():
            studio.lane.advance(event, at=NOW)
        await studio.foreman.cancel(batch.id, AIKO)
        studio.lane.release()
        assert (drawing.cancelled, await state(studio, batch)) == (False, B.CANCELLED)


async def test_a_batch_is_held_and_taken_back_by_its_person_or_a_manager_only():
    async with a_studio() as studio:
        batch = await begun(studio)
        for act in (studio.foreman.pause, studio.foreman.resume, studio.foreman.cancel, studio.foreman.own):
            with pytest.raises(NotAllowed, match="not yours"):
                await act(batch.id, STRANGER)
            with pytest.raises(NotFound, match="no batch 1 here"):
                await act(batch.id, ELSEWHERE)
        assert (await studio.foreman.batch(batch.id, STRANGER)).id == batch.id


async def test_the_newest_batches_of_a_server_are_listed_and_ones_own_is_found():
    async with a_studio() as studio:
        with pytest.raises(NotFound, match="no batch yet"):
            await studio.foreman.newest_of(AIKO)
        mine = await begun(studio)
        theirs = await begun(studio, user=7)
        page = await studio.foreman.page(AIKO)
        assert [view.id for view in page.shown] == [theirs.id, mine.id]
        assert page.shown[0].counts.total == 3
        first = await studio.foreman.page(AIKO, size=1)
        second = await studio.foreman.page(AIKO, first.older, size=1)
        assert [view.id for view in (*first.shown, *second.shown)] == [theirs.id, mine.id]
        assert (await studio.foreman.page(ELSEWHERE)).shown == ()
        assert (await studio.foreman.newest_of(AIKO)).id == mine.id
        assert (await studio.foreman.newest_of(BOSS)).id == theirs.id


async def test_failed_ones_are_named_in_their_order_and_nobody_is_told_of_each():
    async with a_studio() as studio:
        batch = await begun(studio)
        studio.renderer.play(Accepted(), RenderFailed(error=BOOM))
        await drawn_all(studio)
        failed = await studio.foreman.failed(batch.id, STRANGER)
        assert [job.request.prompt for job in failed] == ["a heron"]
        assert studio.poster.notices == []


async def test_what_the_report_would_tell_now_is_known_to_all_of_the_server():
    async with a_studio() as studio:
        batch = await begun(studio, kind=BatchKind.OVERNIGHT)
        studio.renderer.play(Accepted(), RenderFailed(error=BOOM))
        for _ in range(2):
            await studio.worker.run_once()
            await settled()
        found, told = await studio.foreman.so_far(batch.id, STRANGER)
        assert (found.id, told.drawn, told.failed, told.open) == (batch.id, 1, (("A node failed.", 1),), 1)
        with pytest.raises(NotFound):
            await studio.foreman.so_far(batch.id, ELSEWHERE)


# ── to its end


async def test_a_batch_is_done_when_all_of_it_ended_and_is_told_of_once():
    async with a_studio() as studio:
        batch = await begun(studio)
        async with running(studio.foreman.run()):
            await drawn_all(studio)
            await settled()
            assert await state(studio, batch) is B.DONE
            ((channel, report),) = studio.poster.reports
            assert (channel, report.batch.id, report.told.drawn) == (CHANNEL, batch.id, 3)
            stored = await studio.stores.batches.get(batch.id)
            assert stored.report is not None
            assert not (await studio.foreman.view(batch.id)).being_told
            studio.foreman.wake()
            await settled()
            assert len(studio.poster.reports) == 1


async def test_a_paused_batch_whose_last_drawing_ends_is_done():
    async with a_studio() as studio:
        batch = await begun(studio, text="a heron")
        async with running(studio.foreman.run()):
            gate = Gate()
            studio.renderer.play(Accepted(), gate, *a_drawing())
            async with running(studio.worker.run_once()) as drawing:
                await gate.reached.wait()
                await studio.foreman.pause(batch.id, AIKO)
                gate.open.set()
                await drawing
            await settled()
            await studio.courier.run_once()
            await settled()
        assert await state(studio, batch) is B.DONE


async def test_a_cancelled_batch_is_not_reported():
    async with a_studio() as studio:
        batch = await begun(studio)
        async with running(studio.foreman.run()):
            await studio.foreman.cancel(batch.id, AIKO)
            await settled()
        assert await state(studio, batch) is B.CANCELLED
        assert studio.poster.reports == []


async def test_what_ended_while_we_were_gone_is_told_after_the_start():
    async with a_studio() as studio:
        batch = await begun(studio)
        await drawn_all(studio)
        assert await state(studio, batch) is B.RUNNING
        async with running(studio.a_foreman().run()):
            await settled()
        assert await state(studio, batch) is B.DONE
        assert len(studio.poster.reports) == 1


async def test_a_report_that_was_posted_and_not_noted_is_looked_for_and_not_told_again():
    async with a_studio() as studio:
        batch = await begun(studio)
        await drawn_all(studio)
        await studio.stores.batches.to(batch.id, B.DONE, at=NOW)
        await studio.foreman._finisher.report(await studio.stores.batches.get(batch.id), doubtful=False)
        async with running(studio.a_foreman().run()):
            await settled()
        assert len(studio.poster.reports) == 1
        assert (await studio.stores.batches.get(batch.id)).report is not None


async def test_while_discord_is_away_the_report_waits_and_is_looked_for_before_it_is_told_again(monkeypatch):
    monkeypatch.setattr("bot.studio.foreman.FIRST_RETRY_S", 0.001)
    async with a_studio() as studio:
        batch = await begun(studio)
        await drawn_all(studio)
        studio.poster.lose_answers()
        doubts = []
        report = studio.foreman._finisher.report

        async def noted(batch, *, doubtful):
            doubts.append(doubtful)
            return await report(batch, doubtful=doubtful)

        monkeypatch.setattr(studio.foreman._finisher, "report", noted)
        async with running(studio.foreman.run()):
            while (await studio.stores.batches.get(batch.id)).report is None:
                assert not doubts or (await studio.foreman.view(batch.id)).being_told
                await settled()
        assert doubts == [False, True]
        assert len(studio.poster.reports) == 1


async def test_a_report_that_nobody_can_get_is_let_be_and_tried_after_the_next_start():
    async with a_studio() as studio:
        batch = await begun(studio)
        await drawn_all(studio)
        studio.poster.fail(TargetGone("The channel is gone."))
        async with running(studio.foreman.run()):
            await settled()
            assert not (await studio.foreman.view(batch.id)).being_told
        assert (await studio.stores.batches.get(batch.id)).report is None
        async with running(studio.a_foreman().run()):
            await settled()
        assert (await studio.stores.batches.get(batch.id)).report is not None


async def test_a_batch_that_trips_us_is_an_incident_and_stops_no_other(monkeypatch):
    async with a_studio() as studio:
        first, second = await begun(studio), await begun(studio, user=7)
        await drawn_all(studio)
        counts = studio.stores.batches.counts

        async def odd_counts(batch_id):
            if batch_id == first.id:
                raise KeyError("surprise")
            return await counts(batch_id)

        monkeypatch.setattr(studio.stores.batches, "counts", odd_counts)
        async with running(studio.foreman.run()):
            await settled()
        assert await state(studio, second) is B.DONE
        monkeypatch.undo()

        async def odd_report(batch, *, doubtful):
            raise KeyError("surprise")

        monkeypatch.setattr(studio.foreman._finisher, "report", odd_report)
        async with running(studio.foreman.run()):
            await settled()
        assert await state(studio, first) is B.DONE
        assert len(studio.stores.memory.entries) == 2


async def test_another_persons_single_job_starts_next_while_a_batch_is_drawn():
    async with a_studio() as studio:
        await begun(studio, text="a heron\n" * 12, base=a_request(seed=Seed(1)))
        order = []
        for turn in range(5):
            if turn == 2:
                single = await studio.ask(user=7)
            await studio.worker.run_once()
            order.append(studio.told(S.SUBMITTED)[-1])
        assert order == [1, 2, single.id, 3, 4]
