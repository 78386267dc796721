"""The bot's lives: a real process each, started in a moment and killed without one."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True, eq=False)
class Life:
    """One process of the bot. `ended` is its exit code in the end: minus nine after a SIGKILL."""

    pid: int
    ended: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def is_over(self) -> bool:
        return self.ended.done()

    def kill(self) -> None:
        """Kill it now, in this very instruction."""
        if not self.is_over:
            os.kill(self.pid, signal.SIGKILL)

    def ask_to_leave(self) -> None:
        if not self.is_over:
            os.kill(self.pid, signal.SIGTERM)


class Cradle:
    """Bears one life after the other on the same data folder; the next only once the last has ended."""

    def __init__(self, process: asyncio.subprocess.Process, environment: Mapping[str, str]) -> None:
        self._process = process
        self._environment = dict(environment)
        self._life: Life | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def bear(self, **more: str) -> Life:
        """Start the bot; `more` goes into its environment."""
        assert self._process.stdin is not None
        await self.wait()
        self._process.stdin.write(_line({**self._environment, **more}))
        life = self._life = Life(await self._number())
        self._waiting = asyncio.create_task(self._end_of(life))
        return life

    async def wait(self) -> None:
        """Return once nobody lives."""
        if self._waiting is not None:
            await self._waiting

    async def end(self) -> None:
        """Kill whoever lives."""
        if self._life is not None:
            self._life.kill()
        await self.wait()

    async def close(self) -> None:
        await self.end()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()

    async def _end_of(self, life: Life) -> None:
        life.ended.set_result(await self._number())

    async def _number(self) -> int:
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


def _line(environment: Mapping[str, str]) -> bytes:
    return json.dumps(environment).encode() + b"\n"


@asynccontextmanager
async def a_cradle(environment: Mapping[str, str], *, log: Path) -> AsyncGenerator[Cradle]:
    """What the lives have to say goes to `log`."""
    with log.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.cradle_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=said,
        )
    cradle = Cradle(process, environment)
    try:
        yield cradle
    finally:
        with suppress(ConnectionError):
            await cradle.close()
