"""The one lane to the GPU: who goes through it, and that it is free again, whatever happens."""

import asyncio

import pytest

from bot.core.errors import ExecutionFailed, Lost, Refused, RendererAway
from bot.core.job import JobState
from bot.core.progress import Accepted, Interrupted, NodeStarted, Rendered, RenderFailed, Sampled, Started
from bot.core.recovery import MAX_ATTEMPTS
from bot.core.workflow import Graph
from bot.studio.gate import Away, Paused
from tests.builders import NOW, a_catalogue, a_drawing, png
from tests.fakes import FakeShelf, Gate
from tests.studio.house import AIKO, a_studio, running, settled

S = JobState
LOST = RenderFailed(error=Lost("ComfyUI forgot it.", hint="It is drawn again."))


async def test_a_job_goes_through_its_states_in_order():
    async with a_studio() as studio:
        job = await studio.ask()
        assert await studio.worker.run_once()
        await studio.until(job, S.RENDERED)
    assert await studio.states(job) == [S.QUEUED, S.SUBMITTED, S.RUNNING, S.RENDERED]
    assert [each.id for each, _ in studio.collected] == [job.id]


async def test_the_intent_is_stored_before_comfyui_gets_the_order():
    async with a_studio() as studio:
        seen = []
        gate = Gate()
        studio.renderer.play(gate, *a_drawing())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            seen.append(await studio.state(job))
            gate.open.set()
            await studio.until(job, S.RENDERED)
    assert seen == [S.SUBMITTED]


async def test_with_nothing_to_do_nothing_is_drawn():
    async with a_studio() as studio:
        assert not await studio.worker.run_once()


async def test_while_something_holds_the_queue_nothing_is_drawn():
    async with a_studio() as studio:
        await studio.ask()
        studio.gate.close(Paused(since=NOW))
        assert not await studio.worker.run_once()
        assert studio.renderer.given == []


async def test_a_job_that_comes_wakes_the_worker():
    async with a_studio() as studio, running(studio.worker.run()):
        await settled()
        await studio.until(await studio.ask(), S.RENDERED)


async def test_never_is_more_than_one_of_our_prompts_in_comfyui():
    async with a_studio() as studio:
        gates = [Gate(), Gate()]
        for gate in gates:
            studio.renderer.play(Accepted(), Started(), gate, Rendered())
        jobs = [await studio.ask(), await studio.ask()]
        async with running(studio.worker.run()):
            await gates[0].reached.wait()
            await settled()
            assert len(studio.renderer.given) == 1
            gates[0].open.set()
            await gates[1].reached.wait()
            gates[1].open.set()
            await studio.until(jobs[1], S.RENDERED)
    assert studio.renderer.given == [job.prompt_id for job in jobs]


async def test_the_next_drawing_begins_before_the_pictures_of_the_last_are_fetched():
    async with a_studio() as studio:
        fetching, next_one = asyncio.Event(), Gate()

        async def fetch(output):
            await fetching.wait()
            return studio.renderer.pictures[0]

        studio.renderer.fetch = fetch
        studio.renderer.play(*a_drawing())
        studio.renderer.play(next_one, *a_drawing())
        first, second = await studio.ask(), await studio.ask()
        async with running(studio.worker.run()):
            await next_one.reached.wait()
            assert await studio.state(first) is S.RUNNING
            assert (await studio.line.view(first.id)).progress is not None
            fetching.set()
            next_one.open.set()
            await studio.until(first, S.RENDERED)
            await studio.until(second, S.RENDERED)


async def test_a_job_cancelled_between_pick_and_hand_over_is_never_drawn():
    async with a_studio() as studio:
        job = await studio.ask(reference=await studio.submit.reference(png()))
        read = FakeShelf.read

        async def cancel_then_read(path):
            await studio.control.cancel(job.id, AIKO)
            return await read(studio.shelf, path)

        studio.shelf.read = cancel_then_read
        assert await studio.worker.run_once()
    assert studio.renderer.given == []
    assert await studio.states(job) == [S.QUEUED, S.CANCELLED]


async def test_a_job_cancelled_while_its_hand_over_fails_stays_cancelled():
    async with a_studio() as studio:
        job = await studio.ask(reference=await studio.submit.reference(png()))

        async def cancel_then_fail(path):
            await studio.control.cancel(job.id, AIKO)
            raise OSError("the disk is gone")

        studio.shelf.read = cancel_then_fail
        await studio.worker.run_once()
    assert await studio.states(job) == [S.QUEUED, S.CANCELLED]


async def test_a_job_cancelled_while_it_is_handed_over_is_not_given_to_comfyui():
    async with a_studio() as studio:
        job = await studio.ask()
        store = studio.jobs.store

        async def store_then_cancel(stored, *, was, note="", notice=False):
            await store(stored, was=was, note=note, notice=notice)
            if stored.state is S.SUBMITTED:
                await studio.control.cancel(job.id, AIKO)

        studio.jobs.store = store_then_cancel
        await studio.worker.run_once()
    assert studio.renderer.given == []
    assert await studio.states(job) == [S.QUEUED, S.SUBMITTED, S.CANCELLED]


async def test_a_reference_is_uploaded_with_the_order():
    async with a_studio() as studio:
        reference = await studio.submit.reference(studio.renderer.pictures[0])
        job = await studio.ask(reference=reference)
        await studio.worker.run_once()
        await studio.until(job, S.RENDERED)
    upload = studio.renderer.orders[0].uploads[0]
    assert (upload.name, upload.content) == (reference.upload_name, studio.renderer.pictures[0])


async def test_a_reference_that_is_gone_fails_the_job_with_the_reason():
    async with a_studio() as studio:
        reference = await studio.submit.reference(png())
        job = await studio.ask(reference=reference)
        await studio.shelf.remove(reference.path)
        await studio.worker.run_once()
    failed = await studio.jobs.get(job.id)
    assert failed.state is S.FAILED
    assert "gone" in failed.failure.message


async def test_what_could_not_be_decided_before_comfyui_was_seen_is_decided_before_the_drawing():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        job = await studio.ask()
        assert job.graph is None
        studio.workshop.catalogue = a_catalogue()
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.recipe.model == "illustrious_xl.safetensors"
    assert isinstance(drawn.graph, Graph)
    assert drawn.recipe.seed == job.recipe.seed
    assert studio.renderer.orders[0].graph == drawn.graph


async def test_as_long_as_nobody_knows_what_comfyui_has_the_job_waits():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        job = await studio.ask()
        await studio.worker.run_once()
    assert await studio.states(job) == [S.QUEUED]
    assert studio.gate.holding(Away)


async def test_a_refusal_fails_the_job_and_is_not_tried_again():
    async with a_studio() as studio:
        studio.renderer.refusal = Refused("KSampler: steps is too large.", hint="Choose fewer.")
        job = await studio.ask()
        await studio.worker.run_once()
        assert not await studio.worker.run_once()
    failed = await studio.jobs.get(job.id)
    assert (failed.state, failed.failure.kind, failed.failure.hint) == (S.FAILED, "refused", "Choose fewer.")
    assert len(studio.renderer.orders) == 1


async def test_a_drawing_that_fails_tells_its_kind_and_its_person():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), RenderFailed(error=ExecutionFailed("Decode failed.")))
        job = await studio.ask()
        await studio.worker.run_once()
        await studio.courier.run_once()
    assert (await studio.jobs.get(job.id)).failure.kind == "execution"
    assert [notice.job.id for _, notice in studio.poster.notices] == [job.id]


async def test_a_job_that_comfyui_forgot_is_drawn_again_under_another_prompt_id():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), LOST)
        job = await studio.ask()
        await studio.worker.run_once()
        assert await studio.state(job) is S.QUEUED
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.attempt == 2
    assert len(set(studio.renderer.given)) == 2
    assert all(order.fresh for order in studio.renderer.orders)
    notes = [event.note for event in await studio.jobs.events(job.id)]
    assert "ComfyUI was restarted and forgot it; it is drawn again." in notes


async def test_a_job_that_is_forgotten_again_and_again_fails_at_last():
    async with a_studio() as studio:
        for _ in range(MAX_ATTEMPTS):
            studio.renderer.play(Accepted(), LOST)
        job = await studio.ask()
        while await studio.worker.run_once():
            pass
    failed = await studio.jobs.get(job.id)
    assert (failed.state, failed.failure.kind, failed.attempt) == (S.FAILED, "lost", MAX_ATTEMPTS)
    assert len(studio.renderer.given) == MAX_ATTEMPTS


async def test_pictures_that_comfyui_forgot_before_they_were_fetched_are_drawn_again():
    async with a_studio() as studio:

        async def forgot(prompt_id):
            studio.renderer.forget_all()
            raise Lost("ComfyUI was restarted.")

        outputs, studio.renderer.outputs = studio.renderer.outputs, forgot
        job = await studio.ask()
        await studio.worker.run_once()
        await studio.until(job, S.QUEUED)
        studio.renderer.outputs = outputs
        await studio.worker.run_once()
        assert (await studio.until(job, S.RENDERED)).attempt == 2


async def test_a_job_that_goes_back_into_line_wakes_the_worker():
    async with a_studio() as studio:
        outputs = studio.renderer.outputs

        async def forgot_once(prompt_id):
            studio.renderer.outputs = outputs
            studio.renderer.forget_all()
            await settled()
            raise Lost("ComfyUI was restarted.")

        studio.renderer.outputs = forgot_once
        job = await studio.ask()
        async with running(studio.worker.run()):
            assert (await studio.until(job, S.RENDERED)).attempt == 2


async def test_while_comfyui_is_away_the_job_keeps_its_place_and_its_attempt():
    async with a_studio() as studio:
        studio.renderer.away = True
        job = await studio.ask()
        await studio.worker.run_once()
        assert studio.gate.holding(Away)
        assert not await studio.worker.run_once()
        studio.renderer.away = False
        studio.gate.open(Away)
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.attempt == 1
    assert await studio.states(job) == [S.QUEUED, S.SUBMITTED, S.QUEUED, S.SUBMITTED, S.RUNNING, S.RENDERED]


async def test_an_order_that_was_on_its_way_once_is_looked_for_before_it_is_given():
    async with a_studio() as studio:
        studio.renderer.away = True
        await studio.ask()
        await studio.worker.run_once()
        studio.renderer.away = False
        studio.gate.open(Away)
        await studio.worker.run_once()
    assert [order.fresh for order in studio.renderer.orders] == [True, False]


async def test_a_job_cancelled_while_comfyui_was_away_is_not_drawn_when_it_is_back():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(Accepted(), gate, RendererAway("ComfyUI's worker died."))
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.renderer.away = True
            await studio.control.cancel(job.id, AIKO)
            gate.open.set()
            await studio.until(job, S.CANCELLED)


async def test_what_was_forgotten_for_a_moment_and_is_blank_is_drawn_again_with_another_seed():
    async with a_studio() as studio:
        outputs = studio.renderer.outputs

        async def forgot_once(prompt_id):
            studio.renderer.outputs = outputs
            raise Lost("ComfyUI was restarted.")

        studio.renderer.outputs = forgot_once
        studio.pictures.blank = [png()]
        job = await studio.ask(seed=7)
        await studio.worker.run_once()
        again = await studio.until(job, S.QUEUED)
    assert (again.recipe.redrawn_from, again.attempt) == (7, 2)


async def test_a_job_cancelled_as_comfyui_forgot_it_is_not_drawn_again():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(Accepted(), Started(), gate, Lost("ComfyUI was restarted."))
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.renderer.away = True
            await studio.control.cancel(job.id, AIKO)
            studio.renderer.away = False
            gate.open.set()
            await studio.until(job, S.CANCELLED)
    assert await studio.states(job) == [S.QUEUED, S.SUBMITTED, S.RUNNING, S.CANCELLED]
    assert len(studio.renderer.given) == 1


async def test_a_cancel_that_came_before_comfyui_had_the_prompt_is_repeated():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(gate, *a_drawing())
        job = await studio.ask()

        async def too_early(prompt_id):
            studio.renderer.cancelled.append(prompt_id)

        cancel, studio.renderer.cancel = studio.renderer.cancel, too_early
        studio.renderer.play(gate, Accepted(), second := Gate(), *a_drawing())
        async with running(studio.worker.run()):
            await gate.reached.wait()
            await studio.control.cancel(job.id, AIKO)
            studio.renderer.cancel = cancel
            gate.open.set()
            await studio.until(job, S.CANCELLED, S.RENDERED)
            second.open.set()
    assert studio.renderer.cancelled == [job.prompt_id] * 2


@pytest.mark.parametrize("trouble", [RendererAway("away"), OSError("a bug")])
async def test_a_repeated_cancel_that_fails_ends_nothing_but_itself(trouble):
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(gate, *a_drawing())
        job = await studio.ask()

        async def fail(prompt_id):
            raise trouble

        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.lane.drawing.cancelled = True
            studio.renderer.cancel = fail
            gate.open.set()
            await studio.until(job, S.RENDERED)


async def test_somebody_who_interrupts_in_comfyui_itself_cancels_the_job():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), Interrupted())
        job = await studio.ask()
        await studio.worker.run_once()
    assert await studio.state(job) is S.CANCELLED
    assert studio.told(S.CANCELLED) == [job.id]


async def test_a_surprise_fails_one_job_frees_the_lane_and_is_taken_out_of_comfyui():
    async with a_studio() as studio:

        async def broken(order):
            yield Accepted()
            raise ZeroDivisionError

        render, studio.renderer.render = studio.renderer.render, broken
        job = await studio.ask()
        await studio.worker.run_once()
        studio.renderer.render = render
        other = await studio.ask()
        await studio.worker.run_once()
        await studio.until(other, S.RENDERED)
    failed = await studio.jobs.get(job.id)
    assert failed.state is S.FAILED
    assert "code-1" in failed.failure.hint
    assert studio.renderer.cancelled == [job.prompt_id]
    assert [entry.job for entry in await studio.stores.journal.newest()] == [job.id]


async def test_a_story_without_an_end_is_a_surprise():
    async with a_studio() as studio:

        async def unfinished(order):
            yield Accepted()

        studio.renderer.render = unfinished
        job = await studio.ask()
        await studio.worker.run_once()
    assert await studio.state(job) is S.FAILED


async def test_a_surprise_while_collecting_fails_one_job():
    async with a_studio() as studio:

        async def broken(content, *, asked):
            raise MemoryError

        studio.darkroom.finish = broken
        job = await studio.ask()
        await studio.worker.run_once()
        failed = await studio.until(job, S.FAILED)
        await settled()
        assert studio.lane.of(job.id) is None
    assert "code-1" in failed.failure.hint


@pytest.mark.parametrize(
    "script",
    [
        a_drawing(),
        (Accepted(), Interrupted()),
        (Accepted(), LOST),
        (RendererAway("away"),),
        (Refused("no"),),
        (RenderFailed(error=ExecutionFailed("broke")),),
    ],
)
async def test_the_lane_is_released_exactly_once_on_every_way_out(script):
    async with a_studio() as studio:
        released = []
        release = studio.lane.release

        def count_and_release():
            released.append(studio.lane.drawing)
            release()

        studio.lane.release = count_and_release
        studio.renderer.play(*script)
        job = await studio.ask()
        await studio.worker.run_once()
        await settled()
        assert [drawing.job.id for drawing in released] == [job.id]
        assert studio.lane.drawing is None
        assert studio.lane.of(job.id) is None


async def test_stopping_leaves_the_prompt_in_comfyui_and_the_job_as_it_was():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(Accepted(), Started(), gate, Rendered())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
    assert await studio.state(job) is S.RUNNING
    assert studio.renderer.cancelled == []


@pytest.mark.parametrize("states", [(S.SUBMITTED,), (S.SUBMITTED, S.RUNNING)])
async def test_what_comfyui_had_when_we_stopped_is_joined_and_not_given_again(states):
    async with a_studio() as studio:
        job = await studio.stored(*states)
        studio.renderer.knows(job.prompt_id)
        async with running(studio.worker.run()):
            drawn = await studio.until(job, S.RENDERED)
    assert studio.renderer.given == []
    assert (drawn.timings.drawing, drawn.timings.warmth) == (None, None)


async def test_a_drawing_that_ended_while_we_were_away_is_collected_without_a_start():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED)
        studio.renderer.knows(job.prompt_id, Rendered())
        async with running(studio.worker.run()):
            await studio.until(job, S.RENDERED)
    assert await studio.states(job) == [S.QUEUED, S.SUBMITTED, S.RENDERED]


async def test_a_drawing_joined_in_the_middle_is_running():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED)
        studio.renderer.knows(
            job.prompt_id, NodeStarted(node="3"), Sampled(node="3", step=1, of=2), Rendered()
        )
        async with running(studio.worker.run()):
            await studio.until(job, S.RENDERED)
    assert S.RUNNING in await studio.states(job)


async def test_after_a_restart_a_job_that_comfyui_may_have_blocks_the_lane_until_comfyui_answers():
    async with a_studio() as studio:
        studio.renderer.away = True
        joined = await studio.stored(S.SUBMITTED, S.RUNNING)
        other = await studio.ask()
        async with running(studio.worker.run()):
            await settled()
            assert studio.gate.holding(Away)
            studio.gate.ring()
            await settled()
            assert await studio.state(joined) is S.RUNNING
            studio.renderer.away = False
            studio.renderer.knows(joined.prompt_id)
            studio.gate.open(Away)
            await studio.until(joined, S.RENDERED)
            await studio.until(other, S.RENDERED)
    assert studio.renderer.given == [other.prompt_id]


async def test_after_a_restart_a_wish_to_cancel_is_still_known():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED)
        await studio.control.cancel(job.id, AIKO)
        assert studio.renderer.cancelled == []
        studio.renderer.knows(job.prompt_id, Accepted(), Gate(), *a_drawing())
        async with running(studio.worker.run()):
            await studio.until(job, S.CANCELLED)
    assert studio.renderer.cancelled == [job.prompt_id]


async def test_the_time_in_the_queue_is_measured():
    async with a_studio() as studio:
        job = await studio.ask()
        studio.clock.advance(1500)
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.timings.queued == 1500
