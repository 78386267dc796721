"""When a message may be edited: soon enough to be true, seldom enough to stay within Discord's limits."""

from dataclasses import dataclass, replace
from typing import Self

FLOOR_S = 1.0
START_S = 1.2
CEILING_S = 10.0
OLD_AFTER_S = 50 * 60
"""Discord throttles edits of messages older than an hour (30046): past this age a new message is posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The gap kept between two edits in one channel, in seconds; times are monotonic seconds."""

    gap: float = START_S
    last: float = float("-inf")

    def wait(self, *, now: float) -> float:
        """Return the seconds until the next edit may go out; 0 means now."""
        return max(self.last + self.gap - now, 0.0)

    def edited(self, *, now: float, took: float) -> Self:
        """Quicken after an edit that went through at once; slow down after one that was held up."""
        held_up = took > self.gap
        gap = self.gap * (1.5 if held_up else 0.9)
        return replace(self, gap=min(max(gap, FLOOR_S), CEILING_S), last=now)
