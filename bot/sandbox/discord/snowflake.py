"""Ids that carry their time, the way Discord counts."""

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000


def moment_of(snowflake: int) -> datetime:
    return datetime.fromtimestamp(((snowflake >> 22) + EPOCH_MS) / 1000, UTC)


def snowflake_at(moment: datetime) -> int:
    return (int(moment.timestamp() * 1000) - EPOCH_MS) << 22


class Snowflakes:
    """Hands out ids that always grow and whose upper bits are the real time."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        now = (int(time.time() * 1000) - EPOCH_MS) << 22
        self._last = max(self._last + 1, now)
        return self._last

    def at(self, moment: datetime) -> int:
        """Make an id of another time; its low bits keep it apart from every other."""
        self._last += 1
        return snowflake_at(moment) | (self._last & 0x3FFFFF)
