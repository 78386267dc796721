"""Channels as galleries: which kinds can be one, and whether the bot may post there."""

from typing import TypeAlias

import discord

from bot.chat.interaction import Interaction
from bot.chat.mishaps import TO_OPEN, TO_OPEN_IN_FORUM
from bot.core.errors import MissingPermission
from bot.core.library import Gallery, GalleryKind

GalleryChannel: TypeAlias = discord.TextChannel | discord.ForumChannel


def chosen_gallery(channel: GalleryChannel) -> Gallery:
    """Return the channel as a gallery; raise MissingPermission if the bot could open no thread there."""
    needed = TO_OPEN_IN_FORUM if isinstance(channel, discord.ForumChannel) else TO_OPEN
    allowed = channel.permissions_for(channel.guild.me)
    for permission in needed:
        if not getattr(allowed, permission):
            raise MissingPermission(spoken(permission), f"<#{channel.id}>")
    kind = GalleryKind.FORUM if isinstance(channel, discord.ForumChannel) else GalleryKind.TEXT
    return Gallery(channel=channel.id, kind=kind)


def gallery_here(interaction: Interaction, of_server: Gallery | None) -> Gallery | None:
    """Return the server's gallery with a thread yet to be opened; without one, the channel at hand.

    None if the bot may open no thread there.
    """
    if of_server is not None:
        return Gallery(channel=of_server.channel, kind=of_server.kind)
    match interaction.channel:
        case discord.TextChannel() | discord.ForumChannel() as here:
            return _if_allowed(here)
        case discord.Thread(parent=discord.TextChannel() | discord.ForumChannel() as home):
            return _if_allowed(home)
        case _:
            return None


def _if_allowed(channel: GalleryChannel) -> Gallery | None:
    try:
        return chosen_gallery(channel)
    except MissingPermission:
        return None


def spoken(permission: str) -> str:
    """Name a permission as Discord's settings do: `send_messages_in_threads` is Send Messages in Threads."""
    return permission.replace("_", " ").title().replace(" In ", " in ")
