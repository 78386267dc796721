"""The wall clock and the monotonic one, as the studio sees them."""

import time


class SystemClock:
    """UTC milliseconds that never go back within the process, whatever is done to the machine's clock."""

    def __init__(self) -> None:
        self._latest = 0

    def now(self) -> int:
        self._latest = max(self._latest, time.time_ns() // 1_000_000)
        return self._latest

    def monotonic(self) -> float:
        return time.monotonic()
