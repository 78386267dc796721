"""Stored jobs, moved along."""

from dataclasses import replace

from bot.core.job import JobState
from tests.builders import (
    NOW,
    a_card,
    a_new_job,
    an_artifact,
)

QUEUED, SUBMITTED, RUNNING = JobState.QUEUED, JobState.SUBMITTED, JobState.RUNNING
RENDERED, DELIVERED, SHELVED = JobState.RENDERED, JobState.DELIVERED, JobState.SHELVED
FAILED, CANCELLED = JobState.FAILED, JobState.CANCELLED


async def added(stores, **changes):
    job, _ = await stores.jobs.add(a_new_job(**changes))
    return job


async def moved(stores, job, *states, at=NOW + 1000, **changes):
    """Take the job through the states, as the worker does."""
    for state in states:
        was = job.state
        job = replace(job.to(state, at=at), **changes)
        if state is RENDERED:
            await stores.jobs.rendered(job, was=was, artifacts=[an_artifact(job=job.id)])
        elif state is DELIVERED:
            (posting,) = [posting for posting in await stores.outbox.due() if posting.job == job.id]
            card = a_card(message=8000 + job.id)
            await stores.jobs.delivered(job, posting=posting, post=card, attachments=[1], notice=False)
        else:
            await stores.jobs.store(job, was=was)
    return await stores.jobs.get(job.id)
