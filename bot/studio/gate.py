"""The gate before the GPU: what holds the queue up, and the bell that rings when something changed."""

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from bot.studio.feed import Feed, LineChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Somebody paused the queue; `since` is UTC milliseconds."""

    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """ComfyUI does not answer, or is not one that Genga can use: `reason` says which."""

    since: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLow:
    """The disk has too little room for more pictures; both are bytes."""

    free: int
    needed: int


Hold: TypeAlias = Paused | Away | DiskLow


class Gate:
    """Holds jobs back while there is a reason to; several reasons may hold at once."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._holds: dict[type[Hold], Hold] = {}
        self._rung = asyncio.Event()

    @property
    def hold(self) -> Hold | None:
        """Return why nothing is drawn, the most deliberate reason first."""
        return next((self._holds[kind] for kind in (Paused, Away, DiskLow) if kind in self._holds), None)

    def holding(self, kind: type[Hold]) -> bool:
        return kind in self._holds

    def close(self, hold: Hold) -> None:
        known = self._holds.get(type(hold))
        self._holds[type(hold)] = hold
        if known is None:
            self._feed.publish(LineChanged())

    def open(self, kind: type[Hold]) -> None:
        if self._holds.pop(kind, None) is not None:
            self._feed.publish(LineChanged())
            self.ring()

    def ring(self) -> None:
        """Wake the worker: there may be something to do."""
        self._rung.set()

    async def rung(self) -> None:
        """Wait until somebody rings."""
        await self._rung.wait()
        self._rung.clear()
