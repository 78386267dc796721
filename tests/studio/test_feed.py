"""News inside the process: nobody waits for a listener, and a listener hears the latest."""

import asyncio

from bot.core.batching import BatchState
from bot.core.job import JobState
from bot.studio.feed import BatchChanged, Feed, JobChanged, JobMoved, LineChanged
from tests.builders import a_batch, a_job
from tests.studio.house import settled


async def heard(news, *, number):
    return [await anext(listening) for listening in [aiter(news)] for _ in range(number)]


async def test_a_listener_hears_all_subjects_in_the_order_of_their_first_news():
    feed = Feed()
    with feed.listen() as news:
        for item in (LineChanged(), JobMoved(job=2), JobChanged(job=a_job())):
            feed.publish(item)
        assert await heard(news, number=3) == [LineChanged(), JobMoved(job=2), JobChanged(job=a_job())]


async def test_of_a_batch_the_latest_state_is_told_and_of_each_batch_its_own():
    feed = Feed()
    with feed.listen() as news:
        for batch in (a_batch(id=1), a_batch(id=2), a_batch(id=1, state=BatchState.PAUSED)):
            feed.publish(BatchChanged(batch=batch))
        told = await heard(news, number=2)
    assert [(one.batch.id, one.batch.state) for one in told] == [
        (1, BatchState.PAUSED),
        (2, BatchState.RUNNING),
    ]


async def test_the_same_news_is_told_once():
    feed = Feed()
    with feed.listen() as news:
        for _ in range(1000):
            feed.publish(JobMoved(job=1))
        feed.publish(LineChanged())
        assert await heard(news, number=2) == [JobMoved(job=1), LineChanged()]


async def test_of_a_job_that_changed_twice_only_the_latest_state_is_told():
    feed = Feed()
    with feed.listen() as news:
        feed.publish(JobChanged(job=a_job()))
        feed.publish(JobChanged(job=a_job(state=JobState.CANCELLED)))
        feed.publish(LineChanged())
        first, second = await heard(news, number=2)
    assert (first.job.state, second) == (JobState.CANCELLED, LineChanged())


async def test_a_listener_that_never_comes_blocks_nobody():
    feed = Feed()
    with feed.listen(), feed.listen() as other:
        feed.publish(LineChanged())
        assert await heard(other, number=1) == [LineChanged()]


async def test_a_listener_waits_until_there_is_news():
    feed = Feed()
    with feed.listen() as news:
        waiting = asyncio.create_task(heard(news, number=1))
        await settled()
        assert not waiting.done()
        feed.publish(LineChanged())
        assert await waiting == [LineChanged()]


async def test_who_has_left_hears_nothing_more():
    feed, told = Feed(), []
    with feed.telling(told.append):
        feed.publish(LineChanged())
    feed.publish(JobMoved(job=1))
    assert told == [LineChanged()]
