"""Drawings that end without pictures: each way has its policy and its words."""

import asyncio

import pytest

from bot.core.errors import Blank, ExecutionFailed, OutOfMemory, RendererAway
from bot.core.generation import redrawn_words
from bot.core.job import JobState
from bot.core.lightening import change_words
from bot.core.lineage import Descent
from bot.core.progress import Accepted, RenderFailed, Started
from bot.studio import patiently
from bot.studio.gate import DiskLow
from tests.builders import a_lineage, a_size, png
from tests.studio.house import MIN_FREE, a_studio, running

S = JobState
FULL = RenderFailed(error=OutOfMemory("The GPU's memory did not suffice in “Sampler” (KSampler)."))


async def test_a_full_gpu_is_emptied_and_the_person_told_what_would_be_less():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask(count=4)
        await studio.worker.run_once()
        assert not await studio.worker.run_once()
    failed = await studio.jobs.get(job.id)
    assert (failed.state, failed.failure.kind) == (S.FAILED, "out_of_memory")
    assert failed.failure.hint == "It was 832×1216, 4 pictures. Try 2 at once or 576×896."
    assert studio.renderer.freed == 1
    assert len(studio.renderer.given) == 1


async def test_who_allowed_it_gets_fewer_pictures_once_and_is_told():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask(count=4, allow_smaller=True)
        await studio.worker.run_once()
        again = await studio.jobs.get(job.id)
        assert (again.state, again.recipe.count, again.attempt) == (S.QUEUED, 2, 2)
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert studio.renderer.orders[-1].graph.nodes["5"].inputs["batch_size"] == 2
    assert "instead of 832×1216, 4 pictures" in change_words(drawn.recipe)
    notes = [event.note for event in await studio.jobs.events(job.id)]
    assert any("it is drawn again as 832×1216, 2 pictures" in note for note in notes)


async def test_a_single_picture_is_drawn_smaller():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask(allow_smaller=True)
        await studio.worker.run_once()
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.recipe.size == a_size(576, 896)
    latent = studio.renderer.orders[-1].graph.nodes["5"].inputs
    assert (latent["width"], latent["height"]) == (576, 896)


async def test_a_second_full_gpu_is_the_end():
    async with a_studio() as studio:
        for _ in range(2):
            studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask(count=8, allow_smaller=True)
        while await studio.worker.run_once():
            pass
    failed = await studio.jobs.get(job.id)
    assert (failed.failure.kind, failed.recipe.count) == ("out_of_memory", 4)
    assert len(studio.renderer.given) == 2


async def test_what_was_drawn_smaller_is_repeated_as_what_it_is():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask(count=2, allow_smaller=True)
        await studio.worker.run_once()
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
        again = (await studio.submit.again(drawn, drawn.origin.__class__(key="k", user=1, user_name="a"))).job
    assert (again.recipe.count, again.recipe.lightened_from) == (1, None)


async def test_a_comfyui_that_is_gone_when_its_memory_should_be_freed_does_not_matter():
    async with a_studio() as studio:

        async def away():
            raise RendererAway("away")

        studio.renderer.free = away
        studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask()
        await studio.worker.run_once()
    assert await studio.state(job) is S.FAILED


async def test_a_node_that_fails_is_not_tried_again():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), RenderFailed(error=ExecutionFailed("Decode failed.")))
        await studio.ask(allow_smaller=True)
        await studio.worker.run_once()
        assert not await studio.worker.run_once()
    assert len(studio.renderer.given) == 1


@pytest.mark.parametrize(("count", "words"), [(1, "The picture is of a"), (2, "All 2 pictures are of a")])
async def test_what_is_blank_is_drawn_once_more_and_then_fails_with_a_word_about_it(count, words):
    async with a_studio() as studio:
        studio.renderer.pictures = [png()] * count
        studio.pictures.blank = [png()]
        job = await studio.ask(count=count, seed=7)
        async with running(studio.worker.run()):
            failed = await studio.until(job, S.FAILED)
    assert failed.failure.kind == Blank.kind
    assert failed.failure.message.startswith(words)
    assert "another seed" in failed.failure.hint
    assert (failed.attempt, failed.recipe.redrawn_from) == (2, 7)
    seeds = [order.graph.nodes["3"].inputs["seed"] for order in studio.renderer.orders]
    assert seeds == [7, failed.recipe.seed]
    assert failed.recipe.seed != 7


async def test_a_second_seed_that_is_not_blank_is_posted_and_says_so():
    async with a_studio() as studio:
        studio.renderer.pictures = [png()]
        studio.pictures.blank = [png()]
        job = await studio.ask(seed=7)
        await studio.worker.run_once()
        again = await studio.until(job, S.QUEUED)
        studio.pictures.blank = []
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert drawn.recipe == again.recipe
    assert redrawn_words(drawn.recipe) == "drawn again: with seed 7 it came out blank"
    notes = [event.note for event in await studio.jobs.events(job.id)]
    assert f"It came out blank with seed 7; it is drawn again with seed {drawn.recipe.seed}." in notes


async def test_the_very_same_seed_is_not_exchanged_for_another():
    async with a_studio() as studio:
        studio.renderer.pictures = [png()]
        studio.pictures.blank = [png()]
        job = await studio.stored(lineage=a_lineage(how=Descent.SAME_SEED))
        async with running(studio.worker.run()):
            failed = await studio.until(job, S.FAILED)
    assert (failed.failure.kind, failed.attempt) == (Blank.kind, 1)


async def test_one_blank_picture_among_others_is_kept_as_it_is():
    async with a_studio() as studio:
        studio.renderer.pictures = [png(), png(grey=3)]
        studio.pictures.blank = [png()]
        job = await studio.ask(count=2)
        await studio.worker.run_once()
        await studio.until(job, S.RENDERED)
        assert len(await studio.jobs.artifacts(job.id)) == 2


async def test_a_drawing_that_finds_no_room_waits_for_it(monkeypatch):
    monkeypatch.setattr(patiently, "AWAY_RETRY_S", 0)
    async with a_studio() as studio:
        studio.shelf.full = 3
        job = await studio.ask()
        await studio.worker.run_once()
        await studio.until(job, S.RENDERED)
    assert studio.shelf.full == 0


async def test_room_on_the_disk_is_asked_for_before_each_job():
    async with a_studio() as studio:
        first = await studio.ask()
        await studio.worker.run_once()
        await studio.until(first, S.RENDERED)
        studio.shelf.free = MIN_FREE - 1
        second = await studio.ask()
        assert not await studio.worker.run_once()
        assert studio.gate.hold == DiskLow(free=MIN_FREE - 1, needed=MIN_FREE)
        assert await studio.states(second) == [S.QUEUED]
        studio.shelf.free = MIN_FREE
        await studio.vigil.run_once()
        async with running(studio.worker.run()):
            await studio.until(second, S.RENDERED)


async def test_the_lane_is_free_while_a_full_gpu_is_emptied():
    async with a_studio() as studio:
        freeing, go_on = asyncio.Event(), asyncio.Event()

        async def free():
            freeing.set()
            await go_on.wait()

        studio.renderer.free = free
        studio.renderer.play(Accepted(), Started(), FULL)
        job = await studio.ask()
        async with running(studio.worker.run()):
            await freeing.wait()
            assert studio.lane.drawing is None
            go_on.set()
            await studio.until(job, S.FAILED)
