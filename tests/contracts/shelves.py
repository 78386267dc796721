"""Projects, characters and pictures for the contracts, by way of the ports themselves."""

from dataclasses import replace
from itertools import count

from bot.core.generation import CastMember
from bot.core.job import JobState
from bot.ports.library import NewCharacter
from tests.builders import GUILD, NOW, USER, a_new_job, a_new_project, an_artifact

_numbers = count(1)


async def in_project(stores, name="Harbour", *, guild=GUILD):
    """Add a project and return its id."""
    project = await stores.projects.add(a_new_project(guild=guild, name=name))
    return project.id


async def a_member(stores, project, name):
    """Add a character and return it as one of a cast."""
    new = NewCharacter(project=project, name=name, slug=name.casefold(), by=USER, at=NOW)
    character = await stores.characters.add(new)
    return CastMember(id=character.id, name=character.name, slug=character.slug)


async def drawn(stores, new, *artifacts):
    """Draw the job with these pictures, each at a path of its own unless it has one; return them."""
    job, _ = await stores.jobs.add(new)
    was, job = job.state, job.to(JobState.SUBMITTED, at=NOW)
    await stores.jobs.store(job, was=was)
    usual = an_artifact().path
    made = [
        replace(
            artifact,
            job=job.id,
            index=index,
            path=f"library/{next(_numbers)}.png" if artifact.path == usual else artifact.path,
        )
        for index, artifact in enumerate(artifacts)
    ]
    await stores.jobs.rendered(job.to(JobState.RENDERED, at=NOW), was=JobState.SUBMITTED, artifacts=made)
    return await stores.jobs.artifacts(job.id)


async def drawn_alone(stores, *, project=None, **changes):
    """Draw a job of one picture and return that."""
    (picture,) = await drawn(stores, a_new_job(project=project), an_artifact(**changes))
    return picture
