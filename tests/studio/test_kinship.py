"""Which picture came from which."""

from dataclasses import replace

import pytest

from bot.core.job import JobState
from bot.core.library import Rating
from bot.core.lineage import Descent
from bot.core.review import Review
from bot.studio import kinship
from tests.builders import CHANNEL, NOW, a_lineage, a_new_job, a_new_project, a_recipe, an_artifact, png
from tests.studio.house import Studio, a_studio


@pytest.fixture
async def studio():
    async with a_studio() as studio:
        yield studio


async def made(studio: Studio, *, parent: int | None = None, pictures: int = 1, **picture):
    lineage = None if parent is None else a_lineage(parent=parent, how=Descent.VARY)
    job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, lineage=lineage)
    artifacts = [
        an_artifact(**{"job": job.id, "index": number, "path": f"{job.id}_{number}.png", **picture})
        for number in range(1, pictures + 1)
    ]
    for one in artifacts:
        studio.shelf.files[one.path] = png()
    await studio.jobs.rendered(job.to(JobState.RENDERED, at=NOW), was=job.state, artifacts=artifacts)
    return await studio.jobs.get(job.id)


async def test_a_line_goes_from_the_eldest_to_the_job_itself(studio):
    first = await made(studio)
    second = await made(studio, parent=first.id)
    third = await made(studio, parent=second.id)
    assert [job.id for job in await studio.kinship.line(third)] == [1, 2, 3]
    assert await studio.kinship.line(first) == [first]


async def test_of_a_very_long_line_the_nearest_are_returned(studio, monkeypatch):
    monkeypatch.setattr(kinship, "MOST_ANCESTORS", 2)
    first = await made(studio)
    second = await made(studio, parent=first.id)
    third = await made(studio, parent=second.id)
    assert [job.id for job in await studio.kinship.line(third)] == [2, 3]


async def test_a_tree_shows_each_relative_with_its_first_picture(studio):
    first = await made(studio, pictures=2)
    await made(studio, parent=first.id, review=Review.APPROVED)
    bare, _ = await studio.jobs.add(a_new_job(lineage=a_lineage(parent=first.id)))
    tree = await studio.kinship.tree(first, channel=CHANNEL)
    assert [job.id for job in tree.jobs] == [1, 2, bare.id]
    assert studio.darkroom.sheets == [["#1", "#2", "#3"]]
    assert (tree.sheet.missing, tree.left_out) == (("#3",), 0)


async def test_of_several_pictures_the_tree_says_which_one_something_came_from(studio):
    many = await studio.stored(recipe=a_recipe(count=3))
    one = await studio.stored(lineage=a_lineage(parent=many.id, how=Descent.VARY, picture=2))
    await studio.stored(lineage=a_lineage(parent=one.id, how=Descent.UPSCALE, picture=1))
    await studio.stored(lineage=a_lineage(parent=many.id, how=Descent.AGAIN))
    await studio.kinship.tree(many, channel=CHANNEL)
    assert studio.darkroom.edges == [["vary · 2", "upscale", "again"]]


async def test_a_picture_that_was_deleted_is_not_in_the_tree(studio):
    first = await made(studio, pictures=2)
    await studio.stores.artifacts.delete([1], at=NOW)
    del studio.shelf.files["1_1.png"]
    assert (await studio.kinship.tree(first, channel=CHANNEL)).sheet.missing == ()


async def test_a_relative_of_an_adult_project_is_shown_in_restricted_channels_only(studio):
    first = await made(studio)
    second = await made(studio, parent=first.id)
    night = await studio.stores.projects.add(a_new_project(name="Night", rating=Rating.ADULT))
    studio.stores.memory.jobs[second.id] = replace(second, project=night.id)
    tree = await studio.kinship.tree(first, channel=CHANNEL)
    assert (tree.hidden, tree.sheet.missing) == ({second.id}, (f"#{second.id}",))
    studio.poster.restricted.add(CHANNEL)
    tree = await studio.kinship.tree(first, channel=CHANNEL)
    assert (tree.hidden, tree.sheet.missing) == (set(), ())


async def test_of_a_very_large_family_the_nearest_are_shown(studio, monkeypatch):
    monkeypatch.setattr(kinship, "MOST_NODES", 3)
    first = await made(studio)
    second = await made(studio, parent=first.id)
    for parent in (first.id, second.id, second.id):
        await made(studio, parent=parent)
    tree = await studio.kinship.tree(await studio.jobs.get(4), channel=CHANNEL)
    assert [job.id for job in tree.jobs] == [1, 2, 4]
    assert tree.left_out == 2


async def test_a_relative_whose_parent_is_not_in_the_family_is_still_shown(studio):
    orphan = await made(studio)
    studio.stores.memory.jobs[orphan.id] = replace(orphan, lineage=a_lineage(parent=99))
    family = [await studio.jobs.get(orphan.id)]
    assert kinship._nearest(family, family[0]) == family
