"""`/generate`: from a sentence to a job."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.answers import Announced
from bot.chat.desk import Desk
from bot.chat.people import actor_of, origin_of
from bot.chat.reception import Reception
from bot.chat.tickets import show_ticket
from cogs.drawings import DrawingOptions
from cogs.unfolding import unfolded


class Generate(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        self._desk = desk
        self._reception = reception

    @app_commands.command(
        description="Draw something: it takes its turn and is posted in the project's thread"
    )
    @app_commands.guild_only
    @unfolded
    async def generate(self, interaction: discord.Interaction[Any], drawing: DrawingOptions) -> None:
        drawing.check(self._desk)
        slow = drawing.reference is not None
        async with self._reception.attend(interaction, Announced.TO_ALL, slow=slow):
            request = await drawing.with_reference(self._desk)
            ticket = await self._desk.refining.draw(request, origin_of(interaction), actor_of(interaction))
        await show_ticket(self._desk, interaction, ticket)
