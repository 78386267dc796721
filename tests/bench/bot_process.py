"""The bot in a process of its own, as it runs for real, with a watch on its event loop."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

from bot import logs
from bot.app import open_app
from bot.chat.wire import Wire
from bot.cli.leaving import stop_on_signals
from bot.settings import Settings

BEAT_S = 0.005


async def watch_loop(lags: list[float]) -> None:
    """Note by how much each sleep came late."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + BEAT_S
        await asyncio.sleep(BEAT_S)
        lags.append(loop.time() - due)


def resident_mib() -> float | None:
    """Return the process's resident memory where the system tells it the way Linux does."""
    with suppress(OSError), Path("/proc/self/status").open(encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return None


async def main() -> None:
    settings = Settings.load()
    logs.set_up(level="ERROR", style="console", secrets=[])
    stop = asyncio.Event()
    lags: list[float] = []
    wire = Wire(api_url=settings.discord_api_url, gateway_url=settings.discord_gateway_url)
    with stop_on_signals(stop):
        async with open_app(settings, wire=wire) as app:
            watching = asyncio.create_task(watch_loop(lags))
            await app.run(stop)
            watching.cancel()
    sys.stdout.write(json.dumps({"lags": lags, "rss_mib": resident_mib()}))


if __name__ == "__main__":
    asyncio.run(main())
