"""Who asks, and from where: an interaction in the studio's words."""

import discord

from bot.chat.interaction import Interaction
from bot.core.generation import Origin
from bot.studio.control import Actor

MOST_OF_A_VALUE = 100


def actor_of(interaction: Interaction) -> Actor:
    """Return who acts, with the rights they have at this moment."""
    return Actor(
        user=interaction.user.id,
        guild=interaction.guild_id,
        manages=interaction.permissions.manage_guild,
        roles=frozenset(role.id for role in getattr(interaction.user, "roles", ())),
        name=interaction.user.display_name,
    )


def origin_of(interaction: Interaction) -> Origin:
    return Origin(
        key=str(interaction.id),
        user=interaction.user.id,
        user_name=interaction.user.display_name,
        guild=interaction.guild_id,
        channel=interaction.channel_id,
    )


def options_of(interaction: Interaction) -> dict[str, str]:
    """Return what was typed, each value shortened."""
    return {name: _short(value) for name, value in interaction.namespace}


def _short(value: object) -> str:
    match value:
        case discord.Attachment():
            text = f"{value.filename} ({value.size} bytes)"
        case _:
            text = str(value)
    return text if len(text) <= MOST_OF_A_VALUE else f"{text[: MOST_OF_A_VALUE - 1]}…"
