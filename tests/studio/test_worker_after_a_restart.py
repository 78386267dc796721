"""What the worker leaves behind, and what it takes up again."""

import pytest

from bot.core.job import JobState
from bot.core.progress import Accepted, NodeStarted, Rendered, Sampled, Started
from bot.studio.gate import Away
from tests.builders import a_drawing
from tests.fakes import Gate
from tests.studio.house import AIKO, a_studio, running, settled

S = JobState


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
