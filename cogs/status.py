"""`/status`: how every part of the studio is."""

import math
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.desk import Desk
from bot.chat.reception import Reception


class Status(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="How the bot, ComfyUI, the queue, the database and the disk are")
    @app_commands.guild_only
    async def status(self, interaction: discord.Interaction[Any]) -> None:
        async with self._reception.attend(interaction):
            report = await self._desk.reporter.report()
        look = cards.status_card(
            report,
            version=self._desk.version,
            latency_ms=_milliseconds(interaction.client.latency),
            places=self._desk.places if interaction.permissions.manage_guild else None,
        )
        await say(interaction, look, ephemeral=True)


def _milliseconds(seconds: float) -> float | None:
    """Return the latency, of which there is none before the first heartbeat was answered."""
    return seconds * 1000 if math.isfinite(seconds) else None
