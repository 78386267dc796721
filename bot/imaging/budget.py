"""How many pixels may be in memory at once: work in a pool, let in by its weight and in its order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


class PixelBudget:
    """Runs work in the pool while the pixels of all that runs stay within the budget.

    A cancelled caller gets its pixels back only when the thread is done with them.
    """

    def __init__(self, pool: Executor, *, pixels: int) -> None:
        self._pool = pool
        self._all = self._free = pixels
        self._line: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def run(self, work: Callable[[], T], *, pixels: int) -> T:
        async with self.holding(pixels) as hold:
            return await hold.run(work)

    @asynccontextmanager
    async def holding(self, pixels: int) -> AsyncGenerator["Hold"]:
        """Keep so many pixels in memory for several works on them, one after the other or at once."""
        weight = min(pixels, self._all)
        await self._take(weight)
        hold = Hold(self._pool)
        try:
            yield hold
        finally:
            hold.when_idle(lambda: self._give_back(weight))

    async def _take(self, weight: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._line.append((weight, turn))
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._line.remove((weight, turn))
                self._let_in()
            else:
                self._give_back(weight)
            raise

    def _give_back(self, weight: int) -> None:
        self._free += weight
        self._let_in()

    def _let_in(self) -> None:
        while self._line and self._line[0][0] <= self._free:
            weight, turn = self._line[0]
            if turn.cancelled():
                return
            self._line.popleft()
            self._free -= weight
            turn.set_result(None)


class Hold:
    """Pixels that were let in."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._running = 0
        self._idle: Callable[[], None] | None = None

    async def run(self, work: Callable[[], T]) -> T:
        running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        self._running += 1
        running.add_done_callback(self._ended)
        return await asyncio.shield(running)

    def when_idle(self, act: Callable[[], None]) -> None:
        """Do it once no thread works on them any more."""
        self._idle = act
        self._act_if_idle()

    def _ended(self, _: object) -> None:
        self._running -= 1
        self._act_if_idle()

    def _act_if_idle(self) -> None:
        if self._idle is not None and not self._running:
            self._idle()
            self._idle = None
