"""From ComfyUI's hands to our shelf: every picture, or a failure that says why."""

from hashlib import sha256

import pytest

from bot.core.errors import Lost, NoOutput, RendererAway
from bot.core.job import JobState, Timings, Warmth
from bot.core.progress import Accepted, Phase, Progress, Rendered, Sampled, Started
from bot.studio import patiently
from bot.studio.collect import timings_of
from tests.builders import NOW, a_graph, a_job, a_project, png, some_timings
from tests.fakes import Gate
from tests.studio.house import AIKO, a_studio, running


async def collected(studio, *, pictures=None, **request):
    studio.renderer.pictures = pictures or [png()]
    job = await studio.ask(**request)
    await studio.worker.run_once()
    return await studio.until(job, JobState.RENDERED, JobState.FAILED)


async def test_every_picture_is_shelved_and_recorded_in_order():
    shades = [png(grey=shade) for shade in (10, 20, 30)]
    async with a_studio() as studio:
        job = await collected(studio, pictures=shades, count=3)
        artifacts = await studio.jobs.artifacts(job.id)
        assert [artifact.origin_sha256 for artifact in artifacts] == [
            sha256(shade).hexdigest() for shade in shades
        ]
        assert [artifact.index for artifact in artifacts] == [1, 2, 3]
        assert len({artifact.sha256 for artifact in artifacts}) == 3
        assert artifacts[0].source.filename.startswith(job.prompt_id)
        due = await studio.stores.outbox.due()
        assert [posting.job for posting in due] == [job.id]


async def test_the_pictures_of_a_job_were_recorded_at_one_and_the_same_moment():
    """The order of their numbers is the order of their times: by that a span of time is found."""
    async with a_studio() as studio:
        finish = studio.darkroom.finish

        async def slow_for_the_first(content, *, asked=None):
            studio.clock.advance(5)
            return await finish(content, asked=asked)

        studio.darkroom.finish = slow_for_the_first
        job = await collected(studio, pictures=[png(grey=shade) for shade in (1, 2, 3)], count=3)
        created = {artifact.created for artifact in await studio.jobs.artifacts(job.id)}
    assert created == {job.since}


async def test_pictures_lie_in_the_folder_of_their_project_and_day():
    async with a_studio() as studio:
        other = await collected(studio)
        await studio.library.create("Harbour", gallery=None, actor=AIKO)
        job = await collected(studio, project="Harbour")
        (of_project,), (of_none,) = await studio.jobs.artifacts(job.id), await studio.jobs.artifacts(other.id)
    assert of_project.path == f"library/harbour/_/2026-09-21/images/{job.id}_1.png"
    assert of_none.path.startswith("library/_/_/")
    assert a_project().slug == "harbour"


async def test_a_success_without_a_picture_is_a_failure():
    async with a_studio() as studio:

        async def nothing(prompt_id):
            return ()

        studio.renderer.outputs = nothing
        job = await collected(studio)
    assert (job.state, job.failure.kind) == (JobState.FAILED, "no_output")
    assert job.failure.hint


async def test_one_bad_picture_of_many_fails_the_job_and_nothing_is_recorded():
    async with a_studio() as studio:
        job = await collected(studio, pictures=[png(), b"", png()])
        assert (job.state, job.failure.kind) == (JobState.FAILED, "no_output")
        assert await studio.jobs.artifacts(job.id) == []
        assert studio.collected == []


async def test_a_file_that_is_not_there_fails_the_job():
    async with a_studio() as studio:

        async def missing(output):
            raise NoOutput("It is not there.", hint="Draw it again.")

        studio.renderer.fetch = missing
        job = await collected(studio)
    assert (job.failure.kind, job.failure.message) == ("no_output", "It is not there.")


async def test_pictures_wait_while_comfyui_is_away(monkeypatch):
    monkeypatch.setattr(patiently, "AWAY_RETRY_S", 0)
    async with a_studio() as studio:
        answers = [RendererAway("away"), RendererAway("away")]
        outputs, fetch = studio.renderer.outputs, studio.renderer.fetch

        async def away_at_first(ask, of):
            if answers:
                raise answers.pop()
            return await ask(of)

        studio.renderer.outputs = lambda prompt_id: away_at_first(outputs, prompt_id)
        studio.renderer.fetch = lambda output: away_at_first(fetch, output)
        assert (await collected(studio)).state is JobState.RENDERED
        assert answers == []


async def test_a_forgotten_prompt_is_the_workers_to_decide():
    async with a_studio() as studio:

        async def forgot(prompt_id):
            raise Lost("gone")

        studio.renderer.outputs = forgot
        job = await studio.stored(JobState.SUBMITTED)
        with pytest.raises(Lost):
            await studio.collector.collect(job, Progress.of_graph(a_graph()))
        assert await studio.state(job) is JobState.SUBMITTED


async def test_a_failure_is_told_to_its_person_once():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED)
        for _ in range(2):
            await studio.collector.fail(job, NoOutput("nothing"))
        assert len(await studio.stores.outbox.due()) == 1
        assert studio.told(JobState.FAILED) == [job.id]


async def test_the_time_of_each_part_is_stored():
    async with a_studio() as studio:
        gates = [Gate(), Gate()]
        studio.renderer.play(
            Accepted(),
            Started(cached=frozenset({"4"})),
            gates[0],
            Sampled(node="3", step=1, of=1),
            gates[1],
            Rendered(),
        )
        job = await studio.ask()
        studio.clock.advance(40)
        async with running(studio.worker.run()):
            for gate, spent in zip(gates, (10, 3000), strict=True):
                await gate.reached.wait()
                studio.clock.advance(spent)
                gate.open.set()
            drawn = await studio.until(job, JobState.RENDERED)
    assert drawn.timings == Timings(queued=40, sample=3000, drawing=3010, fetch=0, warmth=Warmth.WARM)


def test_what_was_not_seen_was_not_measured():
    unseen = Progress.of_graph(a_graph())
    assert timings_of(a_job(), unseen, fetched=NOW) == Timings()
    waited = a_job(timings=some_timings(queued=7))
    joined = Progress(nodes={}, started=NOW, ended=NOW + 9, joined=True, spent={Phase.SAMPLING: 5})
    assert timings_of(waited, joined, fetched=NOW + 10) == Timings(queued=7, fetch=1)


def test_saving_counts_decoding_as_well():
    spent = {Phase.DECODING: 5, Phase.SAVING: 2, Phase.LOADING: 8}
    progress = Progress(nodes={}, started=NOW, ended=NOW + 20, spent=spent)
    timings = timings_of(a_job(), progress, fetched=NOW + 25)
    assert (timings.save, timings.load, timings.drawing, timings.fetch) == (7, 8, 20, 5)
