"""What somebody does in Discord (a command, a press, a form, a letter typed), at our own client."""

from typing import TYPE_CHECKING, TypeAlias

import discord

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

Interaction: TypeAlias = "discord.Interaction[GengaClient]"
