"""`/job`: everything about one drawing, and drawing it again."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards, job_acts
from bot.chat.answers import say
from bot.chat.cards.measures import STATE_WORDS
from bot.chat.casts import jobs_here, projects_here
from bot.chat.desk import Desk
from bot.chat.look import Look
from bot.chat.pages import job_page
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.chat.record import note_job
from bot.core.job import JobState
from bot.ports.stores import JobFilter
from bot.studio.control import Actor
from cogs.options import JobOption


@app_commands.guild_only
class JobCommands(commands.GroupCog, name="job", description="Drawings, past and present"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Everything about a job, in any state")
    @app_commands.describe(job="The job's number")
    @app_commands.autocomplete(job=jobs_here)
    async def show(self, interaction: discord.Interaction[Any], job: JobOption) -> None:
        async with self._reception.attend(interaction):
            look = await self._sheet(interaction, job)
        await say(interaction, look, ephemeral=True)

    async def _sheet(self, interaction: discord.Interaction[Any], job_id: int) -> Look:
        desk = self._desk
        job = await desk.control.job(job_id, actor_of(interaction))
        note_job(interaction, job)
        pictures = await desk.jobs.artifacts(job.id)
        return cards.job_sheet(
            await desk.line.view(job.id),
            await desk.jobs.events(job.id),
            pictures,
            now=desk.clock.now(),
            line=await desk.kinship.line(job),
            twins=await desk.album.twins(pictures),
        )

    @app_commands.command(name="list", description="The newest jobs")
    @app_commands.describe(
        mine="Only your own", project="Only this project's", state="Only those in this state"
    )
    @app_commands.autocomplete(project=projects_here)
    @app_commands.choices(
        state=[app_commands.Choice(name=STATE_WORDS[state], value=state) for state in JobState]
    )
    async def newest(
        self,
        interaction: discord.Interaction[Any],
        mine: bool = False,  # noqa: FBT001, FBT002 - an option of a slash command
        project: str | None = None,
        state: str | None = None,
    ) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            wanted = await self._filter(actor, mine=mine, project=project, state=state)
            look = await job_page(self._desk, wanted)
        await say(interaction, look, ephemeral=True)

    async def _filter(self, actor: Actor, *, mine: bool, project: str | None, state: str | None) -> JobFilter:
        return JobFilter(
            guild=actor.guild,
            user=actor.user if mine else None,
            project=(await self._desk.library.named(project, actor)).id if project is not None else None,
            state=JobState(state) if state is not None else None,
        )

    @app_commands.command(description="Draw a job again, with a new seed or the same")
    @app_commands.describe(job="The job's number", same_seed="Draw exactly the same picture")
    @app_commands.autocomplete(job=jobs_here)
    async def again(
        self,
        interaction: discord.Interaction[Any],
        job: JobOption,
        same_seed: bool = False,  # noqa: FBT001, FBT002 - an option of a slash command
    ) -> None:
        await job_acts.again(interaction, job, same_seed=same_seed)

    @app_commands.command(description="All parameters of a job, and its ComfyUI workflow as a file")
    @app_commands.describe(job="The job's number")
    @app_commands.autocomplete(job=jobs_here)
    async def params(self, interaction: discord.Interaction[Any], job: JobOption) -> None:
        await job_acts.params(interaction, job)

    @app_commands.command(description="A job's family: what came from what, as one picture of thumbnails")
    @app_commands.describe(job="The job's number")
    @app_commands.autocomplete(job=jobs_here)
    async def tree(self, interaction: discord.Interaction[Any], job: JobOption) -> None:
        async with self._reception.attend(interaction, slow=True):
            found = await self._desk.control.job(job, actor_of(interaction))
            note_job(interaction, found)
            look = cards.tree_card(
                found, await self._desk.kinship.tree(found, channel=interaction.channel_id)
            )
        await say(interaction, look, ephemeral=True)
