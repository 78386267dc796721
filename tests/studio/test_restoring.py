"""Pictures whose file is gone, fetched again from their posts."""

from dataclasses import replace
from hashlib import sha256

import pytest

from bot.core.errors import DiscordAway, NotFound
from bot.core.job import Job
from bot.core.lineage import Descent
from tests.builders import (
    a_lineage,
    a_recipe,
    a_reference,
    an_origin,
    png,
)
from tests.studio.house import AIKO, Studio
from tests.studio.refined import posted

# ── drawn again


async def test_again_restores_a_picture_to_start_from_that_is_gone(studio):
    first = await posted(studio)
    [picture] = await studio.jobs.artifacts(first.id)
    reference = a_reference(path=picture.path, sha256=picture.sha256)
    recipe = a_recipe(workflow="img2img", reference=reference)
    made = await posted(studio, recipe=recipe, lineage=a_lineage(parent=first.id, how=Descent.VARY))
    later = await posted(studio, recipe=recipe, lineage=a_lineage(parent=made.id))
    assert (await studio.refining.again(later.id, AIKO, an_origin())).job.recipe.reference == reference

    content = studio.shelf.files.pop(picture.path)
    studio.poster.files[901, 11] = content
    studio.stores.memory.artifacts[0] = replace(
        studio.stores.memory.artifacts[0], fingerprint=(await studio.darkroom.develop(content)).fingerprint
    )
    again = await studio.refining.again(later.id, AIKO, an_origin())
    assert again.job.recipe.reference.path.startswith("library/references/")
    same = await studio.refining.again(later.id, AIKO, an_origin(), same_seed=True)
    assert (same.job.recipe.seed, same.job.lineage.how) == (recipe.seed, Descent.SAME_SEED)


async def test_a_reference_that_nobody_has_any_more_is_said_to_be_gone(studio):
    alone = await posted(studio, recipe=a_recipe(workflow="img2img", reference=a_reference()))
    orphan = await posted(
        studio,
        recipe=a_recipe(workflow="img2img", reference=a_reference()),
        lineage=a_lineage(parent=alone.id),
    )
    for job in (alone, orphan):
        with pytest.raises(NotFound, match=f"#{job.id} starts from is gone from the disk"):
            await studio.refining.again(job.id, AIKO, an_origin())


async def test_a_line_that_never_ends_is_not_followed_for_ever(studio):
    job = await posted(studio, recipe=a_recipe(workflow="img2img", reference=a_reference()))
    circle = replace(await studio.jobs.get(job.id), lineage=a_lineage(parent=job.id))
    studio.stores.memory.jobs[job.id] = circle
    with pytest.raises(NotFound, match="is gone from the disk"):
        await studio.refining.again(job.id, AIKO, an_origin())


# ── restored ones


async def lost(studio: Studio, content: bytes | None, **known) -> Job:
    """Store a job whose file is gone, with this in its post."""
    job = await posted(studio)
    [picture] = await studio.jobs.artifacts(job.id)
    del studio.shelf.files[picture.path]
    studio.stores.memory.artifacts[0] = replace(picture, **known)
    if content is not None:
        studio.poster.files[901, 11] = content
    return job


async def test_a_lost_original_comes_from_its_post_if_it_looks_the_same(studio):
    fingerprint = (await studio.darkroom.develop(png(grey=1))).fingerprint
    job = await lost(studio, png(grey=1), fingerprint=fingerprint)
    original = await studio.refining.original(job.id, 1, AIKO)
    assert (original.content, original.restored) == (png(grey=1), True)


async def test_a_lost_original_comes_from_its_post_if_it_is_the_very_file(studio):
    job = await lost(studio, png(grey=1), origin_sha256=sha256(png(grey=1)).hexdigest())
    assert (await studio.refining.original(job.id, 1, AIKO)).restored


@pytest.mark.parametrize("content", [None, png(grey=200), b"no picture"])
async def test_a_lost_original_is_not_replaced_by_another(studio, content):
    fingerprint = (await studio.darkroom.develop(png(grey=1))).fingerprint
    job = await lost(studio, content, fingerprint=fingerprint)
    with pytest.raises(NotFound, match="its post does not have it either"):
        await studio.refining.original(job.id, 1, AIKO)


async def test_a_lost_original_that_was_never_measured_or_posted_is_gone(studio):
    job = await lost(studio, png(grey=1))
    with pytest.raises(NotFound, match="does not have it either"):
        await studio.refining.original(job.id, 1, AIKO)
    studio.stores.memory.artifacts[0] = replace(studio.stores.memory.artifacts[0], attachment=None)
    with pytest.raises(NotFound, match="does not have it either"):
        await studio.refining.original(job.id, 1, AIKO)


async def test_while_discord_is_away_nobody_says_that_a_picture_is_gone(studio):
    job = await lost(studio, png(grey=1))
    studio.poster.fail(DiscordAway("Discord does not answer."))
    with pytest.raises(DiscordAway):
        await studio.refining.original(job.id, 1, AIKO)
