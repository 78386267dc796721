"""The command tree: lets people in at the door, and answers whatever goes wrong."""

from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import app_commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.failures import tell_failure
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


async def let_in(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether to serve; whoever is not served is told why."""
    client: GengaClient = interaction.client
    if client.door.serves(interaction.guild_id) and not client.door.is_shut:
        return client.door.enter(interaction.id)
    if client.door.enter(interaction.id):
        await _turn_away(interaction)
    return False


async def _turn_away(interaction: discord.Interaction[Any]) -> None:
    try:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await say(interaction, _reason(interaction), ephemeral=True)
    except GONE as gone:
        log.info("interaction.gone", id=interaction.id, because=str(gone))


def _reason(interaction: discord.Interaction[Any]) -> Look:
    client: GengaClient = interaction.client
    if interaction.guild_id is None:
        return cards.only_in_servers()
    return cards.restarting() if client.door.serves(interaction.guild_id) else cards.not_served()
