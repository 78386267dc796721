"""`/settings`: what a server decides for itself."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.desk import Desk
from bot.chat.galleries import chosen_gallery
from bot.chat.inviting import USUAL, chosen_reactions
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from cogs.options import GalleryOption


@app_commands.guild_only
@app_commands.default_permissions(manage_guild=True)
class SettingsCommands(commands.GroupCog, name="settings", description="What this server decides for itself"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Where pictures without a project's gallery go")
    @app_commands.describe(channel="A text channel or a forum; left out, the present choice is shown")
    async def gallery(
        self, interaction: discord.Interaction[Any], channel: GalleryOption | None = None
    ) -> None:
        actor = actor_of(interaction)
        gallery = chosen_gallery(channel) if channel is not None else None
        async with self._reception.attend(interaction):
            if gallery is not None:
                await self._desk.library.set_gallery(gallery, actor)
            shown = gallery or await self._desk.library.gallery(actor)
        await say(interaction, cards.gallery_card(shown, changed=gallery is not None), ephemeral=True)

    @app_commands.command(description="Where the studio's troubles are told, such as ComfyUI being away")
    @app_commands.describe(channel="A text channel; left out, the present choice is shown")
    async def admin(
        self, interaction: discord.Interaction[Any], channel: discord.TextChannel | None = None
    ) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            if channel is not None:
                await self._desk.library.set_admin_channel(channel.id, actor)
            shown = channel.id if channel is not None else await self._desk.library.admin_channel(actor)
        look = cards.admin_channel_card(shown, changed=channel is not None)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Which reactions Genga puts under its own posts")
    @app_commands.describe(emoji="Such as 🔁 ✅ ❌, or none, or usual; left out, the present choice is shown")
    async def reactions(
        self, interaction: discord.Interaction[Any], emoji: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        actor, library = actor_of(interaction), self._desk.library
        chosen = chosen_reactions(emoji) if emoji is not None else None
        async with self._reception.attend(interaction):
            if emoji is not None:
                await library.set_reactions(chosen, actor)
            shown = await library.reactions(actor)
        look = cards.reactions_card(USUAL if shown is None else shown, changed=emoji is not None)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Who approves and rejects pictures")
    @app_commands.describe(
        role="Only those with this role; @everyone lets everybody; left out, the present choice is shown"
    )
    async def reviewers(
        self, interaction: discord.Interaction[Any], role: discord.Role | None = None
    ) -> None:
        actor, critic = actor_of(interaction), self._desk.critic
        async with self._reception.attend(interaction):
            if role is not None:
                await critic.set_reviewers(None if role.is_default() else role.id, actor)
            shown = await critic.reviewers(actor)
        await say(interaction, cards.reviewers_card(shown, changed=role is not None), ephemeral=True)
