"""Exports: everything of a project in one file, with true counts, and nothing half done."""

import json
from contextlib import aclosing
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.core.artifact import ArtifactKind
from bot.core.casting import Sketch
from bot.core.characters import Pose, VariationKind
from bot.core.errors import BadRequest, DiskFull, LimitReached
from bot.core.job import JobState
from bot.core.review import Review
from bot.core.styles import StyleSheet
from bot.ports.library import NewCharacter, NewReference, NewVariation
from bot.studio import exporting
from bot.studio.exporting import KEPT_MS, Exported, Packing
from tests.builders import NOW, USER, a_lora, a_picture, a_size, an_artifact, png
from tests.studio.house import AIKO, a_studio, running, settled


async def a_project(studio):
    return await studio.library.create("Moonlit Harbour", gallery=None, actor=AIKO)


async def drawn(studio, project, *, pictures=2, review=Review.UNREVIEWED, thumbnail=None):
    """Store a finished job with its pictures on the shelf."""
    job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, project=project.id)
    artifacts = [
        an_artifact(
            job=job.id,
            index=index,
            path=f"library/moonlit-harbour/_/2026-11-21/images/{job.id}_{index}.png",
            bytes=len(png(grey=index)),
            review=review,
            thumbnail=thumbnail,
            created=NOW,
        )
        for index in range(1, pictures + 1)
    ]
    for artifact in artifacts:
        studio.shelf.files[artifact.path] = png(grey=artifact.index)
    rendered = job.to(JobState.RENDERED, at=studio.clock.now())
    await studio.jobs.rendered(rendered, was=job.state, artifacts=artifacts)
    await studio.jobs.store(rendered.to(JobState.SHELVED, at=NOW), was=rendered.state)
    return rendered


async def exported(studio, project, **more):
    """Return all steps, and what is in the file."""
    async with aclosing(studio.exporter.export(project, **more)) as steps:
        told = [step async for step in steps]
    with ZipFile(BytesIO(await studio.exporter.read(told[-1].packed))) as packed:
        return told, {name: packed.read(name) for name in packed.namelist()}


async def test_every_picture_comes_with_how_it_was_made():
    async with a_studio() as studio:
        project = await a_project(studio)
        job = await drawn(studio, project)
        told, files = await exported(studio, project)
    place = f"pictures/_/2026-11-21/images/{job.id}"
    assert files[f"{place}_1.png"] == png(grey=1)
    assert files[f"{place}_2.png"] == png(grey=2)
    made = json.loads(files[f"{place}_1.json"])
    assert (made["job"], made["picture"], made["typed"]["prompt"]) == (job.id, 1, job.request.prompt)
    assert made["recipe"]["seed"] == job.recipe.seed
    assert made["by"] == {"id": USER, "name": "artist"}
    assert made["comfyui_prompt"]["3"]["class_type"] == "KSampler"
    assert made["measures"] is None
    assert told == [
        Packing(done=0, of=2),
        Packing(done=1, of=2),
        Packing(done=2, of=2),
        Exported(packed=told[-1].packed, pictures=2, characters=0, styles=0),
    ]
    assert told[-1].packed.path == "exports/moonlit-harbour-2026-09-21.zip"


async def test_the_index_names_every_picture_and_where_it_is():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        await drawn(studio, project, pictures=1)
        _, files = await exported(studio, project)
    index = json.loads(files["index.json"])
    assert index["project"]["name"] == "Moonlit Harbour"
    assert index["exported"] == "2026-09-21T14:13:20+00:00"
    assert [(one["job"], one["picture"]) for one in index["pictures"]] == [(2, 1), (1, 2), (1, 1)]
    assert all(one["file"] in files and one["parameters"] in files for one in index["pictures"])


async def test_characters_come_with_their_pictures_and_styles_with_their_history():
    async with a_studio() as studio:
        project = await a_project(studio)
        kept = await studio.shelf.put_reference(a_picture())
        yuki = await studio.stores.characters.add(
            NewCharacter(project=project.id, name="Yuki", slug="yuki", by=USER, at=NOW, lora=a_lora()),
            variations=[NewVariation(kind=VariationKind.OUTFIT, name="kimono", prompt="white kimono")],
            references=[
                NewReference(
                    character=0,
                    pose=Pose.FRONT,
                    path=kept.path,
                    sha256=kept.sha256,
                    bytes=kept.bytes,
                    size=a_size(64, 64),
                    by=USER,
                    at=NOW,
                )
            ],
        )
        ren = await studio.stores.characters.add(
            NewCharacter(project=project.id, name="Ren", slug="ren", by=USER, at=NOW)
        )
        await studio.stores.characters.change(replace(ren, archived=NOW), was=ren)
        style = await studio.styles.create("Ink", StyleSheet(steps=9), project=project, actor=AIKO)
        await studio.styles.edit(style, StyleSheet(steps=12), actor=AIKO, why="sharper")
        (*_, done), files = await exported(studio, project, review=Review.APPROVED)
        (reference,) = await studio.stores.characters.references(yuki.id)
    told = json.loads(files["characters/yuki/character.json"])
    assert (told["lora"]["name"], told["variations"][0]["prompt"]) == (a_lora().name, "white kimono")
    assert told["references"][0]["file"] == f"characters/yuki/front-{reference.id}.png"
    assert files[f"characters/yuki/front-{reference.id}.png"] == png()
    assert json.loads(files["characters/ren/character.json"])["archived"] is True
    ink = json.loads(files["styles/1.json"])
    assert ink["says"] == {"steps": 12}
    assert [(one["number"], one["why"]) for one in ink["history"]] == [(2, "sharper"), (1, "")]
    assert (done.pictures, done.characters, done.styles) == (0, 2, 1)


async def test_contact_sheets_show_all_pictures(monkeypatch):
    monkeypatch.setattr(exporting, "ON_A_SHEET", 2)
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project, pictures=4, review=Review.APPROVED)
        _, even = await exported(studio, project)
        await drawn(studio, project, pictures=1, review=Review.REJECTED)
        _, odd = await exported(studio, project)
    assert [name for name in even if "sheets" in name] == [f"contact-sheets/00{n}.webp" for n in (1, 2)]
    assert [name for name in odd if "sheets" in name] == [f"contact-sheets/00{n}.webp" for n in (1, 2, 3)]


async def test_a_picture_whose_file_is_gone_is_named_and_the_others_are_packed():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project, thumbnail="library/thumbnails/1.webp")
        studio.shelf.files["library/thumbnails/1.webp"] = png()
        lost = "library/moonlit-harbour/_/2026-11-21/images/1_1.png"
        del studio.shelf.files[lost]
        told, files = await exported(studio, project)
    place = "pictures/_/2026-11-21/images/1_1.png"
    assert (told[-1].pictures, told[-1].missing) == (1, (place,))
    assert json.loads(files["index.json"])["missing"] == [place]
    assert place not in files


async def test_a_characters_picture_whose_file_is_gone_is_named_as_well():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        yuki = await studio.casting.create(Sketch(name="Yuki"), project, AIKO)
        added = await studio.portraits.add(yuki, png(grey=9), pose=Pose.FRONT, actor=AIKO)
        del studio.shelf.files[added.reference.path]
        told, _ = await exported(studio, project)
    place = f"characters/yuki/front-{added.reference.id}.png"
    assert told[-1].missing == (place,)
    assert told[-1].pictures == 2


async def test_only_approved_pictures_are_taken_where_that_is_wished_for():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project, pictures=1)
        await drawn(studio, project, pictures=1, review=Review.APPROVED)
        told, files = await exported(studio, project, review=Review.APPROVED)
    assert told[-1].pictures == 1
    assert [name for name in files if name.endswith(".png")] == ["pictures/_/2026-11-21/images/2_1.png"]


async def test_what_is_drawn_meanwhile_is_left_for_the_next_export(monkeypatch):
    monkeypatch.setattr(exporting, "PAGE", 1)
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        async with aclosing(studio.exporter.export(project)) as steps:
            assert await anext(steps) == Packing(done=0, of=2)
            await drawn(studio, project, pictures=1)
            done = [step async for step in steps][-1]
    assert done.pictures == 2


async def test_a_project_with_nothing_in_it_is_not_exported():
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match="nothing to take away"):
            await exported(studio, await a_project(studio))
        assert studio.archives.sealed == {}


async def test_one_export_is_built_at_a_time_and_one_that_was_broken_off_leaves_nothing():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        async with aclosing(studio.exporter.export(project)) as steps:
            await anext(steps)
            with pytest.raises(LimitReached, match="already"):
                await exported(studio, project)
        assert studio.archives.sealed == {}
        told, _ = await exported(studio, project)
        assert told[-1].pictures == 2


async def test_without_room_for_it_no_export_is_begun():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        studio.shelf.free = 1024**3
        with pytest.raises(DiskFull, match="2 pictures"):
            await exported(studio, project)


async def test_a_disk_that_fills_up_meanwhile_is_told_and_the_next_export_may_begin():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        studio.archives.fail(DiskFull("The archive could not be written: no room."))
        with pytest.raises(DiskFull):
            await exported(studio, project)
        told, _ = await exported(studio, project)
        assert told[-1].pictures == 2


async def test_old_exports_are_swept_out_before_another_is_built():
    async with a_studio() as studio:
        project = await a_project(studio)
        await drawn(studio, project)
        await exported(studio, project)
        assert studio.archives.swept == [studio.clock.now() - KEPT_MS]


async def test_old_exports_are_swept_out_every_day_also_where_nobody_exports_anything(monkeypatch):
    monkeypatch.setattr(exporting, "SWEEP_EVERY_S", 0.0)
    async with a_studio() as studio, running(studio.exporter.tidy()):
        await settled()
        assert len(studio.archives.swept) > 1


async def test_pictures_of_all_kinds_keep_their_folders():
    async with a_studio() as studio:
        project = await a_project(studio)
        job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, project=project.id)
        path = "library/moonlit-harbour/yuki/2026-11-21/upscales/1_1.png"
        studio.shelf.files[path] = png()
        rendered = job.to(JobState.RENDERED, at=NOW)
        upscale = an_artifact(job=job.id, path=path, kind=ArtifactKind.UPSCALES)
        await studio.jobs.rendered(rendered, was=job.state, artifacts=[upscale])
        _, files = await exported(studio, project)
    assert "pictures/yuki/2026-11-21/upscales/1_1.png" in files
