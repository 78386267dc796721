"""How long silence is nothing to worry about."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.patience import LEAST_MS, TIMES_THE_USUAL, UNKNOWN_MS, patience_ms
from bot.core.queueing import Known, Learning


def test_a_drawing_of_an_unknown_kind_may_be_silent_for_long():
    assert patience_ms(Learning(drawings=2)) == UNKNOWN_MS


def test_a_quick_drawing_is_given_some_minutes_all_the_same():
    assert patience_ms(Known(ms=900, drawings=3)) == LEAST_MS


@given(st.integers(0, 10**9))
def test_the_patience_is_always_a_multiple_of_what_is_usual(ms):
    assert patience_ms(Known(ms=ms, drawings=9)) >= max(ms * TIMES_THE_USUAL, LEAST_MS)
