"""How much Discord takes of one kind of request: counted as discord.py does, but full only when it is."""

import asyncio

from discord.http import Ratelimit


class Bucket(Ratelimit):
    """A bucket that lets in as many as it has room for.

    discord.py 2.7 refuses all that belongs to a bucket which is empty again later than the longest wait it
    was allowed, room or not: once a thread was opened, the next one in that channel waited for minutes.
    """

    __slots__ = ()

    async def acquire(self) -> None:
        if self.is_expired():
            self.reset()
        if self.remaining <= 0:
            await super().acquire()
            return
        self._last_request = asyncio.get_running_loop().time()
        self.remaining -= 1
        self.outgoing += 1
