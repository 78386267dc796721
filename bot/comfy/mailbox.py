"""Where the events of one prompt wait for whoever follows it."""

import asyncio
from collections import deque

from bot.core.progress import Interrupted, Preview, Rendered, RenderEvent, RenderFailed

END = (Rendered, RenderFailed, Interrupted)


class Mailbox:
    """Keeps events in order; of previews only the newest, so that a slow reader costs no memory.

    After an end nothing more is taken in.
    """

    def __init__(self) -> None:
        self._events: deque[RenderEvent] = deque()
        self._filled = asyncio.Event()
        self._fault: BaseException | None = None
        self.ended = False

    def put(self, event: RenderEvent) -> None:
        if self.ended:
            return
        if isinstance(event, Preview):
            self._drop_preview()
        self.ended = isinstance(event, END)
        self._events.append(event)
        self._filled.set()

    def break_off(self, fault: BaseException) -> None:
        """Let the reader have an exception once it has read what came before."""
        self._fault = fault
        self._filled.set()

    async def get(self) -> RenderEvent:
        while not self._events:
            if self._fault is not None:
                raise self._fault
            self._filled.clear()
            await self._filled.wait()
        return self._events.popleft()

    def _drop_preview(self) -> None:
        for event in self._events:
            if isinstance(event, Preview):
                self._events.remove(event)
                return
