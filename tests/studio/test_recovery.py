"""After a restart: each job goes on from where it really is, and nothing is drawn that need not be."""

import asyncio
from hashlib import sha256

import pytest

from bot.core.errors import InDoubt, Lost, RendererAway
from bot.core.job import JobState
from bot.core.progress import Accepted, Rendered, RenderFailed, Started
from bot.core.recovery import MAX_ATTEMPTS, MAX_OPENED
from bot.studio.gate import Away
from bot.studio.submit import prefix_of
from tests.builders import a_recipe, png
from tests.fakes import Gate
from tests.studio.house import AIKO, a_studio, running, settled

S = JobState
LOST = Lost("ComfyUI forgot it.")


async def recovered(studio, job):
    """Let the studio start over and wait until the job is neither in ComfyUI nor in line."""
    async with running(studio.worker.run()):
        return await studio.until(job, S.RENDERED, S.FAILED, S.CANCELLED)


async def test_a_running_job_that_comfyui_forgot_takes_its_turn_again_as_the_next_attempt():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        drawn = await recovered(studio, job)
    assert (drawn.state, drawn.attempt, drawn.interrupted) == (S.RENDERED, 2, 1)
    assert studio.renderer.given == [drawn.prompt_id]
    notes = [event.note for event in await studio.jobs.events(job.id)]
    assert "ComfyUI was restarted and forgot it; it is drawn again." in notes


async def test_a_job_that_comfyui_never_got_keeps_its_attempt():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED)
        drawn = await recovered(studio, job)
    assert (drawn.state, drawn.attempt, drawn.interrupted) == (S.RENDERED, 1, 0)
    assert studio.renderer.given == [job.prompt_id]


async def test_pictures_that_lie_in_comfyuis_output_are_not_drawn_a_second_time():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING, recipe=a_recipe(count=2))
        shades = [png(grey=10), png(grey=20)]
        studio.renderer.leaves(prefix_of(job.uid), *shades)
        drawn = await recovered(studio, job)
        artifacts = await studio.jobs.artifacts(job.id)
        assert [artifact.origin_sha256 for artifact in artifacts] == [
            sha256(shade).hexdigest() for shade in shades
        ]
    assert (drawn.state, drawn.attempt) == (S.RENDERED, 1)
    assert studio.renderer.given == []
    assert studio.told(S.RENDERED) == [job.id]


@pytest.mark.parametrize("left", [(png(),), (png(), png(), png())])
async def test_fewer_or_more_pictures_than_were_asked_for_are_drawn_again(left):
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING, recipe=a_recipe(count=2))
        studio.renderer.leaves(prefix_of(job.uid), *left)
        assert (await recovered(studio, job)).attempt == 2


async def test_a_blank_picture_in_the_output_is_drawn_again_with_another_seed():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        studio.pictures.blank = [png(grey=3)]
        studio.renderer.leaves(prefix_of(job.uid), png(grey=3))
        drawn = await recovered(studio, job)
    assert (drawn.state, drawn.attempt, drawn.recipe.redrawn_from) == (S.RENDERED, 2, job.recipe.seed)


async def test_a_damaged_picture_in_the_output_is_drawn_again():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        studio.renderer.leaves(prefix_of(job.uid), b"half a")
        drawn = await recovered(studio, job)
    assert (drawn.state, drawn.attempt) == (S.RENDERED, 2)


async def test_a_job_that_broke_off_twice_is_given_up_with_the_reason():
    async with a_studio() as studio:
        for _ in range(2):
            studio.renderer.play(Accepted(), Started(), RenderFailed(error=LOST))
        job = await studio.ask()
        failed = await recovered(studio, job)
    assert (failed.state, failed.failure.kind, failed.attempt) == (S.FAILED, "poison", 2)
    assert failed.failure.message == "ComfyUI broke down 2 times while it drew this."
    assert len(studio.renderer.given) == 2
    assert len(await studio.stores.outbox.due()) == 1


async def test_a_job_that_broke_off_once_before_the_restart_and_once_by_it_is_given_up():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), RenderFailed(error=LOST))
        job = await studio.ask()
        await studio.worker.run_once()
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())
        async with running(studio.worker.run()):
            await gate.reached.wait()
        studio.renderer.forget_all()
        assert (await recovered(studio, job)).failure.kind == "poison"


async def test_pictures_that_we_died_of_again_and_again_are_left_alone():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        studio.renderer.knows(job.prompt_id, Rendered())
        for _ in range(MAX_OPENED):
            await studio.jobs.open_pictures(job.id)
        failed = await recovered(studio, job)
    assert failed.failure.kind == "poison"
    assert "read the pictures" in failed.failure.message


async def test_a_wish_to_cancel_a_job_that_comfyui_forgot_is_fulfilled():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        await studio.control.cancel(job.id, AIKO)
        assert (await recovered(studio, job)).state is S.CANCELLED
    assert studio.renderer.given == []


async def test_recovery_done_twice_is_recovery_done_once():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        await studio.recovery.settle(job.id)
        once, events = await studio.jobs.get(job.id), await studio.jobs.events(job.id)
        assert await studio.recovery.settle(job.id) is None
        assert await studio.jobs.get(job.id) == once
        assert await studio.jobs.events(job.id) == events


async def test_every_job_is_decided_before_any_is_drawn_and_what_ended_is_fetched_first():
    async with a_studio() as studio:
        running_one = await studio.stored(S.SUBMITTED, S.RUNNING)
        ended = await studio.stored(S.SUBMITTED, S.RUNNING)
        gone = await studio.stored(S.SUBMITTED, S.RUNNING)
        gate = Gate()
        studio.renderer.knows(running_one.prompt_id, Accepted(), Started(), gate, Rendered())
        studio.renderer._outputs.pop(running_one.prompt_id)
        studio.renderer.knows(ended.prompt_id, Rendered())
        async with running(studio.worker.run()):
            await gate.reached.wait()
            await studio.until(ended, S.RENDERED)
            assert await studio.state(gone) is S.QUEUED
            assert studio.renderer.given == []
            gate.open.set()
            await studio.until(gone, S.RENDERED)


async def test_jobs_are_taken_while_recovery_waits_for_comfyui():
    async with a_studio() as studio:
        studio.renderer.away = True
        waiting = await studio.stored(S.SUBMITTED)
        async with running(studio.worker.run()):
            await settled()
            asked = await studio.ask()
            assert await studio.state(asked) is S.QUEUED
            assert await studio.state(waiting) is S.SUBMITTED
            studio.renderer.away = False
            studio.gate.open(Away)
            await studio.until(asked, S.RENDERED)


async def test_a_surprise_while_recovering_fails_one_job_and_no_other():
    async with a_studio() as studio:
        bad, good = await studio.stored(S.SUBMITTED), await studio.stored(S.SUBMITTED)
        standing = studio.renderer.standing

        async def stumble(prompt_id):
            if prompt_id == bad.prompt_id:
                raise ZeroDivisionError
            return await standing(prompt_id)

        studio.renderer.standing = stumble
        async with running(studio.worker.run()):
            await studio.until(good, S.RENDERED)
        assert await studio.state(bad) is S.FAILED


async def test_an_order_whose_fate_is_unknown_keeps_every_other_from_comfyui():
    async with a_studio() as studio:
        studio.renderer.play(InDoubt("ComfyUI did not answer."))
        doubtful, other = await studio.ask(), await studio.ask(user=77)
        answered, standing = asyncio.Event(), studio.renderer.standing

        async def answer_late(prompt_id):
            await answered.wait()
            return await standing(prompt_id)

        studio.renderer.standing = answer_late
        async with running(studio.worker.run()):
            await studio.until(doubtful, S.SUBMITTED)
            await settled()
            assert studio.renderer.given == [doubtful.prompt_id]
            assert await studio.state(doubtful) is S.SUBMITTED
            answered.set()
            studio.gate.open(Away)
            await studio.until(other, S.RENDERED)


async def test_an_order_in_doubt_that_comfyui_has_is_followed_to_its_end():
    async with a_studio() as studio:
        studio.renderer.play(InDoubt("ComfyUI did not answer."))
        job = await studio.ask()
        standing = studio.renderer.standing

        async def taken_after_all(prompt_id):
            studio.renderer.knows(prompt_id)
            return await standing(prompt_id)

        studio.renderer.standing = taken_after_all
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert (drawn.attempt, studio.renderer.given) == (1, [job.prompt_id])


async def test_a_job_in_doubt_that_comfyui_loses_every_time_fails_at_last():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED)
        for attempt in range(MAX_ATTEMPTS):
            assert (await studio.jobs.get(job.id)).attempt == attempt + 1
            await studio.recovery.settle(job.id, given=True)
            queued = await studio.jobs.get(job.id)
            if queued.state is S.QUEUED:
                submitted = queued.to(S.SUBMITTED, at=studio.clock.now())
                await studio.jobs.store(submitted, was=S.QUEUED)
    assert (await studio.jobs.get(job.id)).failure.kind == "lost"


async def test_pictures_forgotten_before_they_were_fetched_are_taken_from_the_output():
    async with a_studio() as studio:
        job = await studio.ask()
        studio.renderer.leaves(prefix_of(job.uid), png())

        async def forgot(prompt_id):
            studio.renderer.forget_all()
            raise LOST

        studio.renderer.outputs = forgot
        await studio.worker.run_once()
        drawn = await studio.until(job, S.RENDERED)
    assert (drawn.attempt, studio.renderer.given) == (1, [job.prompt_id])


async def test_a_history_that_comes_back_is_fetched():
    async with a_studio() as studio:
        job = await studio.ask()
        outputs = studio.renderer.outputs

        async def forgot_once(prompt_id):
            studio.renderer.outputs = outputs
            raise LOST

        studio.renderer.outputs = forgot_once
        await studio.worker.run_once()
        assert (await studio.until(job, S.RENDERED)).attempt == 1


async def test_a_history_that_contradicts_itself_fails_the_job():
    async with a_studio() as studio:
        job = await studio.ask()

        async def forgot(prompt_id):
            raise LOST

        studio.renderer.outputs = forgot
        await studio.worker.run_once()
        assert (await studio.until(job, S.FAILED)).failure.kind == "lost"


async def test_a_job_that_is_running_when_it_is_found_is_cancelled_if_that_was_wished():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        await studio.control.cancel(job.id, AIKO)
        studio.renderer.knows(job.prompt_id, Accepted(), Gate(), Rendered())
        studio.renderer._outputs.pop(job.prompt_id)
        assert (await recovered(studio, job)).state is S.CANCELLED
    assert studio.renderer.cancelled == [job.prompt_id]


async def test_a_drawing_that_had_begun_when_comfyui_left_is_looked_for():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), RendererAway("ComfyUI's worker has died."))
        job = await studio.ask()
        await studio.worker.run_once()
        queued = await studio.jobs.get(job.id)
    assert (queued.state, queued.attempt, queued.interrupted) == (S.QUEUED, 2, 1)


async def test_a_damaged_picture_is_not_salvaged():
    async with a_studio() as studio:
        job = await studio.stored(S.SUBMITTED, S.RUNNING)
        studio.renderer.leaves(prefix_of(job.uid), b"half a picture")
        assert await studio.recovery.settle(job.id) is None
        assert await studio.state(job) is S.QUEUED
