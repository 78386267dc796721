"""Drawings that were posted, and all workflows to go on from them."""

from bot.core.job import Job, JobState
from bot.workflows.loader import load_workflows
from tests.builders import (
    NOW,
    a_card,
    a_new_job,
    an_artifact,
    png,
)
from tests.studio.house import Studio

WORKFLOWS = load_workflows().workflows
NODES = frozenset(name for workflow in WORKFLOWS.values() for name in workflow.class_types())


async def posted(studio: Studio, *, pictures: int = 1, **new) -> Job:
    """Store a job that is drawn and posted, with its files on the shelf."""
    job, _ = await studio.jobs.add(a_new_job(**new))
    for state in (JobState.SUBMITTED, JobState.RUNNING):
        moved = job.to(state, at=NOW)
        await studio.jobs.store(moved, was=job.state)
        job = moved
    made = [
        an_artifact(job=job.id, index=number, path=f"library/{job.id}_{number}.png", sha256=f"{job.id:064x}")
        for number in range(1, pictures + 1)
    ]
    for one in made:
        studio.shelf.files[one.path] = png(grey=one.index)
    drawn = job.to(JobState.RENDERED, at=NOW)
    await studio.jobs.rendered(drawn, was=job.state, artifacts=made)
    (posting,) = await studio.stores.outbox.due()
    await studio.jobs.delivered(
        drawn.to(JobState.DELIVERED, at=NOW),
        posting=posting,
        post=a_card(message=900 + job.id),
        attachments=[job.id * 10 + number for number in range(1, pictures + 1)],
        notice=False,
    )
    return await studio.jobs.get(job.id)
