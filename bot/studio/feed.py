"""News of the studio inside the process: who listens gets the latest, and nobody waits for a listener."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChanged:
    """A job has entered a state; `job` is how it is stored."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMoved:
    """The drawing of a job has got on."""

    job: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanged:
    """The order of the line, or what holds it up, is different now."""


News: TypeAlias = JobChanged | JobMoved | LineChanged


class Subscription:
    """What one listener has not heard yet. The same news twice is told once."""

    def __init__(self) -> None:
        self._unheard: dict[News, None] = {}
        self._some = asyncio.Event()

    def tell(self, news: News) -> None:
        self._unheard[news] = None
        self._some.set()

    async def __aiter__(self) -> AsyncIterator[News]:
        while True:
            await self._some.wait()
            news = next(iter(self._unheard))
            del self._unheard[news]
            if not self._unheard:
                self._some.clear()
            yield news


class Feed:
    def __init__(self) -> None:
        self._listeners: list[Subscription] = []

    def publish(self, news: News) -> None:
        for listener in self._listeners:
            listener.tell(news)

    @contextmanager
    def listen(self) -> Generator[Subscription]:
        subscription = Subscription()
        self._listeners.append(subscription)
        try:
            yield subscription
        finally:
            self._listeners.remove(subscription)
