"""The queue, and the answers to what people do to it."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.holds import hold_words
from bot.chat.cards.job import drawing_line
from bot.chat.cards.measures import counted, dotted, expected, person
from bot.chat.cards.recipes import subject
from bot.chat.cards.turning import page_button
from bot.chat.look import Button, Look
from bot.chat.markdown import fitted
from bot.core.job import Job, JobState
from bot.core.queueing import Known
from bot.studio.gate import Hold
from bot.studio.line import JobView, QueueView

MOST_NUMBERS: Final = 30
QUEUE_LIST: Final = "queue"


def queue_card(view: QueueView, *, now: int) -> Look:
    """Show what is drawn and who waits."""
    blocks = [_drawn(view.drawing, now), "\n".join(_waiting(job) for job in view.shown), _sum(view)]
    return Look(
        title="Queue",
        text="\n\n".join(block for block in blocks if block),
        colour=palette.IDLE if view.hold else palette.DRAWING if view.drawing else palette.WAITING,
        footer=f"Page {view.page + 1} of {view.pages}" if view.pages > 1 else "",
        buttons=_pages(view.page, view.pages - 1),
    )


def _drawn(drawing: JobView | None, now: int) -> str:
    if drawing is None:
        return "Nothing is being drawn."
    job = drawing.job
    return f"**#{job.id}** {person(job)} · {fitted(subject(job), 100)}\n{drawing_line(drawing, now=now)}"


def _waiting(view: JobView) -> str:
    job = view.job
    takes = expected(view.drawing_time) if view.drawing_time else ""
    return f"`{view.place}` {dotted(f'**#{job.id}** {person(job)}', takes, fitted(subject(job), 100))}"


def _sum(view: QueueView) -> str:
    lines = [hold_words(view.hold)] if view.hold else []
    if view.line:
        people = Counter(f"<@{waiting.user}>" for waiting in view.line)
        held = " once it goes on" if view.hold and isinstance(view.total, Known) else ""
        lines.append(f"{counted(len(view.line), 'job')} waiting · all drawn: {expected(view.total)}{held}")
        lines.append(f"-# {dotted(*(f'{who} {count}' for who, count in people.most_common(10)))}")
    else:
        lines.append("Nobody waits.")
    return "\n".join(lines)


def _pages(shown: int, last: int) -> tuple[Button, ...]:
    earlier = (page_button(QUEUE_LIST, str(shown - 1), "Earlier in line"),) if shown > 0 else ()
    later = (page_button(QUEUE_LIST, str(shown + 1), "Later in line"),) if shown < last else ()
    return (*earlier, *later)


def queue_paused() -> Look:
    return Look(
        text="The queue is paused. What is being drawn is finished; everybody keeps their place. "
        "`/queue resume` lets it go on.",
        colour=palette.IDLE,
    )


def queue_resumed(hold: Hold | None) -> Look:
    """Answer `/queue resume`; `hold`: what else keeps the queue from going on."""
    if hold is not None:
        return Look(text=f"The queue is not paused any more. {hold_words(hold)}", colour=palette.IDLE)
    return Look(text="The queue goes on.", colour=palette.DRAWING)


def queue_cleared(jobs: Sequence[Job], *, everybody: bool) -> Look:
    """Answer `/queue clear` with what was taken back."""
    whose = "" if everybody else " of yours"
    if not jobs:
        return Look(text=f"There was no waiting job{whose} to take back.", colour=palette.IDLE)
    numbers = ", ".join(f"#{job.id}" for job in jobs[:MOST_NUMBERS])
    numbers += ", …" if len(jobs) > MOST_NUMBERS else ""
    return Look(
        text=f"{counted(len(jobs), 'waiting job')}{whose} taken back: {numbers}.", colour=palette.IDLE
    )


def job_cancelled(job: Job) -> Look:
    """Answer a cancelling: at once if it waited, when ComfyUI has stopped if it was being drawn."""
    if job.state is JobState.CANCELLED:
        return Look(text=f"**#{job.id}** is cancelled.", colour=palette.IDLE)
    return Look(
        text=f"**#{job.id}** is being cancelled: ComfyUI stops it after the step it is at.",
        colour=palette.IDLE,
    )
