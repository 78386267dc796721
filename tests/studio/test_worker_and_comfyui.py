"""What the worker does when ComfyUI refuses, forgets, is away, or ends a drawing in its own way."""

import pytest

from bot.core.errors import Lost, Refused, RendererAway
from bot.core.job import JobState
from bot.core.progress import Accepted, Interrupted, RenderFailed, Started
from bot.core.recovery import MAX_ATTEMPTS
from bot.studio.gate import Away
from tests.builders import a_drawing, png
from tests.fakes import Gate
from tests.studio.house import AIKO, a_studio, running, settled

S = JobState
LOST = RenderFailed(error=Lost("ComfyUI forgot it.", hint="It is drawn again."))


async def test_a_refusal_fails_the_job_and_is_not_tried_again():
    async with a_studio() as studio:
        studio.renderer.refusal = Refused("KSampler: steps is too large.", hint="Choose fewer.")
        job = await studio.ask()
        await studio.worker.run_once()
        assert not await studio.worker.run_once()
    failed = await studio.jobs.get(job.id)
    assert (failed.state, failed.failure.kind, failed.failure.hint) == (S.FAILED, "refused", "Choose fewer.")
    assert len(studio.renderer.orders) == 1


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
