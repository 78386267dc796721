import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.imaging.budget import PixelBudget


class Work:
    """Work that tells when it runs and waits until it may end."""

    def __init__(self):
        self.running, self.may_end = threading.Event(), threading.Event()

    def __call__(self):
        self.running.set()
        assert self.may_end.wait(10)

    async def runs(self):
        await asyncio.to_thread(self.running.wait, 10)


@pytest.fixture
def budget():
    with ThreadPoolExecutor(4) as pool:
        yield PixelBudget(pool, pixels=100)


async def settled():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_fits_runs_together_and_the_rest_waits(budget):
    first, second, third = Work(), Work(), Work()
    tasks = [asyncio.create_task(budget.run(work, pixels=50)) for work in (first, second, third)]
    await first.runs()
    await second.runs()
    await settled()
    assert not third.running.is_set()
    first.may_end.set()
    await third.runs()
    second.may_end.set()
    third.may_end.set()
    await asyncio.gather(*tasks)


async def test_a_small_one_does_not_overtake_a_large_one_that_waits(budget):
    first, large, small = Work(), Work(), Work()
    tasks = [
        asyncio.create_task(budget.run(work, pixels=n)) for work, n in ((first, 60), (large, 90), (small, 10))
    ]
    await first.runs()
    await settled()
    assert not small.running.is_set()
    for work in (first, large, small):
        work.may_end.set()
    await asyncio.gather(*tasks)


async def test_what_is_larger_than_the_whole_budget_runs_alone(budget):
    assert await budget.run(lambda: "done", pixels=10_000) == "done"


async def test_several_works_share_pixels_that_were_let_in_once(budget):
    after = Work()
    async with budget.holding(100) as hold:
        assert await asyncio.gather(hold.run(lambda: 1), hold.run(lambda: 2)) == [1, 2]
        waiting = asyncio.create_task(budget.run(after, pixels=1))
        await settled()
        assert not after.running.is_set()
    await after.runs()
    after.may_end.set()
    await waiting


async def test_pixels_come_back_only_when_the_thread_is_done_with_them(budget):
    cancelled, after = Work(), Work()
    task = asyncio.create_task(budget.run(cancelled, pixels=100))
    await cancelled.runs()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    next_task = asyncio.create_task(budget.run(after, pixels=1))
    await settled()
    assert not after.running.is_set()
    cancelled.may_end.set()
    await after.runs()
    after.may_end.set()
    await next_task


async def test_who_gives_up_waiting_lets_the_others_through(budget):
    first, impatient, third = Work(), Work(), Work()
    running = asyncio.create_task(budget.run(first, pixels=60))
    await first.runs()
    giving_up = asyncio.create_task(budget.run(impatient, pixels=100))
    waiting = asyncio.create_task(budget.run(third, pixels=40))
    await settled()
    giving_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await giving_up
    await third.runs()
    for work in (first, third):
        work.may_end.set()
    await asyncio.gather(running, waiting)
    assert not impatient.running.is_set()
    assert await budget.run(lambda: 1, pixels=100) == 1


async def test_who_is_cancelled_just_as_the_turn_comes_gives_it_back(budget):
    first = Work()
    running = asyncio.create_task(budget.run(first, pixels=100))
    await first.runs()
    unlucky = asyncio.create_task(budget.run(lambda: 1, pixels=100))
    await settled()
    budget._give_back(100)
    unlucky.cancel()
    with pytest.raises(asyncio.CancelledError):
        await unlucky
    budget._free -= 100
    first.may_end.set()
    await running
    assert await budget.run(lambda: 2, pixels=100) == 2


async def test_pixels_that_come_back_pass_by_who_has_just_given_up(budget):
    first, third = Work(), Work()
    running = asyncio.create_task(budget.run(first, pixels=100))
    await first.runs()
    giving_up = asyncio.create_task(budget.run(lambda: 1, pixels=100))
    waiting = asyncio.create_task(budget.run(third, pixels=100))
    await settled()
    giving_up.cancel()
    budget._give_back(100)
    await third.runs()
    budget._free -= 100
    for work in (first, third):
        work.may_end.set()
    await asyncio.gather(running, waiting)
    assert giving_up.cancelled()


async def test_work_that_fails_gives_its_pixels_back(budget):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await budget.run(lambda: 1 // 0, pixels=100)
