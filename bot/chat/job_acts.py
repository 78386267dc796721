"""What people do to one job, by a command or by a button."""

from typing import TYPE_CHECKING, Any

import discord

from bot.chat import cards
from bot.chat.answers import Announced, say
from bot.chat.people import actor_of, origin_of
from bot.chat.record import note_job
from bot.chat.tickets import show_ticket

if TYPE_CHECKING:
    from bot.chat.client import GengaClient


async def again(interaction: discord.Interaction[Any], job: int, *, same_seed: bool = False) -> None:
    """Draw the job again for whoever asks."""
    client: GengaClient = interaction.client
    async with client.reception.attend(interaction, Announced.TO_ALL):
        ticket = await client.desk.control.again(
            job, actor_of(interaction), origin_of(interaction), same_seed=same_seed
        )
    await show_ticket(client.desk, interaction, ticket)


async def params(interaction: discord.Interaction[Any], job_id: int) -> None:
    client: GengaClient = interaction.client
    async with client.reception.attend(interaction):
        job = await client.desk.control.job(job_id, actor_of(interaction))
    note_job(interaction, job)
    await say(interaction, cards.params_card(job), ephemeral=True)


async def cancel(interaction: discord.Interaction[Any], job_id: int) -> None:
    client: GengaClient = interaction.client
    async with client.reception.attend(interaction):
        job = await client.desk.control.cancel(job_id, actor_of(interaction))
    note_job(interaction, job)
    await say(interaction, cards.job_cancelled(job), ephemeral=True)
