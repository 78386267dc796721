"""A memory of what has happened already, long enough to notice repetitions."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

REMEMBERED = 5_000


class Once:
    def __init__(self) -> None:
        self._seen: OrderedDict[Hashable, None] = OrderedDict()
        self._tries: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def first(self, what: Hashable) -> bool:
        """Tell whether this is new, and remember it; the oldest memories go first."""
        if what in self._seen:
            return False
        self._seen[what] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    @asynccontextmanager
    async def trying(self, what: Hashable) -> AsyncGenerator[bool]:
        """Tell whether this is still to be done, as it is after a try that raised.

        Who repeats what is being tried waits for how that ends.
        """
        async with self._tries.setdefault(what, asyncio.Lock()):
            yield what not in self._seen
            self.first(what)
