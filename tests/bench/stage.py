"""The stage of every measurement: both sandboxes here, the bot in a process beside."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Interaction, Message, MessageCreated, Person, SandboxDiscord


@dataclass(slots=True, kw_only=True)
class Stage:
    discord: SandboxDiscord
    comfy: SandboxComfyUI
    ready_s: float = 0.0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def artist(self) -> Person:
        return self.discord.person("artist")

    @property
    def director(self) -> Person:
        return self.discord.person("director")

    async def say(self, who: Person, command: str, channel: str = "general") -> Interaction:
        return await who.slash(command, channel=self.discord.world.channel(channel))

    async def generate(self, **options: Any) -> Interaction:
        """Ask for a drawing nobody has asked for before, so that nothing of it is cached."""
        given = {"prompt": "a heron under paper lanterns, rain", **options}
        return await self.artist.slash("generate", channel=self.discord.world.channel("general"), **given)

    @property
    def too_many(self) -> int:
        return sum(exchange.status == 429 for exchange in self.discord.log)

    async def drawn(self, count: int) -> None:
        """Wait until so many prompts have ended."""
        await self.comfy.wait_for(
            lambda: sum(prompt.ended is not None for prompt in self.comfy.prompts) >= count, timeout=600
        )


@asynccontextmanager
async def a_stage(pace: Pace) -> AsyncGenerator[Stage]:
    """Start the bot as a process would be started, and stop it as one would be stopped."""
    with TemporaryDirectory(prefix="genga-bench-") as data:
        async with SandboxDiscord() as discord, SandboxComfyUI(pace=pace) as comfy:
            stage = Stage(discord=discord, comfy=comfy)
            began = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.bench.bot_process",
                env=_environment(discord, comfy, Path(data)),
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                await discord.synced(timeout=60)
                stage.ready_s = time.monotonic() - began
                yield stage
            finally:
                process.terminate()
                written, _ = await process.communicate()
                stage.told = json.loads(written or "{}")


def _environment(discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "COMFYUI_URL": comfy.url,
        "DATA_DIR": str(data),
        "MAX_WAITING": "2000",
        "MAX_WAITING_PER_USER": "2000",
        "MIN_FREE_DISK_MIB": "0",
    }


def pictures_in(change: object) -> Message | None:
    """Return the message of a change that posted finished pictures; a card with a preview is none."""
    match change:
        case MessageCreated(message=message) if message.attachments and not message.embeds:
            return message
        case _:
            return None
