"""What people are told when something cannot be done."""

from bot.chat.cards import palette
from bot.chat.look import Look
from bot.chat.markdown import prose
from bot.core.errors import Incident, StudioError


def refusal(error: StudioError) -> Look:
    """Say what happened and what to do about it; meant for the one who asked only."""
    hint = [prose(error.hint)] if error.hint else []
    colour = palette.FAILED if isinstance(error, Incident) else palette.IDLE
    return Look(text="\n".join([prose(error.message), *hint]), colour=colour)


def button_expired() -> Look:
    return Look(
        text="This button belongs to nothing any more. `/job list` shows the newest jobs.",
        colour=palette.IDLE,
    )


def not_served() -> Look:
    return Look(
        text="Genga does not work in this server. Whoever runs it decides which ones it serves.",
        colour=palette.IDLE,
    )


def restarting() -> Look:
    return Look(
        text="Genga is restarting; try again in a moment. All that was asked for is kept.",
        colour=palette.IDLE,
    )


def only_in_servers() -> Look:
    return Look(text="This works in a server only.", colour=palette.IDLE)
