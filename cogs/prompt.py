"""`/prompt`: what would be drawn, before it is."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import Announced, say
from bot.chat.desk import Desk
from bot.chat.people import origin_of
from bot.chat.reception import Reception
from cogs.drawings import DrawingOptions
from cogs.unfolding import unfolded


@app_commands.guild_only
class PromptCommands(commands.GroupCog, name="prompt", description="The words that go to the model"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="What /generate would send, and where each word of it comes from")
    @unfolded
    async def preview(self, interaction: discord.Interaction[Any], drawing: DrawingOptions) -> None:
        drawing.check(self._desk)
        slow = drawing.reference is not None
        async with self._reception.attend(interaction, Announced.TO_ASKER, slow=slow):
            request = await drawing.with_reference(self._desk)
            prepared = await self._desk.submit.prepare(request, origin_of(interaction))
        await say(interaction, cards.preview_card(prepared), ephemeral=True)
