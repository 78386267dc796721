"""Why nothing is drawn right now, and what happens next."""

from typing import assert_never

from bot.chat.cards.measures import gibibytes, since
from bot.chat.markdown import prose
from bot.studio.gate import Away, DiskLow, Hold, Paused


def hold_words(hold: Hold) -> str:
    match hold:
        case Paused(since=at):
            return f"The queue is paused {since(at)}; drawing goes on when somebody resumes it."
        case Away(since=at, reason=reason):
            return f"{prose(reason, 300)} Away {since(at)}; drawing goes on by itself when it is back."
        case DiskLow(free=free, needed=needed):
            return (
                f"The disk is nearly full: {gibibytes(free)} free, {gibibytes(needed)} needed. "
                "Drawing goes on by itself when there is room."
            )
        case _:
            assert_never(hold)
