"""What people do to one job, by a command or by a button."""

import re
from collections.abc import Mapping
from typing import Any

from bot.chat import cards
from bot.chat.answers import Announced, say
from bot.chat.expired import Expired, meaning
from bot.chat.haste import GAP_S
from bot.chat.interaction import Interaction
from bot.chat.look import Action
from bot.chat.people import actor_of, origin_of
from bot.chat.record import note_job
from bot.chat.tickets import show_ticket
from bot.core.errors import LimitReached

_ABOUT = re.compile(r"(?P<job>[0-9]{1,15}):(?P<action>[a-z_]{1,40})")


async def pressed(interaction: Interaction, rest: str) -> None:
    """Do what a job's button says."""
    about = meaning(_ABOUT, rest)
    job = int(about["job"])
    match about["action"]:
        case Action.AGAIN:
            check_haste(interaction)
            await again(interaction, job)
        case Action.LIGHTER:
            check_haste(interaction)
            await _lighter(interaction, job)
        case Action.PARAMS:
            await params(interaction, job)
        case Action.CANCEL:
            await cancel(interaction, job)
        case _:
            raise Expired


def check_haste(interaction: Interaction) -> None:
    """Raise LimitReached where somebody presses or chooses the same twice in a moment: it is drawn once."""
    data: Mapping[str, Any] = interaction.data or {}
    where = interaction.message.id if interaction.message else None
    what = (where, interaction.custom_id, tuple(data.get("values", ())), interaction.user.id)
    if interaction.client.haste.too_soon_by(what):
        raise LimitReached(
            "You pressed that a moment ago; it is drawn once.",
            hint=f"For another drawing press again after {GAP_S:.0f} seconds.",
        )


async def again(interaction: Interaction, job: int, *, same_seed: bool = False) -> None:
    """Draw the job again for whoever asks."""
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        ticket = await interaction.client.desk.refining.again(
            job, actor_of(interaction), origin_of(interaction), same_seed=same_seed
        )
    await show_ticket(interaction.client.desk, interaction, ticket)


async def _lighter(interaction: Interaction, job: int) -> None:
    """Draw what was too much for the GPU with less."""
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        ticket = await interaction.client.desk.refining.lighter(
            job, actor_of(interaction), origin_of(interaction)
        )
    await show_ticket(interaction.client.desk, interaction, ticket)


async def params(interaction: Interaction, job_id: int) -> None:
    async with interaction.client.reception.attend(interaction):
        job = await interaction.client.desk.control.job(job_id, actor_of(interaction))
    note_job(interaction, job)
    await say(interaction, cards.params_card(job), ephemeral=True)


async def cancel(interaction: Interaction, job_id: int) -> None:
    async with interaction.client.reception.attend(interaction):
        job = await interaction.client.desk.control.cancel(job_id, actor_of(interaction))
    note_job(interaction, job)
    await say(interaction, cards.job_cancelled(job), ephemeral=True)
