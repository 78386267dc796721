"""Whether a job drawn with the same seed gave the same pictures."""

from dataclasses import replace

import pytest

from bot.core.job import JobState
from bot.core.lineage import Descent
from bot.ports.poster import PicturePost
from tests.builders import (
    NOW,
    a_lineage,
    a_picture_post,
    a_recipe,
    a_request,
    an_artifact,
    png,
    some_timings,
)
from tests.studio.house import Studio, a_studio


@pytest.fixture
async def studio():
    async with a_studio() as studio:
        yield studio


async def drawn(studio: Studio, *contents: bytes, sampled: int | None = 3100, **new):
    job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, **new)
    made = [
        an_artifact(job=job.id, index=number, path=f"{job.id}_{number}.png")
        for number in range(1, len(contents) + 1)
    ]
    for one, content in zip(made, contents, strict=True):
        studio.shelf.files[one.path] = content
    job = replace(job.to(JobState.RENDERED, at=NOW), timings=some_timings(sample=sampled))
    await studio.jobs.rendered(job, was=JobState.RUNNING, artifacts=made)
    return job, await studio.jobs.artifacts(job.id)


async def repeated(studio: Studio, *contents: bytes, **recipe):
    lineage = a_lineage(parent=1, how=Descent.SAME_SEED)
    return await drawn(studio, *contents, lineage=lineage, recipe=a_recipe(**recipe))


async def verdict(studio: Studio, job, pictures):
    return await studio.mounting._reproduction.verdict(job, pictures)


async def test_only_what_was_to_be_the_same_is_compared(studio):
    await drawn(studio, png())
    for lineage in (None, a_lineage(parent=1, how=Descent.VARY)):
        assert await verdict(studio, *await drawn(studio, png(), lineage=lineage)) == ()


async def test_the_same_pixels_are_identical(studio):
    await drawn(studio, png(grey=1), png(grey=2))
    assert await verdict(studio, *await repeated(studio, png(grey=1), png(grey=2))) == (
        "Identical to #1, pixel by pixel.",
    )
    await studio.stores.artifacts.delete([1], at=NOW)
    assert await verdict(studio, *await repeated(studio, png(grey=1), png(grey=2))) == (
        "Identical to #1, pixel by pixel (1 of 2 compared).",
    )


async def test_what_comfyui_had_at_hand_is_told_to_be_no_new_drawing(studio):
    await drawn(studio, png())
    cached = await drawn(studio, png(), lineage=a_lineage(how=Descent.SAME_SEED), sampled=None)
    assert await verdict(studio, *cached) == (
        "Identical to #1, pixel by pixel.",
        "ComfyUI still had the result at hand and sampled nothing anew.",
    )


async def test_what_differs_is_measured_and_what_has_changed_is_named(studio):
    await drawn(studio, png(grey=1), recipe=a_recipe(renderer="0.32.0", model_hash="aa"))
    assert await verdict(
        studio, *await repeated(studio, png(grey=9), renderer="0.33.0", model_hash="bb")
    ) == (
        "Differs from #1: 100.0% of the pixels, by 255 of 255 at most.",
        (
            "What has changed since: ComfyUI was 0.32.0 and is 0.33.0; "
            "the file of the model illustrious_xl.safetensors is another one."
        ),
    )


async def test_without_a_known_change_that_is_said_too(studio):
    await drawn(studio, png(grey=1), png(grey=2), recipe=a_recipe(renderer="0.33.0", model_hash="aa"))
    same = {"renderer": "0.33.0", "model_hash": "aa"}
    assert await verdict(studio, *await repeated(studio, png(grey=9), png(grey=2), **same)) == (
        "1 of 2 pictures differ from #1: 100.0% of the pixels, by 255 of 255 at most.",
        "The workflow is the same, and no other version of ComfyUI is known to have drawn it.",
    )
    said = await verdict(studio, *await repeated(studio, png(width=8, height=8), png(grey=2)))
    assert said == (
        "1 of 2 pictures differ from #1: 8×8 instead of 64×64.",
        (
            "The workflow is the same, and no other version of ComfyUI is known to have drawn it. "
            "Whether the model's file is the same ComfyUI does not tell."
        ),
    )


async def test_one_that_had_to_be_drawn_smaller_says_so(studio):
    await drawn(studio, png(width=64))
    lightened = a_recipe().load
    said = await verdict(studio, *await repeated(studio, png(width=8, height=8), lightened_from=lightened))
    assert said[1] == "What has changed since: it was drawn in less, for the GPU's memory did not suffice."


async def test_what_is_not_there_any_more_is_not_compared(studio):
    await drawn(studio, png())
    job, pictures = await repeated(studio, png())
    del studio.shelf.files["1_1.png"]
    [said] = await verdict(studio, job, pictures)
    assert said.startswith("Not compared with #1: The file")
    await studio.stores.artifacts.delete([1], at=NOW)
    assert await verdict(studio, job, pictures) == ("Not compared with #1: its pictures were deleted.",)


# ── what is posted beside the pictures


async def mounted(studio: Studio, job, pictures) -> PicturePost:
    post = a_picture_post(job=job, artifacts=pictures)
    return await studio.mounting.mounted(post, limit=10**6)


async def test_a_contact_sheet_goes_with_several_pictures_where_it_is_wished(studio):
    job, pictures = await drawn(studio, png(), png(), request=a_request(contact_sheet=True))
    assert studio.mounting.files(job, pictures) == 3
    assert (await mounted(studio, job, pictures)).sheet is not None
    assert studio.darkroom.sheets == [["1", "2"]]
    alone, picture = await drawn(studio, png(), request=a_request(contact_sheet=True))
    assert studio.mounting.files(alone, picture) == 1
    assert (await mounted(studio, alone, picture)).sheet is None


async def test_a_post_knows_its_parent_and_says_how_it_compares(studio):
    first, _ = await drawn(studio, png())
    job, pictures = await repeated(studio, png())
    post = await mounted(studio, job, pictures)
    assert post.parent is not None
    assert post.parent.id == first.id
    assert replace(post, detour="The thread is full.").told == (
        "Identical to #1, pixel by pixel.\nPosted here instead: The thread is full."
    )


async def test_whatever_fails_beside_the_pictures_they_are_posted_and_it_is_reported(studio, monkeypatch):
    async def trip(*_args, **_more):
        raise RuntimeError("tripped")

    monkeypatch.setattr(studio.darkroom, "contact_sheet", trip)
    job, pictures = await drawn(studio, png(), png(), request=a_request(contact_sheet=True))
    assert (await mounted(studio, job, pictures)).sheet is None
    [entry] = await studio.stores.journal.newest()
    assert entry.incident == "code-1"
