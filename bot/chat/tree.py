"""The command tree: lets people in at the door, and answers whatever goes wrong."""

from typing import TYPE_CHECKING

import discord
import structlog
from discord import app_commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.failures import tell_failure
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.reception import GONE

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

log = structlog.get_logger(__name__)


class GengaTree(app_commands.CommandTree["GengaClient"]):
    async def interaction_check(self, interaction: discord.Interaction["GengaClient"], /) -> bool:
        return await let_in(interaction)

    async def on_error(
        self, interaction: discord.Interaction["GengaClient"], error: app_commands.AppCommandError, /
    ) -> None:
        try:
            await tell_failure(self.client.desk, interaction, error)
        except Exception:
            log.exception("failure.unrecorded", error=repr(error))


async def let_in(interaction: Interaction) -> bool:
    """Tell whether to serve; whoever is not served is told why."""
    if interaction.client.door.serves(interaction.guild_id) and not interaction.client.door.is_shut:
        return interaction.client.door.enter(interaction.id)
    if interaction.client.door.enter(interaction.id):
        await _turn_away(interaction)
    return False


async def _turn_away(interaction: Interaction) -> None:
    try:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await say(interaction, _reason(interaction), ephemeral=True)
    except GONE as gone:
        log.info("interaction.gone", id=interaction.id, because=str(gone))


def _reason(interaction: Interaction) -> Look:
    if interaction.guild_id is None:
        return cards.only_in_servers()
    return cards.restarting() if interaction.client.door.serves(interaction.guild_id) else cards.not_served()
