"""Days as people write them."""

from datetime import date

import pytest

from bot.core.dates import DAY_MS, day_of, span_of
from bot.core.errors import BadRequest
from tests.builders import NOW

TODAY = date(2026, 9, 21)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-21", TODAY),
        (" today ", TODAY),
        ("Yesterday", date(2026, 9, 20)),
        ("7d", date(2026, 9, 14)),
        ("1 day ago", date(2026, 9, 20)),
        ("0d", TODAY),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_days_are_read_in_all_their_forms(text, day):
    assert day_of(text, now=NOW) == day


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-02-30", "21.9.2026", "9999999d", "-1d", "2026-9", "٢٠٢٦-٠٩-٢١", "`@everyone`"],
)
def test_what_is_no_date_is_refused_with_the_forms_that_are(text):
    with pytest.raises(BadRequest, match="is not a date") as refused:
        day_of(text, now=NOW)
    assert "2026-09-21" in refused.value.hint


def test_the_last_day_counts_whole():
    first, end = span_of("2026-09-20", "2026-09-20", now=NOW)
    assert end - first == DAY_MS
    assert span_of(None, None, now=NOW) == (None, None)
    assert span_of("0001-01-01", "0001-01-01", now=NOW) == (0, 0)


def test_a_span_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadRequest, match="since 2026-09-21 and until 2026-09-14"):
        span_of("today", "7d", now=NOW)
