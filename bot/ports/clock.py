"""Time, passed in."""

from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """Return UTC milliseconds since 1970; never less than it returned before."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that only measures distances."""
        ...
