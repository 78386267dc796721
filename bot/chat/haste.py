"""Presses that follow too fast upon each other to be meant twice."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

GAP_S = 2.0
REMEMBERED = 1_000


class Haste:
    """`monotonic` returns seconds."""

    def __init__(self, monotonic: Callable[[], float], *, gap_s: float = GAP_S) -> None:
        self._monotonic = monotonic
        self._gap_s = gap_s
        self._last: OrderedDict[Hashable, float] = OrderedDict()

    def too_soon_by(self, what: Hashable) -> float:
        """Return how many seconds too soon this repeats itself; 0 if it may be done, which is remembered."""
        now = self._monotonic()
        left = self._last.get(what, float("-inf")) + self._gap_s - now
        if left > 0:
            return left
        self._last[what] = now
        self._last.move_to_end(what)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return 0.0
