"""`/project`: productions, each with its own thread for pictures."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards, choices
from bot.chat.answers import Announced, say
from bot.chat.choices import Choice
from bot.chat.desk import Desk
from bot.chat.galleries import chosen_gallery, gallery_here
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.library import MAX_NAME
from cogs.options import GalleryOption


@app_commands.guild_only
class ProjectCommands(commands.GroupCog, name="project", description="Productions and their galleries"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Make a project; its finished pictures get a thread of their own")
    @app_commands.describe(
        name="What it is called",
        channel="Where its thread is opened; otherwise the server's gallery, or else this channel",
    )
    async def create(
        self,
        interaction: discord.Interaction[Any],
        name: app_commands.Range[str, 1, MAX_NAME],
        channel: GalleryOption | None = None,
    ) -> None:
        actor = actor_of(interaction)
        chosen = chosen_gallery(channel) if channel is not None else None
        async with self._reception.attend(interaction, Announced.TO_ALL):
            gallery = chosen or gallery_here(interaction, await self._desk.library.gallery(actor))
            project = await self._desk.library.create(name, gallery=gallery, actor=actor)
        await say(interaction, cards.project_created(project))

    @app_commands.command(name="list", description="All projects of this server")
    async def every(self, interaction: discord.Interaction[Any]) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            projects = await self._desk.library.projects(actor)
            in_use = await self._desk.library.in_use(actor)
        await say(interaction, cards.project_list(projects, in_use=in_use), ephemeral=True)

    @app_commands.command(description="Where a project's pictures go, and who made it")
    @app_commands.describe(name="The project; the one you use if left out")
    async def show(self, interaction: discord.Interaction[Any], name: str | None = None) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            in_use = await self._desk.library.in_use(actor)
            shown = in_use if name is None else await self._desk.library.named(name, actor)
        if shown is None:
            look = cards.project_used(None)
        else:
            look = cards.project_card(shown, in_use=in_use is not None and in_use.id == shown.id)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Make a project your own choice wherever you name none")
    @app_commands.describe(name="The project; left out, your choice is dropped")
    async def use(self, interaction: discord.Interaction[Any], name: str | None = None) -> None:
        async with self._reception.attend(interaction):
            project = await self._desk.library.use(name, actor_of(interaction))
        await say(interaction, cards.project_used(project), ephemeral=True)

    @show.autocomplete("name")
    @use.autocomplete("name")
    async def _names(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice]:
        return choices.projects(await self._desk.library.matching(typed, actor_of(interaction)))
