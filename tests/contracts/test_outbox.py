from dataclasses import replace

import pytest

from bot.core.job import JobState
from bot.core.posting import PostingState
from tests.builders import NOW, a_card, a_failure, a_new_job


async def owed(stores):
    """Let a failed job owe its notice."""
    job, _ = await stores.jobs.add(a_new_job())
    failed = replace(job.to(JobState.FAILED, at=NOW), failure=a_failure())
    await stores.jobs.store(failed, was=JobState.QUEUED, notice=True)
    return (await stores.outbox.due())[-1]


async def test_what_is_owed_is_due_oldest_first(stores):
    postings = [await owed(stores) for _ in range(3)]
    assert await stores.outbox.due() == postings
    assert len({posting.nonce for posting in postings}) == 3


async def test_the_intent_is_marked_before_the_act_and_counted(stores):
    posting = await owed(stores)
    await stores.outbox.sending(posting)
    assert await stores.outbox.due() == [replace(posting, state=PostingState.SENDING, tried=1)]
    await stores.outbox.sending(posting)
    assert await stores.outbox.due() == [replace(posting, state=PostingState.SENDING, tried=2)]


async def test_a_sent_posting_is_due_no_more(stores):
    posting, other = await owed(stores), await owed(stores)
    await stores.outbox.sending(posting)
    await stores.outbox.sent(posting, a_card(), at=NOW + 1)
    assert await stores.outbox.due() == [other]


async def test_a_dropped_posting_is_due_no_more(stores):
    posting = await owed(stores)
    await stores.outbox.dropped(posting, at=NOW + 1, reason="The channel is gone.")
    assert await stores.outbox.due() == []


@pytest.mark.parametrize("late", ["sending", "dropped"])
async def test_a_sent_posting_stays_sent(stores, late):
    posting = await owed(stores)
    await stores.outbox.sent(posting, a_card(), at=NOW + 1)
    if late == "sending":
        await stores.outbox.sending(posting)
    else:
        await stores.outbox.dropped(posting, at=NOW + 2, reason="too late")
    assert await stores.outbox.due() == []
