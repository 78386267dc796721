"""Exports: how far one is, and where it is to be had."""

from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.job import bar
from bot.chat.cards.measures import counted, dotted, file_size, small
from bot.chat.look import Attached, Look
from bot.chat.markdown import code, fitted
from bot.core.library import Project
from bot.studio.exporting import KEPT_MS, Exported, Packing

DAY_MS: Final = 24 * 60 * 60 * 1000
MOST_MISSING: Final = 5


def export_progress(project: Project, step: Packing) -> Look:
    share = step.done / step.of if step.of else 0.0
    return Look(
        text=f"Packing **{_name(project)}**\n{bar(share)} · {step.done:,} of {counted(step.of, 'picture')}",
        colour=palette.DRAWING,
    )


def exported(
    project: Project, export: Exported, *, content: bytes | None, limit: int, shows_path: bool
) -> Look:
    """Hand the export out; `content` is None if it is larger than the `limit` of what can be sent here.

    Where it lies on the bot's machine is said if `shows_path`.
    """
    name = export.packed.path.rsplit("/", 1)[-1]
    held = dotted(
        counted(export.pictures, "picture"),
        counted(export.characters, "character"),
        counted(export.styles, "style"),
        file_size(export.packed.bytes),
    )
    lines = [
        f"**{_name(project)}** is packed: {held}.",
        "" if content is not None else _elsewhere(export, limit, shows_path=shows_path),
        "" if export.pictures else "No picture fits that; without `pictures` all of them are packed.",
        _missing(export),
        small("with each picture its parameters as JSON; contact sheets, characters and styles beside them"),
    ]
    return Look(
        text="\n".join(line for line in lines if line),
        colour=palette.DONE,
        files=() if content is None else (Attached(name=name, content=content),),
    )


def _elsewhere(export: Exported, limit: int, *, shows_path: bool) -> str:
    days = KEPT_MS // DAY_MS
    too_large = f"That is more than can be sent here ({file_size(limit)})."
    if shows_path:
        return (
            f"{too_large} It lies on the bot's machine for {days} days, in its data folder: "
            f"{code(export.packed.path)}"
        )
    return (
        f"{too_large} It lies on the bot's machine for {days} days; somebody with Manage Server who asks for "
        "it is told where. With `pictures: approved ones only` it gets smaller."
    )


def _missing(export: Exported) -> str:
    if not export.missing:
        return ""
    named = ", ".join(code(place, 80) for place in export.missing[:MOST_MISSING])
    more = f" and {len(export.missing) - MOST_MISSING} more" if len(export.missing) > MOST_MISSING else ""
    return f"{counted(len(export.missing), 'file')} could not be read and is left out: {named}{more}."


def _name(project: Project) -> str:
    return fitted(project.name, 100)
