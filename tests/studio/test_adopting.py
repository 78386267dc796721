"""Adopting old pictures: each becomes part of the library once, whatever breaks in between."""

import asyncio
import json
from contextlib import aclosing

import pytest

from bot.core.artifact import ArtifactKind
from bot.core.errors import DiskFull
from bot.core.inscription import Inscription, Parameters
from bot.core.job import JobState
from bot.ports.hoard import Passed
from bot.studio import adopting as module
from bot.studio.adopting import Adopting, Known, Taken
from tests.builders import GUILD, NOW, USER, a_graph, a_new_project, a_pin, a_reference, png
from tests.fakes import FakeHoard
from tests.studio.house import a_studio

SHADES = {f"{number}.png": png(grey=number) for number in range(6)}
TOLD = Parameters(
    prompt="a heron", negative="fog", seed=7, steps=20, cfg=5.0, sampler="euler", scheduler="normal"
)


async def adopting(studio, hoard):
    project = await studio.stores.projects.named(GUILD, "Harbour") or await studio.stores.projects.add(
        a_new_project()
    )
    return Adopting(
        hoard,
        project,
        jobs=studio.jobs,
        artifacts=studio.stores.artifacts,
        discards=studio.stores.discards,
        darkroom=studio.darkroom,
        shelf=studio.shelf,
        clock=studio.clock,
    )


async def outcomes(studio, files, *, stop=None):
    use_case = await adopting(studio, files if isinstance(files, FakeHoard) else FakeHoard(files))
    return [outcome async for outcome in use_case.run(stop or asyncio.Event())]


async def all_jobs(studio):
    return await studio.jobs.in_states(*JobState)


async def test_a_picture_is_taken_over_as_it_is_with_what_its_file_tells():
    content = SHADES["0.png"]
    async with a_studio() as studio:
        graph = json.dumps(a_graph().to_api())
        studio.darkroom.inscriptions[content] = Inscription(parameters=TOLD, graph=graph, remarks=("Odd.",))
        hoard = FakeHoard({"2024/old\udce9.png": content}, changed=NOW - 10 * 86_400_000)
        (taken,) = await outcomes(studio, hoard)
        job = await studio.jobs.get(taken.job)
        (artifact,) = await studio.jobs.artifacts(job.id)
        assert await studio.shelf.read(artifact.path) == content
        assert (await studio.stores.outbox.due(), studio.collected) == ([], [])
        found = await studio.jobs.find("heron", guild=GUILD)
    assert taken.remarks == ("Odd.",)
    assert (job.state, job.origin.guild, job.origin.channel) == (JobState.SHELVED, GUILD, None)
    assert (job.request.prompt, job.recipe.seed, job.graph) == ("a heron", 7, a_graph())
    assert artifact.path.startswith("library/harbour/_/2026-09-11/imports/")
    assert artifact.thumbnail.startswith("library/harbour/_/2026-09-11/thumbnails/")
    assert (artifact.kind, artifact.origin_sha256) == (ArtifactKind.IMPORTS, artifact.sha256)
    assert (artifact.source.subfolder, artifact.source.filename) == ("2024", "old?.png")
    assert artifact.measures is not None
    assert [one.id for one in found] == [job.id]


async def test_again_nothing_is_taken_twice_and_a_copy_under_another_name_is_known():
    async with a_studio() as studio:
        files = {**SHADES, "copy of 0.png": SHADES["0.png"]}
        first = await outcomes(studio, files)
        again = await outcomes(studio, files)
        assert len(await all_jobs(studio)) == len(SHADES)
    assert sorted(type(outcome).__name__ for outcome in first) == ["Known"] + ["Taken"] * 6
    assert {type(outcome) for outcome in again} == {Known}


async def test_what_cannot_be_read_is_named_with_its_reason_and_the_rest_is_taken():
    async with a_studio() as studio:
        hoard = FakeHoard({"a.png": png(), "b.png": b"", "c.png": None, "d.png": png(grey=9)})
        read = hoard.read

        async def gone(find):
            hoard.files.pop("d.png", None)
            return await read(find)

        hoard.read = gone
        found = await outcomes(studio, hoard)
    why = {outcome.name: outcome.why for outcome in found if isinstance(outcome, Passed)}
    assert why == {
        "b.png": "The picture cannot be used.",
        "c.png": "It is a link, and links are not followed.",
        "d.png": "It cannot be opened: it is gone.",
    }
    assert [outcome.find.name for outcome in found if isinstance(outcome, Taken)] == ["a.png"]


async def test_when_it_is_stopped_what_is_in_hand_is_finished_and_the_rest_waits_for_the_next_time(
    monkeypatch,
):
    monkeypatch.setattr(module, "AT_ONCE", 3)
    async with a_studio() as studio:
        stop = asyncio.Event()
        use_case = await adopting(studio, FakeHoard(SHADES))
        seen = []
        async with aclosing(use_case.run(stop)) as run:
            async for outcome in run:
                seen.append(outcome)
                stop.set()
        assert 0 < len(seen) < len(SHADES)
        assert len(await all_jobs(studio)) == len(seen)
        assert len(studio.shelf.files) == 2 * len(seen)
        rest = await outcomes(studio, SHADES)
        assert len([outcome for outcome in rest if isinstance(outcome, Taken)]) == len(SHADES) - len(seen)


@pytest.mark.parametrize(("bytes_at_once", "in_hand"), [(10**9, 3), (2 * len(png()), 2), (1, 1)])
async def test_of_large_files_fewer_are_in_hand_at_the_same_time(monkeypatch, bytes_at_once, in_hand):
    monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr(module, "BYTES_AT_ONCE", bytes_at_once)
    async with a_studio() as studio:
        hoard = FakeHoard(dict.fromkeys(SHADES, SHADES["0.png"]))
        read, reading, most = hoard.read, set(), []

        async def slowly(find):
            reading.add(find)
            most.append(len(reading))
            await asyncio.sleep(0)
            reading.remove(find)
            return await read(find)

        hoard.read = slowly
        assert len(await outcomes(studio, hoard)) == len(SHADES)
    assert max(most) == in_hand


async def test_a_full_disk_ends_it_and_what_was_taken_before_is_safe():
    async with a_studio() as studio:
        put, kept = studio.shelf.put, []

        async def full_after_two(picture, *, place, name):
            kept.append(name)
            if len(kept) > 4:
                raise DiskFull("No room.", hint="Make room.")
            return await put(picture, place=place, name=name)

        studio.shelf.put = full_after_two
        with pytest.raises(DiskFull):
            await outcomes(studio, SHADES)
        studio.shelf.put = put
        await outcomes(studio, SHADES)
        assert len(await all_jobs(studio)) == len(SHADES)


async def test_what_was_deleted_here_does_not_come_back_by_itself():
    async with a_studio() as studio:
        (taken,) = await outcomes(studio, {"a.png": png()})
        (artifact,) = await studio.jobs.artifacts(taken.job)
        await studio.stores.artifacts.delete([artifact.id], at=NOW)
        (passed,) = await outcomes(studio, {"a.png": png()})
        assert passed.why == "It was taken over before and deleted since."
        assert studio.shelf.files == {}


async def test_what_was_moved_to_another_project_is_not_taken_twice():
    async with a_studio() as studio:
        (taken,) = await outcomes(studio, {"a.png": png()})
        other = await studio.stores.projects.add(a_new_project(name="Docks"))
        await studio.stores.artifacts.move(taken.job, project=other.id)
        (passed,) = await outcomes(studio, {"a.png": png()})
        assert passed.why == "It was taken over before and moved to another project since."
        kept = dict(studio.shelf.files)
        await outcomes(studio, FakeHoard({"copied.png": png()}, changed=NOW + 86_400_000))
        assert studio.shelf.files == kept


async def test_a_deleted_picture_that_somebody_took_up_for_a_drawing_survives_its_second_coming():
    async with a_studio() as studio:
        (taken,) = await outcomes(studio, {"a.png": png()})
        (artifact,) = await studio.jobs.artifacts(taken.job)
        pin = a_pin(reference=a_reference(path=artifact.path))
        await studio.stores.pins.put(guild=GUILD, user=USER, pin=pin)
        await studio.stores.artifacts.delete([artifact.id], at=NOW)
        await outcomes(studio, {"a.png": png()})
        assert list(studio.shelf.files) == [artifact.path]
        (artifact,) = await studio.jobs.artifacts(taken.job)
        assert await studio.shelf.read(artifact.path) == png()


async def test_a_look_alike_is_noted_and_a_blank_one_looks_like_none():
    async with a_studio() as studio:
        develop = studio.darkroom.develop
        await outcomes(studio, {"a.png": png()})
        first = await develop(png())

        async def alike(content, *, asked=None):
            return first

        studio.darkroom.develop = alike
        (taken,) = await outcomes(studio, {"b.png": png(grey=1)})
        assert (await studio.jobs.artifacts(taken.job))[0].near == 1

        async def blank(content, *, asked=None):
            return type(first)(
                measures=first.measures, fingerprint=None, thumbnail=b"x", media_type="image/png"
            )

        studio.darkroom.develop = blank
        (taken,) = await outcomes(studio, {"c.png": png(grey=2)})
        assert (await studio.jobs.artifacts(taken.job))[0].near is None


@pytest.mark.parametrize("graph", [None, "", "no json", "[1]", '{"1": {}}', '{"nodes": [], "links": []}'])
async def test_a_graph_that_is_none_is_done_without(graph):
    async with a_studio() as studio:
        studio.darkroom.inscriptions[png()] = Inscription(graph=graph)
        (taken,) = await outcomes(studio, {"a.png": png()})
        assert (await studio.jobs.get(taken.job)).graph is None
