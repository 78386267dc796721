"""`/queue`: who waits for the GPU, and taking turns back."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards, choices, job_acts
from bot.chat.answers import Announced, say
from bot.chat.choices import Choice
from bot.chat.desk import Desk
from bot.chat.pages import queue_page
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.job import JobState
from cogs.options import JobOption

OPEN_STATES = (JobState.QUEUED, JobState.SUBMITTED, JobState.RUNNING)


@app_commands.guild_only
class QueueCommands(commands.GroupCog, name="queue", description="The line before the GPU"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="What is being drawn, who waits, and how long it takes")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        async with self._reception.attend(interaction):
            look = await queue_page(self._desk)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Take a job back, waiting or being drawn")
    @app_commands.describe(job="The job's number")
    async def cancel(self, interaction: discord.Interaction[Any], job: JobOption) -> None:
        await job_acts.cancel(interaction, job)

    @app_commands.command(description="Hold the queue; what is being drawn is finished (Manage Server)")
    async def pause(self, interaction: discord.Interaction[Any]) -> None:
        async with self._reception.attend(interaction, Announced.TO_ALL):
            await self._desk.control.pause(actor_of(interaction))
        await say(interaction, cards.queue_paused())

    @app_commands.command(description="Let the queue go on (Manage Server)")
    async def resume(self, interaction: discord.Interaction[Any]) -> None:
        async with self._reception.attend(interaction, Announced.TO_ALL):
            hold = await self._desk.control.resume(actor_of(interaction))
        await say(interaction, cards.queue_resumed(hold))

    @app_commands.command(description="Take back your waiting jobs, or everybody's (Manage Server)")
    @app_commands.describe(everybody="Everybody's jobs in this server, not only yours")
    async def clear(self, interaction: discord.Interaction[Any], everybody: bool = False) -> None:  # noqa: FBT001, FBT002 - an option of a slash command
        async with self._reception.attend(interaction, Announced.TO_ALL if everybody else Announced.TO_ASKER):
            taken_back = await self._desk.control.clear(actor_of(interaction), everybody=everybody)
        look = cards.queue_cleared(taken_back, everybody=everybody)
        await say(interaction, look, ephemeral=not everybody)

    @cancel.autocomplete("job")
    async def _jobs(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice]:
        return await choices.jobs(self._desk, actor_of(interaction), typed, *OPEN_STATES)
