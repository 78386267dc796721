"""One open browser: a snapshot, then every change as a server-sent event."""

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from bot.sandbox.discord import Change, World
from bot.sandbox.page.news import News, Newsroom

ALIVE_S = 15.0
_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}


class Outbox:
    """News on the way to one browser: however slow it is, only the latest of each subject waits."""

    def __init__(self) -> None:
        self._waiting: dict[str, News] = {}
        self._changed = asyncio.Event()
        self.closed = False

    def put(self, news: News) -> None:
        if news.kind == "snapshot":
            self._waiting.clear()
        self._waiting.pop(news.subject, None)
        self._waiting[news.subject] = news
        self._changed.set()

    def close(self) -> None:
        self.closed = True
        self._changed.set()

    async def take(self) -> list[News]:
        """Wait until there is something to tell or it is closed, then give all of it."""
        await self._changed.wait()
        self._changed.clear()
        taken = list(self._waiting.values())
        self._waiting.clear()
        return taken


class Streams:
    """All open browsers."""

    def __init__(self, world: World, newsroom: Newsroom) -> None:
        self._world = world
        self._newsroom = newsroom
        self._outboxes: set[Outbox] = set()
        self._unlisten: Callable[[], None] | None = None

    def open(self) -> None:
        self._unlisten = self._world.listen(self._tell)

    def close(self) -> None:
        """End every stream; their handlers return by themselves."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        for outbox in self._outboxes:
            outbox.close()

    def publish(self, news: News) -> None:
        for outbox in self._outboxes:
            outbox.put(news)

    def _tell(self, change: Change) -> None:
        if not self._outboxes:
            return
        for news in self._newsroom.about(change):
            self.publish(news)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        outbox = Outbox()
        outbox.put(self._newsroom.snapshot())
        self._outboxes.add(outbox)
        try:
            await _pour(outbox, response)
        except ConnectionError:
            pass
        finally:
            self._outboxes.discard(outbox)
        return response


async def _pour(outbox: Outbox, response: web.StreamResponse) -> None:
    while not outbox.closed:
        try:
            async with asyncio.timeout(ALIVE_S):
                taken = await outbox.take()
        except TimeoutError:
            await response.write(b": alive\n\n")
            continue
        if taken:
            await response.write("".join(map(_event, taken)).encode())


def _event(news: News) -> str:
    return f"event: {news.kind}\ndata: {json.dumps(news.told, ensure_ascii=False)}\n\n"
