"""Styles: what they say, who changed what and why, and how a change is taken back."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, relative, small
from bot.chat.look import Look, Menu, Option
from bot.chat.markdown import cut, fitted
from bot.core.library import Project
from bot.core.styles import Change, Revision, Style, StyleSheet
from bot.core.styling import PROMPT, StyleField, words_of
from bot.studio.styles import Told

STYLE_BACK: Final = "style_back"
"""The kind of our menu; it stands on old messages."""

MOST_LISTED: Final = 25
MOST_LETTERS: Final = 4000
"""So long are all rows of a list together, which leaves room for how many are not in it."""
MOST_TOLD: Final = 15
"""So many revisions are shown and offered at once, the newest ones."""


def style_created(style: Style, project: Project) -> Look:
    lines = [
        f"Style **{_name(style)}** of **{_of(project)}** exists now.",
        *_values(style.sheet),
        small("`/style use` makes it the way the project draws."),
    ]
    return Look(text="\n".join(lines), colour=palette.DONE)


def style_card(style: Style, project: Project) -> Look:
    lines = [
        *_values(style.sheet),
        "",
        f"{_which(style.revision)} {_who(style.revision)}",
        f"**{_of(project)}** draws in it." if project.style == style.id else f"Of **{_of(project)}**.",
    ]
    return Look(title=_name(style), text="\n".join(lines), colour=palette.WAITING)


def style_list(project: Project, styles: Sequence[Style]) -> Look:
    title = cut(f"Styles of {_of(project)}", 256)
    if not styles:
        return Look(title=title, text="No styles yet. `/style create` makes one.", colour=palette.IDLE)
    rows = _fitting([_row(style, project) for style in styles[:MOST_LISTED]])
    hidden = len(styles) - len(rows)
    more = [f"-# and {counted(hidden, 'more style')}; `/style show` finds each by name"] if hidden else []
    return Look(title=title, text="\n".join([*rows, *more]), colour=palette.WAITING)


def _fitting(rows: Sequence[str]) -> list[str]:
    """Return the first rows, as many as a card has room for."""
    lengths = accumulate(len(row) + 1 for row in rows)
    return [row for row, length in zip(rows, lengths, strict=True) if length <= MOST_LETTERS]


def style_choices(style: Style) -> Look:
    """Show what of a style can be changed, and what it says now."""
    said = {field: words_of(getattr(style.sheet, field)) for field in StyleField}
    how = (
        "Give `/style edit` what is to be different, and why. `clear` takes fields away, several with "
        f"commas between them, `remove_lora` one LoRA; `{PROMPT}` in `positive` is where the prompt goes."
    )
    values = [f"**{field}** {fitted(words, 300) or 'nothing said'}" for field, words in said.items()]
    lines = [f"**name** {_name(style)}", *values, "", how]
    return Look(title=f"{_name(style)} · what can be changed", text="\n".join(lines), colour=palette.WAITING)


def style_edited(before: Style, after: Style, changes: Sequence[Change]) -> Look:
    renamed = [f"**name** {_name(before)} → {_name(after)}"] if before.name != after.name else []
    lines = [*renamed, *(_change(change) for change in changes), small(_because(after.revision))]
    title = f"{_name(after)} · revision {after.revision.number}"
    return Look(title=title, text="\n".join(lines), colour=palette.DONE)


def style_used(style: Style | None, project: Project) -> Look:
    if style is None:
        return Look(text=f"**{_of(project)}** draws in no style of its own now.", colour=palette.IDLE)
    return Look(
        text=f"**{_of(project)}** draws in **{_name(style)}** now, wherever no other style is named.",
        colour=palette.DONE,
    )


def style_history(style: Style, told: Sequence[Told], *, taken_back: Sequence[Change] | None = None) -> Look:
    """Show every change, the newest first, with a menu to take one back."""
    shown = told[:MOST_TOLD]
    hidden = len(told) - len(shown)
    parts = ["\n".join(_entry(one)) for one in shown]
    more = [f"-# and {counted(hidden, 'older change')}"] if hidden else []
    return Look(
        title=f"{_name(style)} · history",
        text=cut_at_part([*_news(taken_back), *parts, *more]),
        colour=palette.WAITING if taken_back is None else palette.DONE,
        buttons=_menu(style, shown),
    )


def style_taken_back(style: Style, told: Sequence[Told], changes: Sequence[Change]) -> Look:
    return style_history(style, told, taken_back=changes)


def cut_at_part(parts: Sequence[str], most: int = 4000) -> str:
    """Join as many whole parts as fit."""
    text = ""
    for part in parts:
        longer = f"{text}\n\n{part}" if text else part
        if len(longer) > most:
            return f"{text}\n-# and more than fits here"
        text = longer
    return text


def _news(taken_back: Sequence[Change] | None) -> list[str]:
    if taken_back is None:
        return []
    return ["\n".join(["Taken back:", *(_change(change) for change in taken_back)])]


def _entry(told: Told) -> list[str]:
    revision = told.revision
    head = f"**Revision {revision.number}** {_who(revision)}"
    if revision.number == 1:
        return [head, *(f"**{change.name}** {_short(change.after)}" for change in told.changes)]
    return [head, *(_change(change) for change in told.changes)] + ([] if told.changes else ["the name"])


def _menu(style: Style, told: Sequence[Told]) -> tuple[Menu, ...]:
    options = [_option(one) for one in told if one.revision.number > 1 and one.changes]
    if not options:
        return ()
    return (Menu(kind=STYLE_BACK, rest=str(style.id), hint="Take a change back", options=options),)


def _option(told: Told) -> Option:
    names = ", ".join(change.name for change in told.changes)
    return Option(
        label=cut(f"Take back revision {told.revision.number}: {names}", 100),
        value=str(told.revision.number),
        description=cut(told.revision.why, 100),
    )


def _change(change: Change) -> str:
    return f"**{change.name}** {_short(change.before)} → {_short(change.after)}"


def _short(words: str) -> str:
    return fitted(words, 160) or "nothing"


def _values(sheet: StyleSheet) -> list[str]:
    return [f"**{name}** {fitted(words_of(value), 800)}" for name, value in sheet.given()]


def _row(style: Style, project: Project) -> str:
    sheet = style.sheet
    return dotted(
        f"**{_name(style)}**",
        *(fitted(words_of(value), 60) for value in (sheet.model, sheet.sampler, sheet.size) if value),
        f"revision {style.revision.number}",
        "the project draws in it" if project.style == style.id else "",
    )


def _which(revision: Revision) -> str:
    return "Made" if revision.number == 1 else f"Revision {revision.number},"


def _who(revision: Revision) -> str:
    why = f": {fitted(revision.why, 300)}" if revision.why else ""
    return f"by <@{revision.by}> {relative(revision.at)}{why}"


def _because(revision: Revision) -> str:
    return f"because: {fitted(revision.why, 300)}" if revision.why else "no reason given"


def _name(style: Style) -> str:
    return fitted(style.name, 100)


def _of(project: Project) -> str:
    return fitted(project.name, 100)
