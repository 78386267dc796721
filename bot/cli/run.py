"""`genga run`: the bot for real, until it is asked to leave."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from bot.app import App, open_app, settle_in
from bot.cli.leaving import stop_on_signals
from bot.core.errors import Misconfigured
from bot.settings import Settings
from bot.systemd import Systemd

log = structlog.get_logger("genga")


async def run(settings: Settings) -> None:
    if not settings.discord_token.get_secret_value():
        raise Misconfigured(
            "DISCORD_TOKEN: there is none.",
            hint="Put the bot's token into .env (see .env.example), or try `genga demo`, which needs none.",
        )
    stop = asyncio.Event()
    systemd = Systemd()
    with stop_on_signals(stop):
        async with open_app(settings) as app:
            settle_in()
            log.info("started", data=str(settings.data_dir), comfyui=settings.comfyui_url)
            async with _told(systemd, app):
                await app.run(stop)
            log.info("stopped")


@asynccontextmanager
async def _told(systemd: Systemd, app: App) -> AsyncGenerator[None]:
    """Tell systemd that we are ready, that we live, and in the end that we leave."""
    systemd.ready()
    pulse = asyncio.create_task(systemd.keep_alive(app.alive))
    try:
        yield
    finally:
        systemd.leaving()
        pulse.cancel()
        await asyncio.wait([pulse])
