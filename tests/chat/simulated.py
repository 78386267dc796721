"""An event loop whose time is simulated: hours of waiting pass at once, and always in the same order."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

from tests.builders import NOW


class _Jump(selectors.DefaultSelector):
    """Where a real selector would wait, this one moves the time on."""

    now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits for something that will never happen"
            self.now += max(timeout, 0.0)
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


class LoopClock:
    """A clock that shows the loop's time."""

    def now(self) -> int:
        return NOW + round(self.monotonic() * 1000)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


def simulate(story: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        runner.run(story)
