"""A clock that a test turns."""

from tests.builders import NOW


class ManualClock:
    """Stands still until it is told how far to go."""

    def __init__(self, now: int = NOW) -> None:
        self._start = self._now = now

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start) / 1000

    def advance(self, ms: int) -> None:
        self._now += ms
