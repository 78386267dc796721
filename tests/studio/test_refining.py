"""From a finished picture to the next one."""

from dataclasses import replace

import pytest

from bot.core.errors import BadRequest, NotAllowed, NotFound, WrongState
from bot.core.generation import MAX_SEED, Seed
from bot.core.job import Job, JobState
from bot.core.library import Rating
from bot.core.lineage import Descent
from bot.studio.control import Actor
from bot.studio.refining import Changes
from tests.builders import (
    GUILD,
    NOW,
    USER,
    a_lineage,
    a_lora,
    a_new_project,
    a_recipe,
    a_reference,
    a_request,
    a_size,
    an_origin,
    png,
)
from tests.studio.house import AIKO, BOSS, Studio
from tests.studio.refined import WORKFLOWS, posted

STRANGER = Actor(user=USER + 7, guild=GUILD)


async def child(studio: Studio, ticket) -> Job:
    assert ticket.fresh
    return await studio.jobs.get(ticket.job.id)


# ── looking


async def test_a_picture_that_was_deleted_or_never_was_is_not_found(studio):
    job = await posted(studio, pictures=2)
    await studio.refining.delete(job.id, [2], AIKO)
    assert [one.index for one in (await studio.refining.shown(job.id, AIKO)).pictures] == [1]
    with pytest.raises(NotFound, match="Picture 2 of #1 was deleted, or never was"):
        await studio.refining.picture(job.id, 2, AIKO)
    await studio.refining.delete(job.id, [1], AIKO)
    with pytest.raises(NotFound, match="The pictures of #1 were deleted"):
        await studio.refining.picture(job.id, 1, AIKO)


async def test_a_job_without_pictures_and_one_of_another_server_have_none(studio):
    waiting = await studio.stored()
    with pytest.raises(NotFound, match="#1 has no pictures"):
        await studio.refining.shown(waiting.id, AIKO)
    with pytest.raises(NotFound, match="no job #1 here"):
        await studio.refining.shown(waiting.id, replace(AIKO, guild=1))


async def test_the_original_is_the_file_as_it_is_kept(studio):
    job = await posted(studio)
    original = await studio.refining.original(job.id, 1, AIKO)
    assert (original.content, original.media_type, original.restored) == (png(grey=1), "image/png", False)


# ── variations


async def test_a_variation_is_drawn_from_the_picture_with_the_same_words(studio):
    parent = await posted(studio, pictures=2, recipe=a_recipe(count=2, loras=(a_lora(),)))
    made = await child(studio, await studio.refining.vary(parent.id, 2, AIKO, an_origin()))
    [_, picture] = await studio.jobs.artifacts(parent.id)
    assert made.lineage == a_lineage(parent=parent.id, how=Descent.VARY, picture=2)
    assert made.recipe == replace(
        parent.recipe,
        workflow="img2img",
        count=1,
        seed=made.recipe.seed,
        reference=made.recipe.reference,
        denoise=0.55,
        model_hash="0123abcd",
        renderer="0.33.0",
    )
    assert made.recipe.reference.path == picture.path
    assert made.request.given() == {"prompt", "workflow", "reference", "denoise"}
    assert made.recipe.seed != parent.recipe.seed
    assert made.graph.nodes["10"].inputs["image"] == made.recipe.reference.upload_name


async def test_where_nothing_draws_from_a_picture_a_variation_has_a_seed_nearby(studio):
    studio.workflows["txt2img"] = replace(WORKFLOWS["txt2img"], from_picture=None)
    parent = await posted(studio, recipe=a_recipe(seed=Seed(MAX_SEED - 1)))
    seeds = [
        (await child(studio, await studio.refining.vary(parent.id, 1, AIKO, an_origin()))).recipe.seed
        for _ in range(3)
    ]
    assert seeds == [MAX_SEED, 0, 1]


async def test_a_workflow_that_is_gone_cannot_be_varied(studio):
    parent = await posted(studio, recipe=a_recipe(workflow="gone"))
    with pytest.raises(BadRequest, match="no workflow called `gone`"):
        await studio.refining.vary(parent.id, 1, AIKO, an_origin())


async def test_all_pictures_together_are_varied_by_the_seed_with_the_very_graph(studio):
    parent = await posted(studio, pictures=2, recipe=a_recipe(count=2))
    made = await child(studio, await studio.refining.vary(parent.id, None, AIKO, an_origin()))
    assert made.lineage == a_lineage(parent=parent.id, how=Descent.VARY)
    assert (made.recipe.seed, made.recipe.count) == (parent.recipe.seed + 1, 2)
    again = await studio.refining.again(made.id, AIKO, an_origin())
    beside = await studio.refining.vary(parent.id, None, AIKO, an_origin())
    assert (await studio.jobs.get(again.job.id)).lineage.how is Descent.AGAIN
    assert beside.job.recipe.seed == parent.recipe.seed + 2


async def test_what_was_drawn_over_larger_is_varied_in_the_size_of_before(studio):
    larger = a_recipe(workflow="upscale_latent", scale=2.0, size=a_size(1664, 2432), reference=a_reference())
    studio.shelf.files[a_reference().path] = png()
    parent = await posted(studio, recipe=larger)
    made = await child(studio, await studio.refining.vary(parent.id, 1, AIKO, an_origin()))
    assert (made.recipe.size, made.recipe.scale) == (a_size(832, 1216), 1.0)


async def test_a_picture_that_was_only_enlarged_has_nothing_to_vary(studio):
    parent = await posted(studio, recipe=a_recipe(workflow="upscale", model=None))
    for number in (1, None):
        with pytest.raises(BadRequest, match="only made a picture larger"):
            await studio.refining.vary(parent.id, number, AIKO, an_origin())


# ── larger ones


async def test_a_picture_becomes_larger_by_a_model_without_a_checkpoint(studio):
    parent = await posted(studio, recipe=a_recipe(loras=(a_lora(),)))
    made = await child(studio, await studio.refining.upscale(parent.id, 1, AIKO, an_origin()))
    assert made.lineage == a_lineage(parent=parent.id, how=Descent.UPSCALE, picture=1)
    recipe = made.recipe
    assert (recipe.workflow, recipe.upscaler, recipe.scale) == ("upscale", "4x_anime.pth", 2.0)
    assert (recipe.size, recipe.model, recipe.loras, recipe.count) == (a_size(1664, 2432), None, (), 1)
    assert made.request.given() == {"prompt", "workflow", "reference", "scale", "upscaler"}


async def test_an_enlarged_picture_is_varied_and_edited_as_the_drawing_it_came_from(studio):
    parent = await posted(studio)
    lineage = a_lineage(parent=parent.id, how=Descent.UPSCALE, picture=1)
    large = await posted(studio, recipe=a_recipe(workflow="upscale", model=None), lineage=lineage)
    varied = await child(studio, await studio.refining.vary(large.id, 1, AIKO, an_origin()))
    assert (varied.recipe.model, varied.recipe.workflow) == (parent.recipe.model, "img2img")
    assert varied.parent == large.id
    assert (await studio.refining.drawing(large.id, AIKO)).id == parent.id


async def test_what_comes_of_an_enlarged_picture_that_was_moved_goes_where_that_one_is(studio):
    first, second = [await studio.library.create(name, gallery=None, actor=AIKO) for name in ("One", "Two")]
    parent = await posted(studio, project=first.id)
    lineage = a_lineage(parent=parent.id, how=Descent.UPSCALE)
    large = await posted(studio, recipe=a_recipe(workflow="upscale", model=None), lineage=lineage)
    await studio.refining.move(large.id, second, BOSS)
    made = await child(studio, await studio.refining.vary(large.id, 1, AIKO, an_origin()))
    assert made.project == second.id


async def test_without_an_upscale_model_a_picture_is_drawn_over(studio):
    studio.workshop.catalogue = replace(studio.workshop.catalogue, upscalers=())
    parent = await posted(studio)
    made = await child(studio, await studio.refining.upscale(parent.id, 1, AIKO, an_origin(), scale=1.5))
    recipe = made.recipe
    assert (recipe.workflow, recipe.scale, recipe.upscaler) == ("upscale_latent", 1.5, None)
    assert (recipe.denoise, recipe.model) == (0.5, parent.recipe.model)


async def test_a_comfyui_that_was_never_reached_draws_over(studio):
    studio.workshop.catalogue = None
    parent = await posted(studio)
    made = await child(studio, await studio.refining.upscale(parent.id, 1, AIKO, an_origin()))
    assert made.recipe.workflow == "upscale_latent"
    assert made.recipe.renderer == ""


async def test_where_nothing_enlarges_that_is_said(studio):
    studio.workshop.catalogue = replace(studio.workshop.catalogue, nodes=frozenset())
    parent = await posted(studio)
    with pytest.raises(BadRequest, match="cannot make pictures larger"):
        await studio.refining.upscale(parent.id, 1, AIKO, an_origin())


async def test_what_would_become_too_large_is_refused(studio):
    parent = await posted(studio)
    with pytest.raises(BadRequest, match="4 times that is"):
        await studio.refining.upscale(parent.id, 1, AIKO, an_origin(), scale=4.0)


# ── edited ones


async def test_an_edited_drawing_keeps_what_was_not_changed_and_its_project(studio):
    project = await studio.stores.projects.add(a_new_project())
    parent = await posted(studio, project=project.id, request=a_request(sampler="dpmpp_2m", steps=9))
    changes = Changes(prompt="a crane", cfg=4.0, seed=Seed(3))
    made = await child(studio, await studio.refining.edit(parent.id, 1, AIKO, an_origin(), changes))
    assert made.lineage == a_lineage(parent=parent.id, how=Descent.EDIT, picture=1)
    assert (made.request.prompt, made.request.sampler, made.request.steps) == ("a crane", "dpmpp_2m", None)
    assert (made.recipe.seed, made.recipe.cfg, made.project) == (3, 4.0, project.id)


async def test_an_edited_drawing_of_a_project_put_away_goes_where_it_is_asked_for(studio):
    project = await studio.stores.projects.add(a_new_project())
    parent = await posted(studio, project=project.id)
    await studio.stores.projects.change(replace(project, archived=NOW), was=project)
    ticket = await studio.refining.edit(parent.id, None, AIKO, an_origin(), Changes(prompt="a crane"))
    assert (await child(studio, ticket)).project is None


async def test_what_starts_from_a_picture_for_adults_is_not_edited_into_what_everyone_sees(studio):
    studio.shelf.files[a_reference().path] = png()
    project = await studio.stores.projects.add(a_new_project(rating=Rating.ADULT, by=USER + 1))
    parent = await posted(
        studio,
        project=project.id,
        request=a_request(reference=a_reference()),
        recipe=a_recipe(workflow="img2img", reference=a_reference()),
    )
    edited = await studio.refining.edit(parent.id, 1, AIKO, an_origin(), Changes(prompt="a crane"))
    assert (await child(studio, edited)).project == project.id
    await studio.stores.projects.change(replace(project, archived=NOW), was=project)
    with pytest.raises(NotAllowed, match="is for adults"):
        await studio.refining.edit(parent.id, 1, AIKO, an_origin(), Changes(prompt="a crane"))


# ── put away


async def test_pictures_are_deleted_by_their_person_or_a_manager(studio):
    job = await posted(studio, pictures=3)
    with pytest.raises(NotAllowed, match="The pictures of #1 are not yours"):
        await studio.refining.delete(job.id, [1], STRANGER)
    left = await studio.refining.delete(job.id, [1], BOSS)
    assert [one.index for one in left.pictures] == [2, 3]
    with pytest.raises(NotFound, match="deleted already"):
        await studio.refining.delete(job.id, [1], AIKO)


async def test_what_is_being_posted_is_not_deleted(studio):
    states = (JobState.SUBMITTED, JobState.RUNNING, JobState.RENDERED)
    job = await studio.stored(*states)
    with pytest.raises(WrongState, match="is being posted"):
        await studio.refining.delete(job.id, [1], AIKO)


async def test_a_job_moves_to_another_project_with_its_pictures(studio):
    job = await posted(studio)
    project = await studio.stores.projects.add(a_new_project())
    assert (await studio.refining.move(job.id, project, AIKO)).project == project.id
    assert (await studio.jobs.get(job.id)).project == project.id
    with pytest.raises(NotAllowed):
        await studio.refining.move(job.id, project, STRANGER)


async def test_a_variation_is_varied_by_its_own_workflow(studio):
    studio.shelf.files[a_reference().path] = png()
    parent = await posted(studio, recipe=a_recipe(workflow="img2img", reference=a_reference()))
    made = await child(studio, await studio.refining.vary(parent.id, 1, AIKO, an_origin()))
    assert (made.recipe.workflow, made.recipe.denoise) == ("img2img", 0.55)
    assert made.recipe.reference != a_reference()


async def test_what_was_too_much_is_drawn_again_with_less(studio):
    job = await posted(studio, recipe=a_recipe(count=4), request=a_request(count=4))
    fewer = (await studio.refining.lighter(job.id, AIKO, an_origin())).job
    assert (fewer.recipe.count, fewer.request.count, fewer.recipe.size) == (2, 2, job.recipe.size)
    assert (fewer.parent, fewer.recipe.lightened_from) == (job.id, None)
    assert fewer.recipe.seed != job.recipe.seed
    least = await posted(studio, recipe=a_recipe(count=1, size=a_size(64, 64)))
    with pytest.raises(WrongState, match="cannot be drawn any smaller"):
        await studio.refining.lighter(least.id, AIKO, an_origin())


async def test_anybody_of_the_server_may_draw_a_job_again(studio):
    job = await posted(studio)
    ticket = await studio.refining.again(job.id, STRANGER, an_origin(user=STRANGER.user), same_seed=True)
    assert (ticket.job.parent, ticket.job.origin.user) == (job.id, STRANGER.user)
    assert ticket.job.recipe.seed == job.recipe.seed
    with pytest.raises(NotFound):
        await studio.refining.again(job.id, replace(AIKO, guild=1), an_origin())
