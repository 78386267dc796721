"""`genga run`: the bot for real, until it is asked to leave."""

import asyncio

import structlog

from bot.app import open_app
from bot.cli.leaving import stop_on_signals
from bot.core.errors import Misconfigured
from bot.settings import Settings

log = structlog.get_logger("genga")


async def run(settings: Settings) -> None:
    if not settings.discord_token.get_secret_value():
        raise Misconfigured(
            "DISCORD_TOKEN: there is none.",
            hint="Put the bot's token into .env (see .env.example), or try `genga demo`, which needs none.",
        )
    stop = asyncio.Event()
    with stop_on_signals(stop):
        async with open_app(settings) as app:
            log.info("started", data=str(settings.data_dir), comfyui=settings.comfyui_url)
            await app.run(stop)
            log.info("stopped")
