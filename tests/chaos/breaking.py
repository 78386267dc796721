"""Failing at a chosen step, from outside the bot's code: its write-ahead points are counted, at the n-th it ends.

A write-ahead point is an act that outlives the process: a transaction, a prompt given to ComfyUI, a file that
gets its name, a request by which Discord changes.
"""

import functools
import os
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import discord.http
import discord.webhook.async_

from bot.comfy.client import ComfyClient
from bot.core.errors import RendererAway
from storage.database import Database

VARIABLE = "CHAOS_BREAK"
DEATH = 9


class Point(StrEnum):
    TRANSACTION = "transaction"
    PROMPT = "prompt"
    FILE = "file"
    DISCORD = "discord"


class Way(StrEnum):
    """How it fails: the process dies before or after the act, or the act itself fails once."""

    DIE_BEFORE = "die before"
    DIE_AFTER = "die after"
    RAISE = "raise"


ERRORS: dict[Point, Exception] = {
    Point.TRANSACTION: sqlite3.OperationalError("disk I/O error"),
    Point.PROMPT: RendererAway("ComfyUI does not answer."),
    Point.FILE: OSError(28, "No space left on device"),
    Point.DISCORD: ConnectionResetError(104, "Connection reset by peer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    point: Point
    way: Way
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        point, way, number = text.split(",")
        return cls(point=Point(point), way=Way(way), number=int(number))

    def __str__(self) -> str:
        return f"{self.point},{self.way},{self.number}"


def break_as_told() -> None:
    """Prepare the failure that the environment asks for, if it asks for one."""
    if VARIABLE in os.environ:
        _Counter(Break.parse(os.environ[VARIABLE])).watch()


def mark_of(data: Path) -> Path:
    """Return the file that is there once the point was reached."""
    return data.with_name(f"{data.name}.reached")


class _Counter:
    def __init__(self, planned: Break) -> None:
        self._planned = planned
        self._left = planned.number

    def watch(self) -> None:
        match self._planned.point:
            case Point.TRANSACTION:
                Database.write = self._around(Database.write)
            case Point.PROMPT:
                ComfyClient.submit = self._around(ComfyClient.submit)
            case Point.FILE:
                Path.replace = self._around_plain(Path.replace)
            case Point.DISCORD:
                client, webhooks = discord.http.HTTPClient, discord.webhook.async_.AsyncWebhookAdapter
                client.request = self._around(client.request, counts=_changes_discord)
                webhooks.request = self._around(webhooks.request, counts=_changes_discord)

    def _around(
        self, act: Callable[..., Awaitable[Any]], *, counts: Callable[..., bool] = lambda *_: True
    ) -> Any:
        @functools.wraps(act)
        async def watched(*arguments: Any, **named: Any) -> Any:
            is_it = counts(*arguments) and self._is_it()
            self._before(is_it)
            result = await act(*arguments, **named)
            self._after(is_it)
            return result

        return watched

    def _around_plain(self, act: Callable[..., Any]) -> Any:
        @functools.wraps(act)
        def watched(*arguments: Any, **named: Any) -> Any:
            is_it = self._is_it()
            self._before(is_it)
            result = act(*arguments, **named)
            self._after(is_it)
            return result

        return watched

    def _is_it(self) -> bool:
        self._left -= 1
        if self._left == 0:
            mark_of(Path(os.environ["DATA_DIR"])).touch()
        return self._left == 0

    def _before(self, is_it: bool) -> None:
        if is_it and self._planned.way is Way.DIE_BEFORE:
            os._exit(DEATH)
        if is_it and self._planned.way is Way.RAISE:
            raise ERRORS[self._planned.point]

    def _after(self, is_it: bool) -> None:
        if is_it and self._planned.way is Way.DIE_AFTER:
            os._exit(DEATH)


def _changes_discord(_: object, route: discord.http.Route, *__: object) -> bool:
    return route.method != "GET"
