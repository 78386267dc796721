"""The letter: a job's parameters and its original files, by direct message."""

from dataclasses import replace
from typing import Final

from bot.chat import cards
from bot.chat.desk import Desk
from bot.chat.look import Attached, Look
from bot.core.errors import NotFound
from bot.core.formats import ending_of
from bot.studio.control import Actor
from bot.studio.refining import Shown

MOST_BYTES: Final = 9 * 1024 * 1024
"""A message with all its files stays below what anybody may send."""
MOST_FILES: Final = 10


async def letter_of(desk: Desk, shown: Shown, actor: Actor, *, channel: int) -> Look:
    """Return the parameters with as many originals as fit, and say which ones do not.

    What may not be seen in the channel where it is asked for is not sent either.
    """
    look = cards.params_card(shown.job)
    if not await desk.library.shows(shown.job, channel):
        return replace(look, text=f"{look.text}\n{cards.not_shown_here(len(shown.pictures))}")
    files = list(look.files)
    room = MOST_BYTES - sum(len(file.content) for file in files)
    left_out: list[str] = []
    for picture in shown.pictures:
        try:
            original = await desk.refining.original(shown.job.id, picture.index, actor)
        except NotFound as gone:
            left_out.append(gone.message)
            continue
        if len(files) == MOST_FILES or len(original.content) > room:
            left_out.append(cards.too_large_for_letter(picture))
            continue
        room -= len(original.content)
        name = f"genga-{shown.job.id}-{picture.index}.{ending_of(original.media_type)}"
        files.append(Attached(name=name, content=original.content))
    return replace(look, text="\n".join([look.text, *left_out]), files=tuple(files))
