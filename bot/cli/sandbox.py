"""The demo's surroundings: a Discord and a ComfyUI on loopback, and the settings that lead to them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import App
from bot.core.library import Gallery, GalleryKind
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Permission, SandboxDiscord, World
from bot.settings import Settings
from bot.studio.control import Actor

FAVOURITE = "waiIllustriousSDXL_v150.safetensors"
"""The simulated ComfyUI's checkpoint whose sizes show best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """`simulated` tells whether the pictures are."""

    discord: SandboxDiscord
    settings: Settings
    simulated: bool


@asynccontextmanager
async def open_sandbox(*, comfyui: str | None, data: Path | None) -> AsyncGenerator[Sandbox]:
    """Start what the bot needs to believe that it is in Discord; without `data` nothing is kept."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(SandboxDiscord())
        _entrust(discord.world)
        if comfyui is None:
            url = (await stack.enter_async_context(SandboxComfyUI(pace=Pace.demo()))).url
        else:
            url = comfyui
        folder = data or Path(stack.enter_context(TemporaryDirectory(prefix="genga-demo-")))
        settings = Settings.load(
            discord_token=discord.token,
            discord_guild_ids=(),
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
            discord_proxy=None,
            comfyui_url=url,
            default_model=FAVOURITE if comfyui is None else None,
            data_dir=folder,
        )
        yield Sandbox(discord=discord, settings=settings, simulated=comfyui is None)


def _entrust(world: World) -> None:
    """Let the bot make forum tags and take refused reactions off, as a studio's own server would."""
    caretaker = world.add_role(
        world.guild, "Caretaker", Permission.MANAGE_CHANNELS | Permission.MANAGE_MESSAGES
    )
    world.give(world.guild.member(world.bot), caretaker)


async def hang_gallery(app: App, discord: SandboxDiscord) -> None:
    """Choose the sandbox's #gallery for pictures without a project, as a server's owner would first."""
    channel = discord.world.channel("gallery")
    owner = Actor(user=discord.world.guild.owner_id, guild=discord.world.guild.id, manages=True)
    await app.studio.library.set_gallery(Gallery(channel=channel.id, kind=GalleryKind.TEXT), owner)


@asynccontextmanager
async def at_work(app: App, stop: asyncio.Event) -> AsyncGenerator[None]:
    """Let the bot work beside the body; whichever ends first sets `stop`, which ends the other."""
    working = asyncio.create_task(app.run(stop))
    working.add_done_callback(lambda _: stop.set())
    try:
        yield
    finally:
        stop.set()
        await working
