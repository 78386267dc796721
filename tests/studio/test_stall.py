"""A drawing that nothing is heard of: asked after, stopped by its own id, tried once more, and no more."""

import pytest

from bot.core.job import JobState
from bot.core.patience import HANGS_AFTER_MS, UNKNOWN_MS
from bot.core.progress import Accepted, Rendered, Started
from bot.core.recovery import Standing
from bot.studio import stall
from tests.fakes import Gate
from tests.studio.house import AIKO, a_studio, running, settled

S = JobState


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(stall, "LOOK_EVERY_S", 0)


async def test_a_silent_drawing_is_interrupted_and_tried_once_more():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.clock.advance(UNKNOWN_MS)
            drawn = await studio.until(job, S.RENDERED, S.FAILED)
    assert (drawn.state, drawn.attempt, drawn.interrupted) == (S.RENDERED, 2, 1)
    assert studio.renderer.cancelled == [job.prompt_id]
    notes = [event.note for event in await studio.jobs.events(job.id)]
    assert any("ComfyUI said nothing for 20 minutes" in note for note in notes)


async def test_a_drawing_that_is_silent_again_fails_with_a_word():
    async with a_studio() as studio:
        gates = [Gate(), Gate()]
        for gate in gates:
            studio.renderer.play(Accepted(), Started(), gate, Rendered())
        job = await studio.ask()
        async with running(studio.worker.run()):
            for gate in gates:
                await gate.reached.wait()
                studio.clock.advance(UNKNOWN_MS)
            failed = await studio.until(job, S.FAILED)
    assert failed.failure.kind == "stalled"
    assert len(studio.renderer.given) == 2


@pytest.mark.parametrize("script", [(Accepted(ahead=3),), (Accepted(),)])
async def test_one_that_waits_behind_others_may_be_silent_for_ever(script):
    async with a_studio() as studio:
        studio.renderer.play(*script, gate := Gate(), Rendered())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.clock.advance(UNKNOWN_MS * 9)
            await settled()
            assert studio.renderer.cancelled == []
            gate.open.set()
            await studio.until(job, S.RENDERED)


@pytest.mark.parametrize("standing", [Standing.ENDED, Standing.GONE, Standing.WAITING])
async def test_a_drawing_that_comfyui_does_not_say_it_runs_is_not_stopped(standing):
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())
        job = await studio.ask()

        async def elsewhere(prompt_id):
            return standing

        studio.renderer.standing = elsewhere
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.clock.advance(UNKNOWN_MS)
            await settled()
            assert studio.renderer.cancelled == []
            gate.open.set()
            await studio.until(job, S.RENDERED)


async def test_silence_while_nobody_answers_is_not_the_drawings():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.renderer.away = True
            studio.clock.advance(UNKNOWN_MS)
            await settled()
            studio.renderer.away = False
            gate.open.set()
            drawn = await studio.until(job, S.RENDERED)
    assert drawn.attempt == 1


async def test_a_person_who_cancels_a_stalled_drawing_has_it_cancelled():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())
        job = await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.lane.drawing.stalled = True
            await studio.control.cancel(job.id, AIKO)
            await studio.until(job, S.CANCELLED)


async def test_a_comfyui_that_hangs_is_told_and_the_lane_stays_busy():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())
        job = await studio.ask()

        async def deaf(prompt_id):
            studio.renderer.cancelled.append(prompt_id)

        studio.renderer.cancel = deaf
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.clock.advance(UNKNOWN_MS)
            await settled()
            studio.clock.advance(HANGS_AFTER_MS)
            await settled()
            await studio.alarm.run_once()
            assert studio.lane.drawing is not None
            gate.open.set()
            await studio.until(job, S.RENDERED)
    (alert,) = studio.alerts.told
    assert f"ComfyUI hangs over #{job.id}" in alert.message


async def test_a_watch_that_trips_is_an_incident_and_the_drawing_goes_on():
    async with a_studio() as studio:
        studio.renderer.play(Accepted(), Started(), gate := Gate(), Rendered())

        async def broken(kind):
            raise ZeroDivisionError

        job = await studio.ask()
        expected, studio.line.expected = studio.line.expected, broken
        async with running(studio.worker.run()):
            await gate.reached.wait()
            await settled()
            studio.line.expected = expected
            gate.open.set()
            await studio.until(job, S.RENDERED)
        assert [entry.name for entry in await studio.stores.journal.newest()] == ["watching"]
