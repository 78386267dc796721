"""Whose turn it is, and how long it takes until then."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import LimitReached
from bot.core.job import Priority
from bot.core.queueing import (
    AGEING_MS,
    Known,
    Learning,
    admit,
    expect,
    line_up,
    place_of,
    total,
    wait_before,
    wait_behind,
)
from tests.builders import NOW, a_kind, a_waiting, some_limits

AIKO, BEN, CHIE = 1, 2, 3

estimates = st.one_of(
    st.builds(Learning, drawings=st.integers(0, 2)),
    st.builds(Known, ms=st.integers(0, 10**6), drawings=st.integers(3, 20)),
)
turns = st.dictionaries(st.integers(1, 4), st.integers(0, 99))


@st.composite
def lines(draw, *, ages=(0, 5 * AGEING_MS), priorities=tuple(Priority)):
    spread = st.lists(
        st.tuples(st.integers(1, 4), st.integers(*ages), st.sampled_from(priorities)), max_size=25
    )
    return [
        a_waiting(job=number, user=user, since=NOW - age, priority=priority)
        for number, (user, age, priority) in enumerate(draw(spread), start=1)
    ]


def order(*waiting, last_served=None, now=NOW):
    return [job.job for job in line_up(waiting, last_served=last_served or {}, now=now)]


def test_people_take_turns():
    flood = [a_waiting(job=number, user=AIKO) for number in (1, 2, 3)]
    assert order(*flood, a_waiting(job=4, user=BEN), a_waiting(job=5, user=CHIE)) == [1, 4, 5, 2, 3]


def test_who_was_served_longest_ago_goes_first():
    waiting = [a_waiting(job=number, user=user) for number, user in enumerate((AIKO, BEN, CHIE), start=1)]
    assert order(*waiting, last_served={AIKO: 9, BEN: 4}) == [3, 2, 1]


def test_a_persons_own_jobs_are_drawn_as_they_were_asked_for():
    assert order(*(a_waiting(job=number) for number in (3, 1, 2))) == [1, 2, 3]


def test_a_higher_class_goes_first():
    overnight = a_waiting(job=1, user=AIKO, priority=Priority.OVERNIGHT)
    batch = a_waiting(job=2, user=BEN, priority=Priority.BATCH)
    assert order(overnight, batch, a_waiting(job=3, user=CHIE)) == [3, 2, 1]


def test_waiting_moves_a_job_up_one_class_at_a_time():
    batch = a_waiting(job=1, user=AIKO, priority=Priority.BATCH, since=NOW - AGEING_MS)
    assert order(batch, a_waiting(job=2, user=BEN), last_served={AIKO: 1}) == [2, 1]
    assert order(batch, a_waiting(job=2, user=BEN), last_served={BEN: 1}) == [1, 2]


def test_ageing_goes_past_the_highest_class():
    batch = a_waiting(job=1, user=AIKO, priority=Priority.BATCH, since=NOW - 2 * AGEING_MS)
    assert order(batch, a_waiting(job=2, user=BEN), last_served={AIKO: 1}) == [1, 2]


def test_what_runs_overnight_stays_below_everyones_interactive_jobs_however_long_it_waits():
    overnight = a_waiting(job=1, user=AIKO, priority=Priority.OVERNIGHT, since=NOW - 99 * AGEING_MS)
    assert order(overnight, a_waiting(job=2, user=BEN), last_served={BEN: 1}) == [2, 1]
    batch = a_waiting(job=2, user=BEN, priority=Priority.BATCH)
    assert order(overnight, batch, last_served={BEN: 1}) == [1, 2]


def a_batch_of(count, *, since, priority=Priority.BATCH):
    return [
        a_waiting(job=number, user=AIKO, priority=priority, since=since, batch=7)
        for number in range(1, count + 1)
    ]


def test_another_persons_single_job_starts_before_a_batch_that_had_a_turn_lately():
    batch = a_batch_of(1000, since=NOW - AGEING_MS + 1)
    assert order(*batch, a_waiting(job=2000, user=BEN), last_served={BEN: 1})[:2] == [2000, 1]


def test_of_a_batch_that_had_no_turn_for_long_one_job_moves_up_and_not_all():
    batch = a_batch_of(5, since=NOW - 2 * AGEING_MS)
    assert order(*batch, a_waiting(job=9, user=BEN)) == [1, 9, 2, 3, 4, 5]


def test_a_clock_that_went_back_does_not_push_anybody_down():
    assert order(a_waiting(job=1, since=NOW + 10 * AGEING_MS), a_waiting(job=2)) == [1, 2]


@given(lines(), turns)
def test_the_order_is_a_permutation(waiting, last_served):
    assert Counter(line_up(waiting, last_served=last_served, now=NOW)) == Counter(waiting)


@given(lines(), turns, st.randoms())
def test_the_order_does_not_depend_on_how_the_jobs_are_listed(waiting, last_served, chance):
    shuffled = chance.sample(waiting, len(waiting))
    assert order(*shuffled, last_served=last_served) == order(*waiting, last_served=last_served)


@given(lines(ages=(0, AGEING_MS - 1)), turns)
def test_no_lower_class_goes_before_a_higher_one_that_is_as_young(waiting, last_served):
    line = line_up(waiting, last_served=last_served, now=NOW)
    assert all(one.priority <= other.priority for one, other in pairwise(line))


@given(lines(ages=(0, AGEING_MS - 1), priorities=(Priority.INTERACTIVE,)), turns)
def test_at_any_moment_nobody_who_waits_is_two_turns_behind(waiting, last_served):
    left = Counter(job.user for job in waiting)
    had: Counter[int] = Counter()
    for job in line_up(waiting, last_served=last_served, now=NOW):
        had[job.user] += 1
        left[job.user] -= 1
        assert all(had[job.user] - had[user] <= 1 for user, more in left.items() if more)


@given(st.integers(1, 5), st.sampled_from([Priority.INTERACTIVE, Priority.BATCH]))
def test_nobody_starves_however_many_newcomers_keep_coming(flooders, priority):
    late = NOW + (priority + 1) * AGEING_MS
    patient = a_waiting(job=10**6, user=99, priority=priority)
    newcomers = [a_waiting(job=number, user=number % flooders, since=late - 1) for number in range(1, 50)]
    assert line_up([*newcomers, patient], last_served={99: 10**6}, now=late)[0] == patient


def test_of_an_empty_line_nobody_is_next():
    assert line_up([], last_served={}, now=NOW) == []


@given(lines())
def test_places_count_from_one(waiting):
    assert [place_of(job.job, waiting) for job in waiting] == list(range(1, len(waiting) + 1))
    assert place_of(10**6, waiting) is None


@pytest.mark.parametrize("measured", [[], [9], [9, 11]])
def test_with_fewer_than_three_drawings_there_is_no_estimate(measured):
    assert expect(measured) == Learning(drawings=len(measured))


def test_the_estimate_is_the_median_so_that_one_slow_drawing_does_not_spoil_it():
    assert expect([4000, 5000, 200_000]) == Known(ms=5000, drawings=3)
    assert expect([4000, 5000, 6000, 200_000]) == Known(ms=5500, drawings=4)


def test_the_wait_is_what_runs_and_everything_ahead():
    fast, slow = a_kind(steps=8), a_kind(steps=25)
    expected = {fast: Known(ms=4000, drawings=9), slow: Known(ms=55_000, drawings=5)}
    line = [a_waiting(job=1, kind=fast), a_waiting(job=2, kind=slow), a_waiting(job=3, kind=fast)]
    running = Known(ms=1000, drawings=7)
    assert wait_before(1, line, expected=expected, running=running) == running
    assert wait_before(3, line, expected=expected, running=running) == Known(ms=60_000, drawings=5)
    assert wait_before(3, line, expected=expected, running=None) == Known(ms=59_000, drawings=5)
    assert wait_behind(line, expected=expected, running=None) == Known(ms=63_000, drawings=5)


def test_the_first_with_an_idle_gpu_waits_for_nothing():
    assert wait_before(1, [a_waiting()], expected={}, running=None) == Known(ms=0, drawings=0)


def test_one_unknown_drawing_ahead_makes_the_wait_unknown():
    line = [a_waiting(job=1), a_waiting(job=2)]
    known = Known(ms=1, drawings=3)
    assert wait_before(2, line, expected={}, running=known) == Learning(drawings=0)
    assert wait_before(2, line, expected={a_kind(): known}, running=Learning(drawings=2)) == Learning(
        drawings=2
    )


@given(st.lists(estimates))
def test_a_sum_is_known_only_if_every_part_is(parts):
    summed = total(parts)
    if all(isinstance(part, Known) for part in parts):
        assert summed == Known(
            ms=sum(part.ms for part in parts), drawings=min((part.drawings for part in parts), default=0)
        )
    else:
        assert summed == Learning(drawings=min(part.drawings for part in parts if isinstance(part, Learning)))


def test_up_to_the_caps_jobs_are_admitted():
    admit(waiting_of_user=19, waiting_in_all=199, limits=some_limits())


@pytest.mark.parametrize(("of_user", "in_all", "cap"), [(20, 20, "20"), (0, 200, "200")])
def test_a_cap_that_is_reached_is_named(of_user, in_all, cap):
    with pytest.raises(LimitReached, match=cap) as refusal:
        admit(waiting_of_user=of_user, waiting_in_all=in_all, limits=some_limits())
    assert refusal.value.hint
