import pytest

from bot.core.job import JobState, Priority, Timings, Warmth
from tests.builders import (
    NOW,
    a_card,
    a_kind,
    a_recipe,
    a_size,
    a_waiting,
    an_origin,
    some_timings,
)
from tests.contracts.jobs import (
    CANCELLED,
    DELIVERED,
    FAILED,
    QUEUED,
    RENDERED,
    RUNNING,
    SHELVED,
    SUBMITTED,
    added,
    moved,
)


async def unsettled(stores, *, since=0, limit=10):
    return [job.id for job in await stores.jobs.unsettled_cards(since=since, limit=limit)]


async def test_a_card_is_unsettled_from_the_end_of_its_job_until_it_shows_it(stores):
    job = await added(stores)
    await stores.jobs.set_card(job.id, a_card())
    assert await unsettled(stores) == []
    await moved(stores, job, CANCELLED)
    assert await unsettled(stores) == [job.id]
    await stores.jobs.settle_card(job.id, a_card())
    assert await unsettled(stores) == []


async def test_a_job_without_a_card_has_nothing_to_settle(stores):
    await moved(stores, await added(stores), CANCELLED)
    assert await unsettled(stores) == []


async def test_another_card_is_unsettled_again_and_the_old_one_settles_nothing(stores):
    job = await moved(stores, await added(stores), CANCELLED)
    await stores.jobs.set_card(job.id, a_card(message=1))
    await stores.jobs.settle_card(job.id, a_card(message=1))
    await stores.jobs.set_card(job.id, a_card(message=2))
    await stores.jobs.settle_card(job.id, a_card(message=1))
    assert await unsettled(stores) == [job.id]


async def test_unsettled_cards_come_newest_end_first_up_to_the_limit_and_the_old_ones_are_let_be(stores):
    for at in (3000, 1000, 4000, 2000):
        job = await added(stores, origin=an_origin(key=str(at)))
        await stores.jobs.set_card(job.id, a_card(message=at))
        await moved(stores, job, CANCELLED, at=NOW + at)
    assert await unsettled(stores, since=NOW + 1000) == [3, 1, 4]
    assert await unsettled(stores, since=NOW + 1000, limit=2) == [3, 1]


# ── finding


async def test_jobs_in_states_come_oldest_first(stores):
    first, second, third = [await added(stores) for _ in range(3)]
    await moved(stores, first, SUBMITTED)
    await moved(stores, second, CANCELLED)
    assert [job.id for job in await stores.jobs.in_states(QUEUED, SUBMITTED)] == [first.id, third.id]
    assert await stores.jobs.in_states() == []
    assert await stores.jobs.in_states(DELIVERED) == []


async def test_waiting_jobs_come_oldest_first_with_what_their_turn_depends_on(stores):
    first = await added(stores, origin=an_origin(user=1), priority=Priority.OVERNIGHT)
    other = await moved(stores, await added(stores), SUBMITTED)
    last = await added(stores, origin=an_origin(user=2), created=NOW + 7)
    assert other.state is SUBMITTED
    assert await stores.jobs.waiting() == [
        a_waiting(job=first.id, user=1, priority=Priority.OVERNIGHT),
        a_waiting(job=last.id, user=2, since=NOW + 7),
    ]


async def test_a_job_that_goes_back_to_the_queue_keeps_its_age(stores):
    job = await moved(stores, await added(stores), SUBMITTED, QUEUED, at=NOW + 60_000)
    assert await stores.jobs.waiting() == [a_waiting(job=job.id, since=NOW)]


async def test_what_waits_or_is_drawn_counts_against_the_limits(stores):
    for user, states in [(1, []), (1, [SUBMITTED]), (1, [SUBMITTED, RUNNING]), (1, [CANCELLED]), (2, [])]:
        await moved(stores, await added(stores, origin=an_origin(user=user)), *states)
    assert await stores.jobs.count_waiting(user=1) == (3, 4)
    assert await stores.jobs.count_waiting(user=2) == (1, 4)
    assert await stores.jobs.count_waiting(user=3) == (0, 4)


# ── turns and measurements


async def test_every_turn_makes_a_persons_number_the_highest(stores):
    one, two, one_again = [await added(stores, origin=an_origin(user=user)) for user in (1, 2, 1)]
    for user in (1, 2, 3):
        await added(stores, origin=an_origin(user=user))
    await moved(stores, one, SUBMITTED)
    await moved(stores, two, SUBMITTED)
    served = await stores.jobs.last_served()
    assert served[1] < served[2]
    await moved(stores, one_again, SUBMITTED)
    served = await stores.jobs.last_served()
    assert served[2] < served[1]
    assert 3 not in served


async def test_only_people_with_queued_jobs_are_in_the_line_of_turns(stores):
    await moved(stores, await added(stores, origin=an_origin(user=1)), SUBMITTED)
    assert await stores.jobs.last_served() == {}


async def test_measured_are_the_newest_warm_drawings_of_exactly_this_kind(stores):
    for drawing in (100, 200, 300):
        await moved(stores, await added(stores), SUBMITTED, RENDERED, timings=some_timings(drawing=drawing))
    await moved(
        stores, await added(stores), SUBMITTED, RENDERED, DELIVERED, timings=some_timings(drawing=400)
    )
    await moved(stores, await added(stores), SUBMITTED, RENDERED, SHELVED, timings=some_timings(drawing=500))
    assert await stores.jobs.measured(a_kind()) == [500, 400, 300, 200, 100]
    assert await stores.jobs.measured(a_kind(), limit=2) == [500, 400]


@pytest.mark.parametrize(
    "other",
    [{"workflow": "img2img"}, {"model": None}, {"steps": 26}, {"count": 2}, {"size": a_size(512, 512)}],
)
async def test_another_kind_is_measured_apart(stores, other):
    job = await added(stores, recipe=a_recipe(**other))
    await moved(stores, job, SUBMITTED, RENDERED, timings=some_timings(drawing=700))
    assert await stores.jobs.measured(a_kind()) == []
    pixels = {"pixels": 512 * 512} if "size" in other else other
    assert await stores.jobs.measured(a_kind(**pixels)) == [700]


@pytest.mark.parametrize(
    ("timings", "end"),
    [
        (some_timings(warmth=Warmth.COLD), RENDERED),
        (some_timings(warmth=None), RENDERED),
        (some_timings(drawing=None), RENDERED),
        (Timings(), RENDERED),
        (some_timings(), FAILED),
        (some_timings(), CANCELLED),
    ],
)
async def test_cold_unmeasured_and_unfinished_drawings_do_not_count(stores, timings, end):
    await moved(stores, await added(stores), SUBMITTED, end, timings=timings)
    assert await stores.jobs.measured(a_kind()) == []


async def test_the_states_are_counted_as_jobs_move(stores):
    await added(stores)
    await moved(stores, await added(stores), SUBMITTED)
    await moved(stores, await added(stores), SUBMITTED, RENDERED, DELIVERED)
    counted = await stores.jobs.counts()
    assert counted == {**dict.fromkeys(JobState, 0), QUEUED: 1, SUBMITTED: 1, DELIVERED: 1}
