"""`/gallery`, `/find`, `/compare`: the library's pictures, leafed through, found and laid side by side."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.albums import album_look, found_look
from bot.chat.answers import say
from bot.chat.casts import characters_here, jobs_here
from bot.chat.desk import Desk
from bot.chat.offers import all_projects_here
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.dates import span_of
from bot.core.generation import MAX_COUNT
from bot.core.library import Project
from bot.core.review import Review
from bot.ports.library import PictureFilter
from bot.studio.albums import searched
from cogs.options import JobOption

Number = app_commands.Range[int, 1, MAX_COUNT]


class Gallery(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.guild_only
    @app_commands.command(description="Leaf through the pictures, newest first")
    @app_commands.describe(
        project="Only this project's",
        character="Only pictures of this character",
        state="Only those that stand so",
        since="From this day on: 2026-09-21, today, yesterday, 7d",
        until="Up to this day: 2026-09-21, today, yesterday, 7d",
    )
    @app_commands.choices(state=[app_commands.Choice(name=state, value=state) for state in Review])
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    async def gallery(
        self,
        interaction: discord.Interaction[Any],
        project: str | None = None,
        character: str | None = None,
        state: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        async with self._reception.attend(interaction):
            first, end = span_of(since, until, now=self._desk.clock.now())
            home = await self._project(interaction, project)
            look = await album_look(
                self._desk,
                PictureFilter(
                    guild=interaction.guild_id,
                    project=home.id if home else None,
                    character=await self._character(interaction, character, home),
                    review=Review(state) if state is not None else None,
                    since=first,
                    until=end,
                ),
                actor=actor_of(interaction),
                channel=interaction.channel_id,
            )
        await say(interaction, look, ephemeral=True)

    @app_commands.guild_only
    @app_commands.command(description="Find drawings by the words of their prompts")
    @app_commands.describe(
        text="Words of the prompt; the last one may be cut short", project="Only this project's"
    )
    @app_commands.autocomplete(project=all_projects_here)
    async def find(
        self, interaction: discord.Interaction[Any], text: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            words = searched(text)
            home = await self._project(interaction, project)
            look = await found_look(
                self._desk,
                words,
                project=home.id if home else None,
                actor=actor_of(interaction),
                channel=interaction.channel_id,
            )
        await say(interaction, look, ephemeral=True)

    @app_commands.guild_only
    @app_commands.command(description="Two pictures side by side, and in what they differ")
    @app_commands.describe(
        job_a="The one job's number",
        job_b="The other job's number",
        picture_a="Which of its pictures; otherwise the first",
        picture_b="Which of its pictures; otherwise the first",
    )
    @app_commands.autocomplete(job_a=jobs_here, job_b=jobs_here)
    async def compare(
        self,
        interaction: discord.Interaction[Any],
        job_a: JobOption,
        job_b: JobOption,
        picture_a: Number | None = None,
        picture_b: Number | None = None,
    ) -> None:
        async with self._reception.attend(interaction):
            comparison = await self._desk.album.compare(
                (job_a, picture_a),
                (job_b, picture_b),
                actor_of(interaction),
                channel=interaction.channel_id,
            )
        await say(interaction, cards.comparison_card(comparison), ephemeral=True)

    async def _project(self, interaction: discord.Interaction[Any], name: str | None) -> Project | None:
        return None if name is None else await self._desk.library.named(name, actor_of(interaction))

    async def _character(
        self, interaction: discord.Interaction[Any], name: str | None, project: Project | None
    ) -> int | None:
        """Return the character's number; without a project, that of where it is asked decides."""
        if name is None:
            return None
        home = project or await self._desk.library.chosen(
            None, actor_of(interaction), channel=interaction.channel_id
        )
        return (await self._desk.casting.named(name, home)).id
