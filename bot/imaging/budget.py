"""How many pixels may be in memory at once: work in a pool, let in by its weight and in its order."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
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
        weight = min(pixels, self._all)
        await self._take(weight)
        running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        running.add_done_callback(lambda _: self._give_back(weight))
        return await asyncio.shield(running)

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
