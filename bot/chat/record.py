"""Writing down what people did and what went wrong: never a token, prompts only in part."""

from collections.abc import Mapping

import discord

from bot.chat.desk import Desk
from bot.chat.interaction import Interaction
from bot.chat.people import options_of
from bot.core.errors import Incident, StudioError
from bot.core.job import Job
from bot.ports.stores import Entry, EntryKind

JOB = "job"
"""The key in `interaction.extras` under which the job is kept that came of it."""


def note_job(interaction: Interaction, job: Job) -> None:
    interaction.extras[JOB] = job.id


async def record_command(desk: Desk, interaction: Interaction) -> None:
    await _record(desk, interaction, EntryKind.COMMAND, name_of(interaction), options_of(interaction))


async def record_button(desk: Desk, interaction: Interaction) -> None:
    await _record(desk, interaction, EntryKind.BUTTON, name_of(interaction), {})


async def record_failure(desk: Desk, interaction: Interaction, error: StudioError) -> None:
    detail = {"error": type(error).__name__, "message": error.message[:500]}
    incident = error.code if isinstance(error, Incident) else None
    await _record(desk, interaction, EntryKind.FAILURE, name_of(interaction), detail, incident=incident)


async def record_reaction(
    desk: Desk, reaction: discord.RawReactionActionEvent, detail: Mapping[str, str], *, job: int | None
) -> None:
    await desk.journal.write(
        Entry(
            kind=EntryKind.REACTION,
            name=str(reaction.emoji),
            at=desk.clock.now(),
            user=reaction.user_id,
            guild=reaction.guild_id,
            channel=reaction.channel_id,
            job=job,
            detail=detail,
        )
    )


def name_of(interaction: Interaction) -> str:
    """Name what was used: `queue show`, or a button's custom_id."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    return (interaction.custom_id or str(interaction.type))[:100]


async def _record(
    desk: Desk,
    interaction: Interaction,
    kind: EntryKind,
    name: str,
    detail: Mapping[str, str],
    *,
    incident: str | None = None,
) -> None:
    await desk.journal.write(
        Entry(
            kind=kind,
            name=name,
            at=desk.clock.now(),
            user=interaction.user.id,
            guild=interaction.guild_id,
            channel=interaction.channel_id,
            job=interaction.extras.get(JOB),
            incident=incident,
            detail=detail,
        )
    )
