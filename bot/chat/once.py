"""A memory of what has happened already, long enough to notice repetitions."""

from collections import OrderedDict
from collections.abc import Hashable

REMEMBERED = 5_000


class Once:
    def __init__(self) -> None:
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def first(self, what: Hashable) -> bool:
        """Tell whether this is new, and remember it; the oldest memories go first."""
        if what in self._seen:
            return False
        self._seen[what] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def forget(self, what: Hashable) -> None:
        """Let it be new again: it came to nothing."""
        self._seen.pop(what, None)
