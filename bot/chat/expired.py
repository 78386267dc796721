"""The answer to a control whose meaning is gone."""

from typing import Any

import discord

from bot.chat import cards
from bot.chat.answers import say_privately


async def expired(interaction: discord.Interaction[Any]) -> None:
    await say_privately(interaction, cards.button_expired())
