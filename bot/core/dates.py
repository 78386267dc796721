"""Days, as people write them, and the span of time that they mean."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.core.errors import BadRequest

DAY_MS: Final = 86_400_000
FORMS: Final = "`2026-09-21`, `today`, `yesterday`, or `7d` for seven days ago"
_WORDS: Final = {"today": 0, "yesterday": 1}
_AGO = re.compile(r"(\d{1,4})\s*d(ays?( ago)?)?")


def day_of(text: str, *, now: int) -> date:
    """Read a day in UTC; raise BadRequest, which names the forms that are understood."""
    said = text.strip().casefold()
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    ago = _AGO.fullmatch(said)
    try:
        if said in _WORDS or ago:
            return today - timedelta(days=int(ago[1]) if ago else _WORDS[said])
        return date.fromisoformat(said)
    except (ValueError, OverflowError):
        raise BadRequest(f"`{text.strip()[:40]}` is not a date.", hint=f"Write {FORMS}.") from None


def span_of(since: str | None, until: str | None, *, now: int) -> tuple[int | None, int | None]:
    """Return from when on and before when, in UTC milliseconds; the last day counts whole."""
    first = None if since is None else day_of(since, now=now)
    last = None if until is None else day_of(until, now=now)
    if first is not None and last is not None and first > last:
        raise BadRequest(f"Nothing is both since {first} and until {last}.", hint="Exchange the two dates.")
    return (
        None if first is None else max(_start_of(first), 0),
        None if last is None else max(_start_of(last) + DAY_MS, 0),
    )


def _start_of(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY_MS
