"""Batches: the plan before one begins, its one card while it runs, and how it ended."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, assert_never

import discord

from bot.chat.cards import palette
from bot.chat.cards.holds import hold_words
from bot.chat.cards.job import bar
from bot.chat.cards.measures import counted, dotted, duration, expected, model_name, relative, small
from bot.chat.cards.recipes import subject
from bot.chat.cards.turning import turning_list
from bot.chat.look import Button, Control, Field, Form, Look
from bot.chat.markdown import escape, fitted, prose
from bot.core.batching import MOST_TITLE, Batch, BatchKind, BatchState, Outline
from bot.core.errors import StudioError
from bot.core.generation import MAX_PROMPT, Aspect, Size
from bot.core.job import Card, Job, JobState
from bot.core.leafing import Page
from bot.core.queueing import Known, Learning
from bot.studio.foreman import BatchView
from bot.studio.planner import Proposal

BATCH_LIST: Final = "batches"
KIND: Final = "batch"
PROMPTS: Final = "prompts"
TITLE: Final = "title"
"""The fields of the form that takes a list."""
SHOWN: Final = 6
"""So many drawings of a plan are named."""
MOST_FAILED: Final = 15

KIND_WORDS: Final = {
    BatchKind.PROMPTS: "a list of prompts",
    BatchKind.MATRIX: "a matrix",
    BatchKind.SHEET: "a character sheet",
    BatchKind.OVERNIGHT: "overnight, below everyone's own drawings",
}
STATE_WORDS: Final = {
    BatchState.RUNNING: "running",
    BatchState.PAUSED: "paused",
    BatchState.CANCELLED: "cancelled",
    BatchState.DONE: "done",
}
_COLOURS: Final = {
    BatchState.RUNNING: palette.DRAWING,
    BatchState.PAUSED: palette.IDLE,
    BatchState.CANCELLED: palette.IDLE,
    BatchState.DONE: palette.DONE,
}


# ── before it begins


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
            _button(f"plan-{plan.id}", "start", "Start", style=discord.ButtonStyle.success),
            _button(f"plan-{plan.id}", "drop", "Not now"),
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
        buttons=(_button(f"plan-{plan}", "edit", "Mend the list"),),
    )


# ── while it runs


def batch_card(view: BatchView) -> Look:
    """Show the batch as it is."""
    batch = view.batch
    lines = [_state_line(view), *_notes(view), _small_print(view)]
    return Look(
        title=f"Batch {batch.id} · {fitted(batch.title, 120)}",
        text="\n".join(line for line in lines if line),
        colour=_colour(view),
        buttons=tuple(_buttons(view)),
    )


def _colour(view: BatchView) -> int:
    nothing_drawn = view.batch.state is BatchState.DONE and not view.counts.drawn
    return palette.FAILED if nothing_drawn else _COLOURS[view.batch.state]


def _state_line(view: BatchView) -> str:
    counts = view.counts
    gone = counts.drawn + counts.failed + counts.cancelled
    failed = dotted(
        f"{counts.failed} failed" if counts.failed else "",
        f"{counts.unposted} not posted" if counts.unposted else "",
    )
    match view.batch.state:
        case BatchState.RUNNING | BatchState.PAUSED:
            bar_line = bar(gone / counts.total) if counts.total else ""
            so_far = dotted(f"{counts.drawn} of {counts.total}", failed, _cancelled(view), _finish(view))
            return f"{bar_line}\n{so_far}"
        case BatchState.DONE | BatchState.CANCELLED:
            word = STATE_WORDS[view.batch.state]
            took = f"{word} after {duration(view.batch.since - view.batch.created)}"
            return dotted(f"{counts.drawn} of {counts.total} drawn", failed, _cancelled(view), took)
        case _:
            assert_never(view.batch.state)


def _cancelled(view: BatchView) -> str:
    return f"{view.counts.cancelled} cancelled" if view.counts.cancelled else ""


def _finish(view: BatchView) -> str:
    if view.batch.state is BatchState.PAUSED:
        return f"paused {relative(view.batch.since)}"
    if view.ends is not None:
        return f"done {relative(view.ends)}"
    return expected(view.wait) if isinstance(view.wait, Learning) else ""


def _notes(view: BatchView) -> list[str]:
    batch = view.batch
    notes = [hold_words(view.hold)] if view.hold else []
    if batch.state is BatchState.PAUSED and view.counts.in_renderer:
        notes.append("What is being drawn is finished first.")
    if batch.state is BatchState.CANCELLED and view.counts.in_renderer:
        notes.append("ComfyUI stops what it draws after the step it is at.")
    if batch.report is not None:
        notes.append(f"{_report_words(batch)} → {link_in(batch, batch.report)}")
    if view.redrawn_as is not None:
        notes.append(_redrawn_words(view.redrawn_as))
    return notes


def _redrawn_words(batch: Batch) -> str:
    """Say which batch draws once more what failed, and where to see it."""
    where = f" → {link_in(batch, batch.card)}" if batch.card else ""
    return f"What failed is drawn again as batch {batch.id}{where}"


def _report_words(batch: Batch) -> str:
    if batch.ends_with_sheet:
        return "Contact sheet"
    return "Morning report" if batch.kind is BatchKind.OVERNIGHT else "Its pictures end here"


def _small_print(view: BatchView) -> str:
    made = counted(view.counts.pictures, "picture") if view.counts.pictures != view.counts.drawn else ""
    return small(KIND_WORDS[view.batch.kind], repeats(view.batch), made, f"for {owner(view.batch)}")


def repeats(batch: Batch) -> str:
    """Say whose failed drawings these are once more; nothing for a batch of its own."""
    return "" if batch.redraws is None else f"what failed of batch {batch.redraws}"


def _buttons(view: BatchView) -> list[Control]:
    about = str(view.batch.id)
    buttons: list[Control] = []
    match view.batch.state:
        case BatchState.RUNNING:
            buttons += [_button(about, "pause", "Pause"), _button(about, "cancel", "Cancel")]
        case BatchState.PAUSED:
            resume = _button(about, "resume", "Resume", style=discord.ButtonStyle.success)
            buttons += [resume, _button(about, "cancel", "Cancel")]
        case _:
            pass
    if view.counts.failed or view.counts.unposted:
        buttons.append(_button(about, "failed", "Failed ones"))
    if view.may_be_redrawn:
        buttons.append(redraw_button(view.batch, view.counts.failed))
    return buttons


def redraw_button(batch: Batch, failed: int) -> Button:
    return _button(str(batch.id), "redraw", f"Draw the {failed} failed again")


def _button(
    about: str, act: str, label: str, *, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> Button:
    return Button(kind=KIND, rest=f"{about}:{act}", label=label, style=style)


def redrawn_already(batch: Batch) -> Look:
    return Look(text=_redrawn_words(batch), colour=palette.IDLE)


def resting_batch(view: BatchView) -> Look:
    """Show a batch whose drawing goes on while we are gone; nobody would answer its buttons."""
    card = batch_card(view)
    words = "Genga is restarting; this goes on by itself in a moment."
    return Look(title=card.title, text=f"{card.text}\n{words}", colour=card.colour)


def moved_batch(batch: Batch, card: Card) -> Look:
    """Show in an old message where the batch's card is now."""
    return Look(text=f"Batch {batch.id} goes on here: {link_in(batch, card)}", colour=palette.IDLE)


def asks_to_cancel(view: BatchView) -> Look:
    """Ask before what waits is taken back; the harmless choice comes first."""
    left = view.counts.total - view.counts.ended
    about = str(view.batch.id)
    return Look(
        text=f"Cancel batch {view.batch.id} “{fitted(view.batch.title, 80)}”? "
        f"{counted(left, 'drawing')} of {view.counts.total} would not be made; "
        "what is drawn already stays.",
        colour=palette.IDLE,
        buttons=(
            _button(about, "keep", "Let it run"),
            _button(about, "stop", "Cancel it", style=discord.ButtonStyle.danger),
        ),
    )


def kept_running(batch: int) -> Look:
    return Look(text=f"Batch {batch} goes on.", colour=palette.IDLE)


def batch_said(batch: Batch) -> Look:
    """Answer a change of a batch."""
    words = {
        BatchState.RUNNING: "goes on.",
        BatchState.PAUSED: "is paused; what is being drawn is finished. Its card lets it go on.",
        BatchState.CANCELLED: "is cancelled; what is drawn already stays.",
        BatchState.DONE: "is done.",
    }
    return Look(text=f"Batch {batch.id} {words[batch.state]}", colour=_COLOURS[batch.state])


# ── lists


def failed_card(batch: Batch, jobs: Sequence[Job]) -> Look:
    """Name the jobs of a batch that failed or could not be posted, each with its reason."""
    if not jobs:
        return Look(text=f"Nothing of batch {batch.id} has failed.", colour=palette.IDLE)
    lines = [_failed_line(job) for job in jobs[:MOST_FAILED]]
    more = len(jobs) - len(lines)
    return Look(
        title=f"Batch {batch.id} · {_failed_words(jobs)}",
        text="\n".join([*lines, *([f"… and {more} more"] if more else []), _reasons(jobs)]),
        colour=palette.FAILED,
        footer="/job again draws one of them again, /batch retry all that failed.",
    )


def _failed_words(jobs: Sequence[Job]) -> str:
    unposted = sum(job.state is JobState.SHELVED for job in jobs)
    failed = len(jobs) - unposted
    return dotted(f"{failed} failed" if failed else "", f"{unposted} not posted" if unposted else "")


def _failed_line(job: Job) -> str:
    reason = prose(job.failure.message, 120) if job.failure else "no reason is known"
    return f"**#{job.id}** {fitted(subject(job), 70)}\n-# {reason}"


def _reasons(jobs: Sequence[Job]) -> str:
    hints = Counter(job.failure.hint for job in jobs if job.failure and job.failure.hint)
    return "\n".join(prose(hint, 200) for hint, _ in hints.most_common(2))


def batch_list(page: Page[BatchView]) -> Look:
    buttons = turning_list(BATCH_LIST, page)
    if not page.shown:
        none = "No older batches." if page.newer else "There is no batch yet. `/batch prompts` draws a list."
        return Look(text=none, colour=palette.IDLE, buttons=buttons)
    return Look(
        title="Batches",
        text="\n".join(_batch_line(view) for view in page.shown),
        colour=palette.WAITING,
        buttons=buttons,
    )


def _batch_line(view: BatchView) -> str:
    batch, counts = view.batch, view.counts
    state = STATE_WORDS[batch.state]
    failed = f"{counts.failed} failed" if counts.failed else ""
    link = link_in(batch, batch.card) if batch.card else ""
    so_far = f"{counts.drawn} of {counts.total}"
    return dotted(f"**{batch.id}** {fitted(batch.title, 80)}", state, so_far, failed, owner(batch), link)


def owner(batch: Batch) -> str:
    """Name whose batch it is: a mention (whether it pings is the sender's choice), or a name from outside."""
    return fitted(batch.user_name, 64) if batch.channel is None else f"<@{batch.user}>"


def link_in(batch: Batch, card: Card) -> str:
    return f"https://discord.com/channels/{batch.guild or '@me'}/{card.channel}/{card.message}"
