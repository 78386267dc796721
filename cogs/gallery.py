"""`/gallery`, `/find`, `/compare`: the library's pictures, leafed through, found and laid side by side."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.albums import album_look, found_look
from bot.chat.answers import say
from bot.chat.casts import jobs_here
from bot.chat.desk import Desk
from bot.chat.offers import all_projects_here
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.generation import MAX_COUNT
from bot.core.review import Review
from bot.studio.albums import searched
from cogs.meant import REVIEW_CHOICES, Days, Whose
from cogs.options import JobOption
from cogs.unfolding import unfolded

Number = app_commands.Range[int, 1, MAX_COUNT]


class Gallery(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.guild_only
    @app_commands.command(description="Leaf through the pictures, newest first")
    @app_commands.describe(state="Only those that stand so")
    @app_commands.choices(state=REVIEW_CHOICES)
    @unfolded
    async def gallery(
        self, interaction: discord.Interaction[Any], *, whose: Whose, state: str | None = None, days: Days
    ) -> None:
        async with self._reception.attend(interaction):
            since, until = days.span(interaction)
            wanted = await whose.wanted(interaction)
            review = Review(state) if state is not None else None
            look = await album_look(
                self._desk,
                replace(wanted, review=review, since=since, until=until),
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
            home = await self._desk.library.named(project, actor_of(interaction)) if project else None
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
