"""Batches: the one card while one runs, how it ended, and the list of them."""

from collections.abc import Sequence
from typing import Final, assert_never

import discord

from bot.chat.cards import palette
from bot.chat.cards.holds import hold_words
from bot.chat.cards.job import bar
from bot.chat.cards.measures import counted, dotted, duration, expected, relative, small
from bot.chat.cards.recipes import subject
from bot.chat.cards.turning import turning_list
from bot.chat.look import Button, Control, Look
from bot.chat.markdown import fitted, prose
from bot.core.batching import Batch, BatchKind, BatchState
from bot.core.job import Card, Job, JobState
from bot.core.leafing import Page
from bot.core.queueing import Learning
from bot.studio.foreman import BatchView

BATCH_LIST: Final = "batches"
KIND: Final = "batch"
MOST_FAILED: Final = 15
MOST_CURES: Final = 2
MOST_HELPED: Final = 5

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
            buttons += [batch_button(about, "pause", "Pause"), batch_button(about, "cancel", "Cancel")]
        case BatchState.PAUSED:
            resume = batch_button(about, "resume", "Resume", style=discord.ButtonStyle.success)
            buttons += [resume, batch_button(about, "cancel", "Cancel")]
        case _:
            pass
    if view.batch.kind is BatchKind.OVERNIGHT and view.batch.report is None:
        buttons.append(batch_button(about, "sofar", "Report" if view.batch.state.is_end else "Report so far"))
    if view.counts.failed or view.counts.unposted:
        buttons.append(batch_button(about, "failed", "Failed ones"))
    if view.may_be_redrawn:
        buttons.append(redraw_button(view.batch, view.counts.failed))
    return buttons


def redraw_button(batch: Batch, failed: int) -> Button:
    return batch_button(str(batch.id), "redraw", f"Draw the {failed} failed again")


def batch_button(
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
            batch_button(about, "keep", "Let it run"),
            batch_button(about, "stop", "Cancel it", style=discord.ButtonStyle.danger),
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
        text="\n".join([*lines, *([f"… and {more} more"] if more else []), *_cures(jobs)]),
        colour=palette.FAILED,
        footer="/job again draws one of them again, /batch retry all that failed.",
    )


def _failed_words(jobs: Sequence[Job]) -> str:
    unposted = sum(job.state is JobState.SHELVED for job in jobs)
    failed = len(jobs) - unposted
    return dotted(f"{failed} failed" if failed else "", f"{unposted} not posted" if unposted else "")


def _failed_line(job: Job) -> str:
    reason = prose(job.failure.message, 120) if job.failure else "no reason is known"
    seed = "" if job.request.seed is None else f"seed {job.request.seed}"
    return f"{dotted(f'**#{job.id}** {fitted(subject(job), 60)}', seed)}\n-# {reason}"


def _cures(jobs: Sequence[Job]) -> list[str]:
    """Say what helps, and where it does not help all, which ones it is for."""
    helped: dict[str, list[int]] = {}
    for job in jobs:
        if job.failure and job.failure.hint:
            helped.setdefault(job.failure.hint, []).append(job.id)
    commonest = sorted(helped.items(), key=lambda cure: -len(cure[1]))[:MOST_CURES]
    return [_cure(hint, [] if len(of) == len(jobs) else of) for hint, of in commonest]


def _cure(hint: str, of: Sequence[int]) -> str:
    names = ", ".join(f"#{number}" for number in of[:MOST_HELPED])
    more = ", …" if len(of) > MOST_HELPED else ""
    return f"{names}{more}: {prose(hint, 200)}" if of else prose(hint, 200)


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
    title = f"**{batch.id}** {fitted(batch.title, 80)}"
    return dotted(title, repeats(batch), state, so_far, failed, owner(batch), link)


def owner(batch: Batch) -> str:
    """Name whose batch it is: a mention (whether it pings is the sender's choice), or a name from outside."""
    return fitted(batch.user_name, 64) if batch.channel is None else f"<@{batch.user}>"


def link_in(batch: Batch, card: Card) -> str:
    return f"https://discord.com/channels/{batch.guild or '@me'}/{card.channel}/{card.message}"
