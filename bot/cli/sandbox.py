"""The demo's surroundings: a Discord and a ComfyUI on loopback, and the settings that lead to them."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import SandboxDiscord
from bot.settings import Settings

DEMO_PACE = Pace(load_s=1.5, step_s=0.12, decode_s=0.25, save_s=0.05)


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
        if comfyui is None:
            url = (await stack.enter_async_context(SandboxComfyUI(pace=DEMO_PACE))).url
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
            data_dir=folder,
            log_level="WARNING",
        )
        yield Sandbox(discord=discord, settings=settings, simulated=comfyui is None)
