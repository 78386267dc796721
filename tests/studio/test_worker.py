"""The one lane to the GPU: who goes through it, and that it is free again, whatever happens."""

import asyncio

import pytest

from bot.core.errors import ExecutionFailed, Lost, Refused, RendererAway
from bot.core.job import JobState
from bot.core.progress import Accepted, Interrupted, Rendered, RenderFailed, Started
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


async def test_a_drawing_that_fails_tells_its_kind_and_its_person():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), RenderFailed(error=ExecutionFailed("Decode failed.")))
        job = await studio.ask()
        await studio.worker.run_once()
        await studio.courier.run_once()
    assert (await studio.jobs.get(job.id)).failure.kind == "execution"
    assert [notice.job.id for _, notice in studio.poster.notices] == [job.id]


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


async def test_the_time_in_the_queue_is_measured():
    async with a_studio() as studio:
        job = await studio.ask()
        studio.clock.advance(1500)
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.timings.queued == 1500
