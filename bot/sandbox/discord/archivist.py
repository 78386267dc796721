"""Archives threads in which nothing happens any more."""

import asyncio
from collections.abc import Callable

from bot.sandbox.discord.changes import Change, MessageCreated, ThreadCreated, ThreadDeleted, ThreadUpdated
from bot.sandbox.discord.model import Thread
from bot.sandbox.discord.rules import Rules
from bot.sandbox.discord.world import World


def _nothing() -> None:
    return


class Archivist:
    """One timer per active thread, wound up again by every message."""

    def __init__(self, world: World, rules: Rules) -> None:
        self._world = world
        self._rules = rules
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._unlisten: Callable[[], None] = _nothing
        self._later: Callable[..., asyncio.TimerHandle] | None = None

    def open(self) -> None:
        self._later = asyncio.get_running_loop().call_later
        self._unlisten = self._world.listen(self._hear)
        for guild in self._world.guilds.values():
            for thread in guild.active_threads:
                self._wind(thread)

    def close(self) -> None:
        self._unlisten()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _hear(self, change: Change) -> None:
        match change:
            case ThreadCreated(thread) | ThreadUpdated(thread):
                self._wind(thread)
            case MessageCreated(message) if isinstance(message.channel, Thread):
                self._wind(message.channel)
            case ThreadDeleted(thread):
                self._stop(thread)
            case _:
                pass

    def _wind(self, thread: Thread) -> None:
        self._stop(thread)
        if not thread.archived and self._later is not None:
            idle = thread.auto_archive_minutes * self._rules.archive_minute_s
            self._timers[thread.id] = self._later(idle, self._world.archive, thread)

    def _stop(self, thread: Thread) -> None:
        timer = self._timers.pop(thread.id, None)
        if timer is not None:
            timer.cancel()
