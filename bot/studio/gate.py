"""The gate before the GPU: what holds the queue up, and the bell that rings when something changed."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.core.alerting import AlertKind
from bot.core.errors import Misconfigured, RendererAway, WorkerDead
from bot.studio.feed import Feed, LineChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Somebody paused the queue; `since` is UTC milliseconds."""

    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """ComfyUI does not answer, or is not one that Genga can use: `reason` and `kind` say which."""

    since: int
    reason: str
    hint: str = ""
    kind: AlertKind = AlertKind.AWAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLow:
    """The disk has too little room for more pictures; both are bytes."""

    free: int
    needed: int


def away_for(error: RendererAway | Misconfigured, *, since: int) -> Away:
    """Return why ComfyUI counts as away."""
    return Away(since=since, reason=error.message, hint=error.hint, kind=_kind_of(error))


def _kind_of(error: RendererAway | Misconfigured) -> AlertKind:
    match error:
        case Misconfigured():
            return AlertKind.UNUSABLE
        case WorkerDead():
            return AlertKind.WORKER_DEAD
        case _:
            return AlertKind.AWAY


Hold: TypeAlias = Paused | Away | DiskLow


class Gate:
    """Holds jobs back while there is a reason to; several reasons may hold at once."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._holds: dict[type[Hold], Hold] = {}
        self._rung = asyncio.Event()
        self._opened: defaultdict[type[Hold], asyncio.Event] = defaultdict(asyncio.Event)
        self._closed: defaultdict[type[Hold], asyncio.Event] = defaultdict(asyncio.Event)

    @property
    def hold(self) -> Hold | None:
        """Return why nothing is drawn, the most deliberate reason first."""
        return next((self._holds[kind] for kind in (Paused, Away, DiskLow) if kind in self._holds), None)

    @property
    def holds(self) -> tuple[Hold, ...]:
        return tuple(self._holds.values())

    def holding(self, kind: type[Hold]) -> bool:
        return kind in self._holds

    async def opened(self, kind: type[Hold]) -> None:
        """Wait until this does not hold the queue up any more."""
        while self.holding(kind):
            self._opened[kind].clear()
            await self._opened[kind].wait()

    async def closed(self, kind: type[Hold]) -> None:
        """Wait until this holds the queue up."""
        while not self.holding(kind):
            self._closed[kind].clear()
            await self._closed[kind].wait()

    def close(self, hold: Hold) -> None:
        known = self._holds.get(type(hold))
        self._holds[type(hold)] = _since_the_first(known, hold)
        self._closed[type(hold)].set()
        if known is None:
            self._feed.publish(LineChanged())

    def open(self, kind: type[Hold]) -> None:
        if self._holds.pop(kind, None) is not None:
            self._opened[kind].set()
            self._feed.publish(LineChanged())
            self.ring()

    def ring(self) -> None:
        """Wake the worker: there may be something to do."""
        self._rung.set()

    async def rung(self) -> None:
        """Wait until somebody rings."""
        await self._rung.wait()
        self._rung.clear()


def _since_the_first(known: Hold | None, hold: Hold) -> Hold:
    """Return the hold as of when that very trouble was first seen."""
    match known, hold:
        case Away(since=since, kind=before), Away(kind=kind) if kind is before:
            return replace(hold, since=min(since, hold.since))
        case _:
            return hold
