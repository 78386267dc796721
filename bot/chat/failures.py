"""What people are told when an interaction failed, and what is kept of it."""

import discord
import structlog
from discord import app_commands

from bot.chat import cards
from bot.chat.answers import say_privately
from bot.chat.desk import Desk
from bot.chat.forms import written_in
from bot.chat.interaction import Interaction
from bot.chat.reception import GONE
from bot.chat.record import JOB, name_of, record_failure
from bot.core.errors import BadRequest, NotAllowed, StudioError

log = structlog.get_logger(__name__)

_OUTDATED = BadRequest(
    "Genga's commands have changed since your Discord learned of them.",
    hint="Wait a minute or restart Discord, then try again.",
)


_UNANSWERED = StudioError("Discord no longer takes an answer to this.")

_NOBODY_WAITS = frozenset({10062, 40060, 10015, 50027})
"""The interaction is unknown, answered already, or its token has expired."""


async def tell_failure(desk: Desk, interaction: Interaction, error: Exception) -> None:
    """Tell the one who asked, whatever happened and however much of an answer they have already."""
    if nobody_waits(error):
        log.info("interaction.gone", id=interaction.id, what=name_of(interaction), because=str(error))
        await record_failure(desk, interaction, _UNANSWERED)
        return
    told = understood(error)
    if told is None:
        told = await desk.incidents.report(error, where=name_of(interaction), job=interaction.extras.get(JOB))
    try:
        await say_privately(interaction, cards.refusal(told, written=written_in(interaction)))
    except GONE as gone:
        log.info("failure.untold", error=told.message, because=str(gone))
    await record_failure(desk, interaction, told)


def nobody_waits(error: Exception) -> bool:
    """Tell whether all that failed was to answer somebody whom Discord no longer lets us answer."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    return isinstance(cause, discord.HTTPException) and cause.code in _NOBODY_WAITS


def understood(error: Exception) -> StudioError | None:
    """Return what people may be told of the error; None for what nobody foresaw."""
    match error:
        case StudioError():
            return error
        case app_commands.CommandInvokeError():
            return understood(error.original)
        case app_commands.TransformerError():
            return _unfit(error)
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return _OUTDATED
        case app_commands.CheckFailure():
            return NotAllowed("You may not use this here.", hint="Ask somebody with Manage Server.")
        case _:
            return None


def _unfit(error: app_commands.TransformerError) -> StudioError:
    if isinstance(error.__cause__, StudioError):
        return error.__cause__
    return BadRequest(
        f"`{str(error.value)[:80]}` does not fit that option.", hint="Choose one of those offered."
    )
