"""The door: who is served, nobody twice for one request, and who is still inside when we close."""

import asyncio
from collections import OrderedDict

REMEMBERED = 5_000


class Door:
    """`guilds` are the servers that are served; empty means all."""

    def __init__(self, guilds: frozenset[int]) -> None:
        self._guilds = guilds
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._inside: set[asyncio.Task[object]] = set()

    def serves(self, guild: int | None) -> bool:
        return guild is not None and (not self._guilds or guild in self._guilds)

    def enter(self, event: int) -> bool:
        """Let an interaction in by its id; tell whether it is new: a resumed gateway repeats some."""
        self.stay()
        if event in self._seen:
            return False
        self._seen[event] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def stay(self) -> None:
        """Count the running task among those that are waited for at closing time."""
        task = asyncio.current_task()
        if task is not None:
            self._inside.add(task)
            task.add_done_callback(self._inside.discard)

    async def empty(self, *, patience_s: float) -> None:
        """Wait until everybody inside was served, but no longer than that; then send the rest away."""
        inside = self._inside - {asyncio.current_task()}
        if inside:
            _, late = await asyncio.wait(inside, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
