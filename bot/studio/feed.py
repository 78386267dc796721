"""News of the studio inside the process: who listens gets the latest, and nobody waits for a listener."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from bot.core.batching import Batch
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchChanged:
    """A batch has begun or has entered a state; `batch` is how it is stored."""

    batch: Batch


News: TypeAlias = JobChanged | JobMoved | LineChanged | BatchChanged


Subject: TypeAlias = tuple[type[News], int | None]


class Subscription:
    """What one listener has not heard yet; of the same kind of news about the same job only the latest."""

    def __init__(self) -> None:
        self._unheard: dict[Subject, News] = {}
        self._some = asyncio.Event()

    def tell(self, news: News) -> None:
        self._unheard[_subject(news)] = news
        self._some.set()

    async def __aiter__(self) -> AsyncIterator[News]:
        while True:
            await self._some.wait()
            news = self._unheard.pop(next(iter(self._unheard)))
            if not self._unheard:
                self._some.clear()
            yield news


def _subject(news: News) -> Subject:
    match news:
        case JobChanged(job=job):
            return JobChanged, job.id
        case JobMoved(job=job):
            return JobMoved, job
        case LineChanged():
            return LineChanged, None
        case BatchChanged(batch=batch):
            return BatchChanged, batch.id
        case _:
            assert_never(news)


class Feed:
    def __init__(self) -> None:
        self._listeners: list[Callable[[News], None]] = []

    def publish(self, news: News) -> None:
        for tell in self._listeners:
            tell(news)

    @contextmanager
    def listen(self) -> Generator[Subscription]:
        """Collect the news for one who comes for it in its own time."""
        subscription = Subscription()
        with self.telling(subscription.tell):
            yield subscription

    @contextmanager
    def telling(self, tell: Callable[[News], None]) -> Generator[None]:
        """Call `tell` with all news at once; it must not wait for anything."""
        self._listeners.append(tell)
        try:
            yield
        finally:
            self._listeners.remove(tell)
