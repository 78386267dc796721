import pytest

from bot.core.job import JobState
from tests.builders import NOW, a_new_job, a_recipe, a_reference, an_artifact

FILES = [f"library/harbour/_/2026-09-21/images/1-{number}.png" for number in range(3)]


@pytest.fixture
async def given_up(stores):
    """Three files that belonged to pictures which were deleted."""
    artifacts = [an_artifact(index=number, path=path) for number, path in enumerate(FILES)]
    job = await stores.jobs.add_ended(a_new_job(), artifacts=artifacts)
    made = await stores.jobs.artifacts(job.id)
    await stores.artifacts.delete([artifact.id for artifact in made], at=NOW)
    return FILES


async def test_what_was_given_up_is_due_until_it_is_gone(stores, given_up):
    assert sorted(await stores.discards.due()) == given_up
    assert len(await stores.discards.due(limit=2)) == 2
    await stores.discards.gone(given_up[:2])
    assert await stores.discards.due() == given_up[2:]


async def test_that_something_unknown_is_gone_changes_nothing(stores, given_up):
    await stores.discards.gone(["library/other.png"])
    await stores.discards.gone([])
    assert sorted(await stores.discards.due()) == given_up


async def test_what_an_open_job_starts_from_is_due_once_that_job_has_ended(stores):
    job = await stores.jobs.add_ended(a_new_job(), artifacts=[an_artifact(path=FILES[0])])
    (picture,) = await stores.jobs.artifacts(job.id)
    later, _ = await stores.jobs.add(a_new_job(recipe=a_recipe(reference=a_reference(path=FILES[0]))))
    await stores.artifacts.delete([picture.id], at=NOW)
    assert await stores.discards.due() == []
    await stores.jobs.store(later.to(JobState.CANCELLED, at=NOW), was=JobState.QUEUED)
    assert await stores.discards.due() == [FILES[0]]


async def test_of_what_lies_there_only_that_which_nothing_needs_is_named(stores):
    small = "library/harbour/_/2026-09-21/thumbnails/1-0.webp"
    reference = a_reference()
    await stores.jobs.add_ended(a_new_job(), artifacts=[an_artifact(path=FILES[0], thumbnail=small)])
    await stores.jobs.add(a_new_job(recipe=a_recipe(reference=reference)))
    lying = [*FILES[:2], small, reference.path, "library/references/ab/stray.png"]
    assert await stores.discards.unneeded(lying) == [FILES[1], "library/references/ab/stray.png"]
    assert await stores.discards.unneeded([]) == []
