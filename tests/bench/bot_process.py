"""The bot in a process of its own, as it runs for real, which tells how it is for each line that it reads."""

import asyncio
import gc
import json
import sys
import threading
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import logs
from bot.app import open_app, settle_in
from bot.chat.wire import Wire
from bot.cli.leaving import stop_on_signals
from bot.settings import Settings

BEAT_S = 0.005
TRACE = "--trace"
MOST_GROWN = 15


@dataclass(slots=True)
class Condition:
    """What can be told of this process: its memory, what it holds open, and how late its loop was."""

    lags: list[float] = field(default_factory=list[float])
    before: tracemalloc.Snapshot | None = None

    async def watch_loop(self) -> None:
        """Note by how much each sleep came late."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self.lags.append(loop.time() - due)

    def tell(self) -> None:
        """Write one line; lags are those since the last one."""
        gc.collect()
        lags, self.lags = self.lags, []
        told: dict[str, Any] = {
            "lags": lags,
            "rss_mib": resident_mib(),
            "tasks": len(asyncio.all_tasks()),
            "threads": threading.active_count(),
            "grown": self._grown(),
            **open_handles(),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()

    def _grown(self) -> list[str]:
        """Compare with what was allocated when first asked, where that is traced."""
        if not tracemalloc.is_tracing():
            return []
        now = tracemalloc.take_snapshot()
        if self.before is None:
            self.before = now
        return [str(line) for line in now.compare_to(self.before, "lineno")[:MOST_GROWN]]


def resident_mib() -> float:
    """Return the resident memory where the system tells it the way Linux does, 0 elsewhere."""
    with suppress(OSError), Path("/proc/self/status").open(encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def open_handles() -> dict[str, int]:
    """Count what the process holds open, and what of that is the database."""
    folder = Path("/proc/self/fd")
    names: list[str] = []
    for handle in list(folder.iterdir()) if folder.exists() else []:
        with suppress(OSError):
            names.append(str(handle.readlink()))
    return {
        "handles": len(names),
        "database_handles": sum(name.endswith((".db", ".db-wal", ".db-shm")) for name in names),
    }


@asynccontextmanager
async def answering(condition: Condition) -> AsyncGenerator[None]:
    """Tell the condition for each line on standard input, and once more at the end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def answer() -> None:
        while await reader.readline():
            condition.tell()

    beside = [asyncio.create_task(answer()), asyncio.create_task(condition.watch_loop())]
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
        pipe.close()
        condition.tell()


async def main() -> None:
    settings = Settings.load()
    logs.set_up(level="ERROR", style="console", secrets=[])
    stop = asyncio.Event()
    wire = Wire(api_url=settings.discord_api_url, gateway_url=settings.discord_gateway_url)
    with stop_on_signals(stop):
        async with open_app(settings, wire=wire) as app, answering(Condition()):
            settle_in()
            await app.run(stop)


if __name__ == "__main__":
    if TRACE in sys.argv:
        tracemalloc.start()
    asyncio.run(main())
