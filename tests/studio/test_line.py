"""The line as people see it: places, waiting times, and what each card shows."""

from dataclasses import replace

from bot.core.job import JobState
from bot.core.progress import Accepted, Progress, Rendered, Started
from bot.core.queueing import Known, Learning
from bot.studio.gate import Paused
from bot.studio.line import PER_PAGE, kind_of
from tests.builders import NOW, a_graph, a_job, some_timings
from tests.fakes import Gate
from tests.studio.house import AIKO, a_studio, running

TOOK = 4000


async def measure(studio, *, drawings=3):
    """Let warm drawings of the usual kind have been measured, each TOOK milliseconds."""
    for _ in range(drawings):
        job = await studio.ask(user=99)
        measured = replace(job, state=JobState.DELIVERED, timings=some_timings(drawing=TOOK))
        studio.stores.memory.jobs[job.id] = measured


async def test_an_empty_line_takes_no_time():
    async with a_studio() as studio:
        assert await studio.line.order() == []
        view = await studio.line.queue()
    assert (view.drawing, view.line, view.shown, view.hold) == (None, (), (), None)
    assert (view.page, view.pages, view.total) == (0, 1, Known(ms=0, drawings=0))


async def test_a_waiting_job_shows_its_place_and_when_it_starts():
    async with a_studio() as studio:
        await measure(studio)
        _, second = await studio.ask(), await studio.ask()
        view = await studio.line.view(second.id)
    assert (view.place, view.wait, view.starts) == (2, Known(ms=TOOK, drawings=3), NOW + TOOK)


async def test_with_too_few_drawings_it_says_that_it_is_learning():
    async with a_studio() as studio:
        await measure(studio, drawings=2)
        _, second = await studio.ask(), await studio.ask()
        view = await studio.line.view(second.id)
    assert (view.wait, view.starts) == (Learning(drawings=2), None)


async def test_a_job_that_waits_once_more_tells_why_and_any_other_nothing():
    async with a_studio() as studio:
        first, again = await studio.ask(), await studio.ask()
        submitted = again.to(JobState.SUBMITTED, at=NOW)
        await studio.jobs.store(submitted, was=JobState.QUEUED)
        back = submitted.next_attempt().to(JobState.QUEUED, at=NOW)
        await studio.jobs.store(back, was=JobState.SUBMITTED, note="ComfyUI forgot it.")
        notes = [(await studio.line.view(job.id)).note for job in (first, again)]
    assert notes == ["", "ComfyUI forgot it."]


async def test_a_job_that_comes_back_before_anything_is_known_of_it_gives_no_reason():
    async with a_studio() as studio:
        job = await studio.ask()
        studio.stores.memory.jobs[job.id] = replace(job, attempt=2)
        studio.stores.memory.events.clear()
        assert (await studio.line.view(job.id)).note == ""


async def test_a_held_queue_promises_no_start():
    async with a_studio() as studio:
        job = await studio.ask()
        studio.gate.close(Paused(since=NOW))
        view = await studio.line.view(job.id)
    assert (view.hold, view.starts, view.wait) == (Paused(since=NOW), None, Known(ms=0, drawings=0))


async def test_a_long_line_is_shown_page_by_page_and_counted_whole():
    async with a_studio() as studio:
        jobs = [await studio.ask() for _ in range(PER_PAGE + 2)]
        first, last, beyond = [await studio.line.queue(page) for page in (0, 1, 99)]
    assert [(each.job.id, each.place) for each in last.shown] == [(jobs[-2].id, 11), (jobs[-1].id, 12)]
    assert [each.place for each in first.shown] == list(range(1, PER_PAGE + 1))
    assert (first.page, first.pages, len(first.line)) == (0, 2, PER_PAGE + 2)
    assert (last.page, beyond) == (1, last)


async def test_places_move_up_when_somebody_leaves():
    async with a_studio() as studio:
        first, second = await studio.ask(), await studio.ask()
        await studio.control.cancel(first.id, AIKO)
        assert (await studio.line.view(second.id)).place == 1


async def test_a_card_shows_the_jobs_project():
    async with a_studio() as studio:
        project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
        job = await studio.ask(project="Harbour")
        assert (await studio.line.view(job.id)).project == project


async def test_what_is_drawn_shows_its_progress_and_when_it_ends_and_the_rest_wait_for_what_is_left_of_it():
    async with a_studio() as studio:
        await measure(studio)
        gate = Gate()
        studio.renderer.play(Accepted(), Started(), gate, Rendered())
        first, second = await studio.ask(), await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            studio.clock.advance(1000)
            view, waiting = await studio.line.view(first.id), await studio.line.view(second.id)
            queue = await studio.line.queue()
            studio.clock.advance(TOOK)
            late, still = await studio.line.view(first.id), await studio.line.view(second.id)
            gate.open.set()
            await studio.until(second, JobState.RENDERED)
    assert (view.progress.started, view.ends) == (NOW, NOW + TOOK)
    assert view.drawing_time == Known(ms=TOOK, drawings=3)
    assert (waiting.wait.ms, waiting.starts) == (3000, NOW + TOOK)
    assert queue.drawing == view
    assert [(each.job.id, each.place) for each in queue.shown] == [(second.id, 1)]
    assert queue.total == Known(ms=3000 + TOOK, drawings=3)
    assert (late.ends, still.wait.ms) == (None, 0)


async def test_of_a_drawing_whose_kind_is_not_known_yet_no_end_is_promised():
    async with a_studio() as studio:
        gate = Gate()
        studio.renderer.play(Accepted(), Started(), gate, Rendered())
        first, second = await studio.ask(), await studio.ask()
        async with running(studio.worker.run()):
            await gate.reached.wait()
            view, waiting = await studio.line.view(first.id), await studio.line.view(second.id)
            gate.open.set()
            await studio.until(second, JobState.RENDERED)
    assert (view.ends, view.drawing_time) == (None, Learning(drawings=0))
    assert waiting.wait == Learning(drawings=0)


async def test_a_job_that_comfyui_has_not_begun_takes_its_whole_time():
    async with a_studio() as studio:
        await measure(studio)
        job = await studio.stored(JobState.SUBMITTED, recipe=(await studio.ask()).recipe)
        studio.lane.enter(job, Progress.of_graph(a_graph()))
        studio.clock.advance(500)
        assert (await studio.line.view(job.id)).ends is None
        assert (await studio.line.view(4)).wait == Known(ms=TOOK, drawings=3)
        studio.lane.release()


async def test_a_drawing_joined_after_a_restart_is_expected_from_when_it_began():
    async with a_studio() as studio:
        await measure(studio)
        job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, recipe=(await studio.ask()).recipe)
        studio.clock.advance(1000)
        studio.lane.enter(job, Progress.of_graph(a_graph()))
        assert (await studio.line.view(job.id)).ends == NOW + TOOK
        studio.lane.release()


async def test_a_job_that_nobody_follows_shows_what_is_stored():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED)
        view = await studio.line.view(job.id)
    assert (view.job.state, view.progress, view.place) == (JobState.SUBMITTED, None, None)


async def test_a_job_that_is_drawn_shows_no_progress_any_more():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED, JobState.RENDERED)
        assert (await studio.line.view(job.id)).progress is None


def test_drawings_of_one_kind_differ_in_nothing_that_costs_time():
    job = a_job()
    assert kind_of(job) == kind_of(a_job(recipe=replace(job.recipe, prompt="x", seed=1, cfg=1.0)))
    for change in ({"steps": 8}, {"count": 4}, {"model": "x"}, {"workflow": "x"}):
        assert kind_of(job) != kind_of(a_job(recipe=replace(job.recipe, **change)))
