"""What people are told when something cannot be done."""

from collections.abc import Sequence
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.measures import small
from bot.chat.look import Attached, Look
from bot.chat.markdown import escape, prose
from bot.core.errors import Incident, StudioError

WORTH_GIVING_BACK: Final = 20
"""What is shorter is written anew as quickly."""
MOST_QUOTED: Final = 1500


def refusal(error: StudioError, *, written: Sequence[str] = ()) -> Look:
    """Say what happened and what to do about it; meant for the one who asked only.

    `written` is what stood in a form, which Discord has closed by now: it is given back.
    """
    hint = [prose(error.hint)] if error.hint else []
    colour = palette.FAILED if isinstance(error, Incident) else palette.IDLE
    kept = [text for text in written if len(text) >= WORTH_GIVING_BACK]
    quoted = [f"> {escape(line)}" for text in kept for line in text.splitlines() if line.strip()]
    if sum(len(line) + 1 for line in quoted) > MOST_QUOTED:
        whole = Attached(name="what-you-wrote.txt", content="\n\n".join(kept).encode())
        lines = [prose(error.message), *hint, small("what you wrote is in the file")]
        return Look(text="\n".join(lines), colour=colour, files=(whole,))
    back = [small("what you wrote:"), *quoted] if quoted else []
    return Look(text="\n".join([prose(error.message), *hint, *back]), colour=colour)


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
