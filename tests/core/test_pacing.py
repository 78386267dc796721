"""When a message may be edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pacing import CEILING_S, FLOOR_S, START_S, Pace


def test_the_first_edit_goes_out_at_once():
    assert Pace().wait(now=0.0) == 0.0


def test_the_next_edit_waits_for_what_is_left_of_the_gap():
    pace = Pace(gap=2.0).edited(now=10.0, took=0.1)
    assert pace.wait(now=10.5) == pytest.approx(pace.gap - 0.5)
    assert pace.wait(now=10.0 + pace.gap) == 0.0


def test_an_edit_that_went_through_quickens_and_one_that_was_held_up_slows():
    assert Pace().edited(now=0.0, took=0.1).gap < START_S < Pace().edited(now=0.0, took=5.0).gap


@given(st.lists(st.floats(0, 60), max_size=60))
def test_the_gap_stays_between_floor_and_ceiling(tooks):
    pace = Pace()
    for now, took in enumerate(tooks):
        pace = pace.edited(now=now, took=took)
        assert FLOOR_S <= pace.gap <= CEILING_S
        assert 0 <= pace.wait(now=now) <= CEILING_S
