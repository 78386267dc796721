"""A real discord.py client at a sandbox Discord."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.sandbox.discord import SandboxDiscord


@asynccontextmanager
async def a_client(sandbox: SandboxDiscord, monkeypatch) -> AsyncIterator[discord.Client]:
    monkeypatch.setattr(Route, "BASE", sandbox.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        allowed_mentions=discord.AllowedMentions.none(),
        guild_ready_timeout=0.05,
    )
    async with client:
        running = asyncio.create_task(client.start(sandbox.token))
        await client.wait_until_ready()
        try:
            yield client
        finally:
            running.cancel()
            await asyncio.wait([running])
