"""The stage of every measurement over the wire: both sandboxes here, the bot in a process beside.

The sandboxes share this process, whose work at a picture is therefore part of what is measured: compare with
the floors.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Interaction, Message, MessageCreated, Person, SandboxDiscord
from tests.bench.bot import BotProcess


@dataclass(slots=True, kw_only=True)
class Stage:
    discord: SandboxDiscord
    comfy: SandboxComfyUI
    data: Path
    bot: BotProcess
    ready_s: float = 0.0

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

    async def killed_and_started(self) -> float:
        """Kill the bot and start it again; return when it was started, in monotonic seconds."""
        await self.bot.kill()
        began = time.monotonic()
        self.bot = await BotProcess.start(self.discord, self.comfy, self.data)
        return began


async def _empty(_: Path) -> None:
    pass


@asynccontextmanager
async def a_stage(
    pace: Pace, *, furnish: Callable[[Path], Awaitable[None]] = _empty
) -> AsyncGenerator[Stage]:
    """Start the bot as a process would be started, in a furnished data folder, and stop it likewise."""
    with TemporaryDirectory(prefix="genga-bench-") as data:
        await furnish(Path(data))
        async with SandboxDiscord() as discord, SandboxComfyUI(pace=pace) as comfy:
            began = time.monotonic()
            bot = await BotProcess.start(discord, comfy, Path(data))
            stage = Stage(discord=discord, comfy=comfy, data=Path(data), bot=bot)
            try:
                await bot.ready(discord)
                stage.ready_s = time.monotonic() - began
                yield stage
                await stage.bot.leave()
            finally:
                await asyncio.shield(stage.bot.kill())


def pictures_in(change: object) -> Message | None:
    """Return the message of a change that posted finished pictures; a card with a preview is none."""
    match change:
        case MessageCreated(message=message) if message.attachments and not message.embeds:
            return message
        case _:
            return None
