"""Likeness to a character's references: noted after the post, never at its cost."""

from bot.core.characters import Pose
from bot.core.generation import CastMember
from bot.core.job import JobState
from bot.ports.library import NewCharacter, NewReference
from tests.builders import NOW, USER, a_new_project, a_recipe, a_size, png
from tests.studio.house import a_studio

REFERENCE = "library/references/ab/mira.png"


async def drawn_with_mira(studio, *, references=1):
    project = await studio.stores.projects.add(a_new_project())
    mira = await studio.stores.characters.add(
        NewCharacter(project=project.id, name="Mira", slug="mira", by=USER, at=NOW)
    )
    for number in range(references):
        await studio.stores.characters.add_reference(
            NewReference(
                character=mira.id,
                pose=Pose.FRONT,
                path=REFERENCE if not number else "library/gone.png",
                sha256=f"{number:064}",
                bytes=1,
                size=a_size(),
                by=USER,
                at=NOW,
            ),
            most=9,
        )
    studio.shelf.files[REFERENCE] = png(grey=3)
    job = await studio.stored(recipe=a_recipe(cast=(CastMember(id=mira.id, name="Mira", slug="mira"),)))
    await studio.worker.run_once()
    await studio.until(job, JobState.RENDERED)
    return job


async def likenesses(job, **how):
    async with a_studio() as studio:
        made = await job(studio, **how)
    return [artifact.likeness for artifact in await studio.jobs.artifacts(made.id)], studio


async def test_a_picture_is_compared_with_the_references_of_whom_it_shows():
    (likeness,), _ = await likenesses(drawn_with_mira)
    assert likeness is not None
    assert likeness.references == 1


async def test_a_reference_whose_file_is_gone_is_left_out():
    (likeness,), studio = await likenesses(drawn_with_mira, references=2)
    assert likeness.references == 1
    assert studio.stores.journal.entries == []


async def test_without_references_it_is_not_measured():
    (likeness,), _ = await likenesses(drawn_with_mira, references=0)
    assert likeness is None


async def test_what_trips_over_it_is_an_incident_and_costs_nothing():
    async with a_studio() as studio:

        async def trip(*_):
            raise RuntimeError("tripped while comparing")

        studio.darkroom.likeness = trip
        job = await drawn_with_mira(studio)
        (told,) = studio.stores.journal.entries
    assert (await studio.jobs.get(job.id)).state is JobState.RENDERED
    assert told.detail["message"] == "tripped while comparing"
