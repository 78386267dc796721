"""The bot's process as those see it who measure it: started, asked how it is, asked to leave or killed."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import SandboxDiscord

LONGEST_LINE = 64 * 1024 * 1024
READY_S = 60.0
LEAVING_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the process was: `lags` are seconds, by how much its loop came late each few milliseconds."""

    lags: Sequence[float]
    rss_mib: float
    handles: int
    database_handles: int
    tasks: int
    threads: int
    grown: Sequence[str]


class BotProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls, discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path, *arguments: str, **more: str
    ) -> Self:
        """Start it as a process is started, between these two; `more` goes into its environment."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.bench.bot_process",
                *arguments,
                env={**os.environ, **_environment(discord, comfy, data), **more},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE,
            )
        )

    async def ready(self, discord: SandboxDiscord) -> None:
        """Return once it has synced its commands; raise if it ended instead."""
        there = asyncio.create_task(discord.synced(timeout=READY_S))
        gone = asyncio.create_task(self._process.wait())
        await asyncio.wait({there, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not there.done():
            there.cancel()
            raise AssertionError(f"the bot ended at its start with {self._process.returncode}")
        await there

    async def tell(self) -> Told:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        return await self._line()

    async def leave(self) -> Told:
        """Ask it to leave, as systemd does; return what it told last."""
        self._process.terminate()
        async with asyncio.timeout(LEAVING_S):
            told = await self._line()
            await self._end()
        return told

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._end()

    async def _line(self) -> Told:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the bot ended by itself with {await self._process.wait()}")
        return Told(**json.loads(line))

    async def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.communicate()


def _environment(discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "COMFYUI_URL": comfy.url,
        "DATA_DIR": str(data),
        "MAX_WAITING": "2000",
        "MAX_WAITING_PER_USER": "2000",
        "MIN_FREE_DISK_MIB": "0",
    }
