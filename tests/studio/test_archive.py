"""Kept for good: every picture in its folder, with its parameters in it and all that was found out of it."""

import json
from dataclasses import replace
from hashlib import sha256

from bot.core.artifact import ArtifactKind
from bot.core.generation import CastMember
from bot.core.job import JobState
from bot.core.lineage import Descent
from bot.core.quality import Finding
from bot.studio import patiently
from bot.studio.archive import Made
from tests.builders import a_job, a_lineage, a_recipe, an_output, png
from tests.studio.house import a_studio

PICTURE = png()


async def kept(studio, *, pictures=(PICTURE,), **new):
    """Have a stored job drawn; return it and its pictures."""
    studio.renderer.pictures = list(pictures)
    job = await studio.stored(**new)
    await studio.worker.run_once()
    job = await studio.until(job, JobState.RENDERED, JobState.FAILED)
    assert job.state is JobState.RENDERED, job.failure
    return job, await studio.jobs.artifacts(job.id)


async def test_the_file_tells_what_it_was_drawn_with_and_its_first_bytes_are_known_by_their_hash():
    async with a_studio() as studio:
        job, (artifact,) = await kept(studio)
        content = await studio.shelf.read(artifact.path)
        inscription = await studio.darkroom.inscription(content)
    assert artifact.origin_sha256 == sha256(PICTURE).hexdigest()
    assert artifact.sha256 == sha256(content).hexdigest() != artifact.origin_sha256
    assert artifact.bytes == len(content)
    told = inscription.parameters
    assert (told.prompt, told.seed, told.model) == (job.recipe.prompt, job.recipe.seed, job.recipe.model)
    assert dict(told.others)["Genga job"] == str(job.id)
    assert json.loads(inscription.graph) == job.graph.to_api()


async def test_the_first_of_the_cast_names_the_folder_and_how_it_came_the_kind():
    cast = (CastMember(id=3, name="Mira", slug="mira"), CastMember(id=4, name="Yuki", slug="yuki"))
    async with a_studio() as studio:
        _, (artifact,) = await kept(
            studio, recipe=a_recipe(cast=cast), lineage=a_lineage(how=Descent.UPSCALE)
        )
    assert artifact.path == "library/_/mira/2026-09-21/upscales/1_1.png"
    assert artifact.kind is ArtifactKind.UPSCALES
    assert artifact.thumbnail == "library/_/mira/2026-09-21/thumbnails/1_1.webp"


async def test_what_a_picture_is_like_is_recorded_with_its_thresholds():
    async with a_studio() as studio:
        usual = (await studio.darkroom.develop(PICTURE)).measures
        studio.darkroom.measures[PICTURE] = replace(usual, sharpness=0.001)
        _, (artifact,) = await kept(studio)
    assert artifact.measures.findings() == (Finding.BLURRED, Finding.WRONG_ASPECT)
    assert artifact.measures.thresholds == usual.thresholds
    assert artifact.fingerprint is not None


async def test_a_workflow_without_a_size_of_its_own_cannot_miss_it():
    async with a_studio() as studio:
        places = studio.workflows["txt2img"].places
        without = {name: place for name, place in places.items() if name not in ("width", "height")}
        studio.workflows["txt2img"] = replace(studio.workflows["txt2img"], places=without)
        _, (artifact,) = await kept(studio)
        _, (of_unknown,) = await kept(studio, recipe=a_recipe(workflow="gone"))
    assert artifact.measures.aspect is None
    assert of_unknown.measures.aspect is None


async def test_a_picture_that_looks_like_an_earlier_one_names_it_and_never_one_of_its_own_job():
    async with a_studio() as studio:
        _, first = await kept(studio, pictures=[PICTURE, PICTURE])
        _, (second,) = await kept(studio)
    assert [artifact.near for artifact in first] == [None, None]
    assert second.near in {artifact.id for artifact in first}


async def test_whatever_trips_over_a_picture_costs_its_measures_and_not_the_picture():
    async with a_studio() as studio:
        studio.darkroom.undevelopable.append(PICTURE)

        async def trip(*_, **__):
            raise RuntimeError("tripped while writing")

        studio.darkroom.inscribe = trip
        _, (artifact,) = await kept(studio)
        assert await studio.shelf.read(artifact.path) == PICTURE
        incidents = [entry.detail["message"] for entry in studio.stores.journal.entries]
    assert (artifact.measures, artifact.fingerprint, artifact.thumbnail, artifact.near) == (None,) * 4
    assert incidents == ["tripped while measuring", "tripped while writing"]


async def test_a_thumbnail_that_cannot_be_kept_is_done_without():
    async with a_studio() as studio:
        put = studio.shelf.put

        async def only_pictures(picture, *, place, name):
            if place.kind == "thumbnails":
                raise PermissionError("read-only")
            return await put(picture, place=place, name=name)

        studio.shelf.put = only_pictures
        _, (artifact,) = await kept(studio)
    assert artifact.thumbnail is None
    assert artifact.measures is not None


async def test_a_picture_of_one_colour_looks_like_no_other(monkeypatch):
    async with a_studio() as studio:
        finish = studio.darkroom.finish

        async def without_fingerprint(content, *, asked=None):
            finished = await finish(content, asked=asked)
            return replace(finished, development=replace(finished.development, fingerprint=None))

        studio.darkroom.finish = without_fingerprint
        for _ in range(2):
            _, (artifact,) = await kept(studio)
    assert (artifact.fingerprint, artifact.near) == (None, None)


async def test_pictures_and_thumbnails_wait_for_room(monkeypatch):
    monkeypatch.setattr(patiently, "AWAY_RETRY_S", 0)
    async with a_studio() as studio:
        studio.shelf.full = 3
        _, (artifact,) = await kept(studio)
        assert {artifact.path, artifact.thumbnail} == studio.shelf.files.keys()


async def test_without_a_known_graph_the_parameters_alone_are_written():
    async with a_studio() as studio:
        made = Made(output=an_output(), finished=await studio.darkroom.finish(PICTURE))
        (artifact,) = await studio.archive.keep(a_job(graph=None), [made])
        inscription = await studio.darkroom.inscription(await studio.shelf.read(artifact.path))
    assert inscription.graph is None
    assert inscription.parameters is not None
