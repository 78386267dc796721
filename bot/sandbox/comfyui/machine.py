"""What outlives a restart of the sandbox: its settings, its files and what it remembers for the tests."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from bot.sandbox.comfyui.dialect import Dialect
from bot.sandbox.comfyui.faults import Faults
from bot.sandbox.comfyui.folders import Folders
from bot.sandbox.comfyui.models import Models
from bot.sandbox.comfyui.pace import Pace
from bot.sandbox.comfyui.shapes import Json

Outcome = Literal["pending", "running", "success", "error", "interrupted", "deleted", "lost"]
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class AcceptedPrompt:
    """The life of one prompt; times are `time.monotonic()` seconds."""

    id: str
    number: float
    client_id: str | None
    graph: Json
    extra_data: Json
    submitted: float = field(default_factory=time.monotonic)
    started: float | None = None
    ended: float | None = None
    outcome: Outcome = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """`path` is without `/api`; `status` is 0 where the connection was cut instead of answered."""

    method: str
    path: str
    query: str
    status: int
    at: float = field(default_factory=time.monotonic)


class Bell:
    """Wakes those who wait for something to become true."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def until(self, predicate: Callable[[], T], timeout: float) -> T:  # noqa: ASYNC109 - a test's own limit
        async with asyncio.timeout(timeout):
            while not (answer := predicate()):
                waiter = asyncio.get_running_loop().create_future()
                self._waiting.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiting.discard(waiter)
            return answer


@dataclass(slots=True, kw_only=True)
class Machine:
    dialect: Dialect
    models: Models
    folders: Folders
    faults: Faults
    pace: Pace
    previews: bool
    max_upload_size: int
    bell: Bell = field(default_factory=Bell)
    prompts: list[AcceptedPrompt] = field(default_factory=list[AcceptedPrompt])
    log: list[SeenRequest] = field(default_factory=list[SeenRequest])

    @property
    def features(self) -> dict[str, object]:
        return self.dialect.features(self.max_upload_size)
