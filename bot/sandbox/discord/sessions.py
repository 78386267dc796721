"""A gateway session: what it asked for, how far it got and what it may have missed."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from bot.sandbox.discord.dispatches import Dispatch
from bot.sandbox.discord.intents import Intent


class Line(Protocol):
    """Where a session's frames go while it is connected."""

    def send(self, frame: str) -> None: ...


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    id: str
    intents: Intent
    missed: deque[tuple[int, str]]
    """The replay buffer: sequence number and frame."""
    sequence: int = 0
    line: Line | None = None
    end: asyncio.TimerHandle | None = field(default=None, repr=False)

    def tell(self, dispatch: Dispatch) -> None:
        if dispatch.intent is not None and dispatch.intent not in self.intents:
            return
        self.sequence += 1
        frame = json.dumps({"op": 0, "s": self.sequence, "t": dispatch.name, "d": self._readable(dispatch)})
        self.missed.append((self.sequence, frame))
        if self.line is not None:
            self.line.send(frame)

    def _readable(self, dispatch: Dispatch) -> object:
        if dispatch.without_content is None or Intent.MESSAGE_CONTENT in self.intents:
            return dispatch.payload
        return dispatch.without_content

    def since(self, sequence: int) -> list[str] | None:
        """Give the frames after that number, or nothing if the buffer no longer reaches back so far."""
        if sequence > self.sequence or (self.missed and sequence < self.missed[0][0] - 1):
            return None
        return [frame for number, frame in self.missed if number > sequence]
