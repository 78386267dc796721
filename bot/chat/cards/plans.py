"""A batch before it begins: the form for a list of prompts, and the plan that a press starts."""

from typing import Final

import discord

from bot.chat.cards import palette
from bot.chat.cards.batches import KIND, batch_button
from bot.chat.cards.measures import counted, dotted, expected, model_name, small
from bot.chat.look import Field, Form, Look
from bot.chat.markdown import escape, fitted, prose
from bot.core.batching import MOST_TITLE, BatchKind, Outline
from bot.core.errors import StudioError
from bot.core.generation import MAX_PROMPT, Aspect, Size
from bot.core.queueing import Known, Learning
from bot.studio.planner import Proposal

PROMPTS: Final = "prompts"
TITLE: Final = "title"
"""The fields of the form that takes a list."""
SHOWN: Final = 6
"""So many drawings of a plan are named."""


def prompts_form(plan: int, outline: Outline) -> Form:
    """Ask for the list of prompts, with what was written before."""
    return Form(
        kind=KIND,
        rest=f"plan-{plan}",
        title="Draw a list of prompts",
        fields=(
            Field(
                name=PROMPTS,
                label="One prompt per line",
                value=(outline.text or "")[:MAX_PROMPT],
                hint="a heron, rain\na fox under lanterns\n# a note: lines like this one are skipped",
                long=True,
                required=True,
            ),
            Field(
                name=TITLE,
                label="What it is called",
                value=outline.title[:MOST_TITLE],
                hint="Left out: the first prompt",
                most=MOST_TITLE,
            ),
        ),
    )


def plan_card(plan: Proposal) -> Look:
    """Show what would be drawn, before any of it is."""
    first = [f"`{number}` {_item(plan, number)}" for number in range(1, min(len(plan.items), SHOWN) + 1)]
    more = len(plan.items) - len(first)
    lines = [
        _common(plan),
        f"**{_amount(len(plan.items), plan.pictures)}** · {_takes(plan)}",
        *first,
        f"… and {more} more" if more else "",
        _plan_print(plan),
    ]
    return Look(
        title=f"Plan · {fitted(plan.title, 120)}",
        text="\n".join(line for line in lines if line),
        colour=palette.WAITING,
        footer="Nothing is drawn until somebody presses Start.",
        buttons=(
            batch_button(f"plan-{plan.id}", "start", "Start", style=discord.ButtonStyle.success),
            batch_button(f"plan-{plan.id}", "drop", "Not now"),
        ),
    )


def _common(plan: Proposal) -> str:
    """Return the prompt that all share, unless it is the title already."""
    prompt = plan.outline.base.prompt
    return fitted(prompt, 500) if plan.outline.text is None and plan.title != prompt else ""


def _amount(drawings: int, pictures: int) -> str:
    if drawings == pictures:
        return counted(pictures, "picture")
    return f"{counted(drawings, 'drawing')}, {counted(pictures, 'picture')}"


def _takes(plan: Proposal) -> str:
    match plan.takes, plan.before:
        case Known() as takes, Known(ms=0):
            return f"{expected(takes)} of drawing"
        case Known() as takes, Known() as before:
            return f"{expected(takes)} of drawing, after {expected(before)} of what waits already"
        case Known() as takes, Learning():
            return f"{expected(takes)} of drawing, once what waits already is drawn"
        case Learning(drawings=0), _:
            return "how long it takes is not measured yet"
        case learning, _:
            return expected(learning)


def _item(plan: Proposal, number: int) -> str:
    """Name a drawing by what sets it apart: a prompt that is that of all stands in the title."""
    item = plan.items[number - 1]
    prompt = "" if item.cell and not item.line else fitted(item.request.prompt, 110)
    return dotted(fitted(item.cell, 80), prompt)


def _plan_print(plan: Proposal) -> str:
    base = plan.outline.base
    return small(
        fitted(plan.project.name, 100) if plan.project else "",
        ", ".join(escape(name) for name in base.characters),
        f"style {fitted(base.style, 80)}" if base.style else "",
        escape(model_name(base.model)) if base.model else "",
        _size_words(base.size),
        _when(plan.outline.kind),
        _ends_with(plan.outline),
    )


def _size_words(size: Size | Aspect | None) -> str:
    return "" if size is None else str(size)


def _when(kind: BatchKind) -> str:
    if kind is BatchKind.OVERNIGHT:
        return "runs below everyone's own drawings"
    return "everyone's own drawings go first"


def _ends_with(outline: Outline) -> str:
    if outline.ends_with_sheet:
        return "ends with a contact sheet"
    return "ends with a report" if outline.kind is BatchKind.OVERNIGHT else ""


def plan_dropped() -> Look:
    return Look(text="The plan is put away; nothing was drawn.", colour=palette.IDLE)


def plan_refused(plan: int, error: StudioError) -> Look:
    """Say what is wrong with a list, and give it back to be mended."""
    hint = [prose(error.hint)] if error.hint else []
    return Look(
        text="\n".join([prose(error.message, 1000), *hint, "-# Nothing was drawn; what you wrote is kept."]),
        colour=palette.IDLE,
        buttons=(batch_button(f"plan-{plan}", "edit", "Mend the list"),),
    )
