"""The prompts that wait, run and have ended, as ComfyUI keeps them: in memory, gone with the process."""

import asyncio
import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.comfyui.machine import AcceptedPrompt
from bot.sandbox.comfyui.shapes import Json

QueueItem = tuple[float, str, Json, Json, list[str]]
"""number, prompt id, graph, extra data, output nodes: in the order of `/queue` and `/history`."""

_HISTORY_LENGTH = 10_000


@dataclass(slots=True, kw_only=True)
class Ended:
    """A history entry in the making."""

    item: QueueItem
    outputs: Json = field(default_factory=dict[str, Any])
    meta: Json = field(default_factory=dict[str, Any])
    messages: list[tuple[str, Json]] = field(default_factory=list[tuple[str, Json]])
    succeeded: bool = False

    def described(self) -> Json:
        status = {
            "status_str": "success" if self.succeeded else "error",
            "completed": self.succeeded,
            "messages": [list(message) for message in self.messages],
        }
        return {"prompt": list(self.item), "outputs": self.outputs, "status": status, "meta": self.meta}


class PromptQueue:
    """Pending prompts are a heap that compares whole items, as ComfyUI's is.

    Two items of equal number and id make the comparison reach their graphs and raise a TypeError: from `put`
    although the item is in, or from `take`, which ends the worker.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._arrived = asyncio.Event()
        self._accepted: dict[int, AcceptedPrompt] = {}
        self._counter = 0
        self.pending: list[QueueItem] = []
        self.running: QueueItem | None = None
        self.history: dict[str, Ended] = {}

    @property
    def remaining(self) -> int:
        return len(self.pending) + (self.running is not None)

    def next_number(self) -> int:
        self._counter += 1
        return self._counter - 1

    def put(self, item: QueueItem, prompt: AcceptedPrompt) -> None:
        self._accepted[id(item)] = prompt
        self._arrived.set()
        heapq.heappush(self.pending, item)
        self._changed()

    async def take(self) -> tuple[QueueItem, AcceptedPrompt]:
        while not self.pending:
            self._arrived.clear()
            await self._arrived.wait()
        self.running = heapq.heappop(self.pending)
        self._changed()
        return self.running, self._accepted.pop(id(self.running))

    def finish(self, ended: Ended) -> None:
        """Take the running prompt out of the queue and into the history, in one step."""
        while len(self.history) >= _HISTORY_LENGTH:
            del self.history[next(iter(self.history))]
        prompt_id = ended.item[1]
        self.history.pop(prompt_id, None)
        self.history[prompt_id] = ended
        self.running = None
        self._changed()

    def clear(self) -> None:
        for item in self.pending:
            self._forget(item)
        self.pending.clear()
        self._changed()

    def delete(self, prompt_id: str) -> bool:
        for place, item in enumerate(self.pending):
            if item[1] == prompt_id:
                del self.pending[place]
                heapq.heapify(self.pending)
                self._forget(item)
                self._changed()
                return True
        return False

    def _forget(self, item: QueueItem) -> None:
        prompt = self._accepted.pop(id(item))
        prompt.outcome, prompt.ended = "deleted", time.monotonic()
