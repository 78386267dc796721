"""The job card: one message per job, edited until the job ends."""

from dataclasses import replace
from typing import Final, assert_never

from bot.chat.cards import palette
from bot.chat.cards.holds import hold_words
from bot.chat.cards.kinship import descent_words
from bot.chat.cards.measures import (
    counted,
    dotted,
    duration,
    expected,
    lasting,
    link_to,
    model_name,
    ordinal,
    person,
    plain_number,
    relative,
    small,
)
from bot.chat.cards.pictures import edit_button
from bot.chat.cards.recipes import cast_words
from bot.chat.cards.troubles import headline, trouble_words
from bot.chat.look import Action, Attached, Button, Control, Look
from bot.chat.markdown import escape, fitted, prose
from bot.core.adopting import is_adopted
from bot.core.generation import Recipe, redrawn_words
from bot.core.job import Card, Job, JobState
from bot.core.lightening import change_words, lighter
from bot.core.progress import Phase, Progress
from bot.core.queueing import Known, Learning
from bot.studio.gate import Away
from bot.studio.line import JobView

CELLS: Final = 10
LONG_MS: Final = 5_000
"""A phase that lasts longer says for how long."""


def job_card(view: JobView, *, now: int, preview: bytes | None = None) -> Look:
    """Show the job as it is at `now`; `preview` is a small JPEG of the unfinished picture."""
    match view.job.state:
        case JobState.QUEUED:
            return _open_card(view, waiting_lines(view))
        case JobState.SUBMITTED | JobState.RUNNING:
            return _open_card(view, drawing_line(view, now=now), preview=preview)
        case JobState.RENDERED:
            return _open_card(view, drawing_line(view, now=now), preview=preview)
        case JobState.DELIVERED | JobState.SHELVED | JobState.FAILED | JobState.CANCELLED:
            return _closed_card(view.job)
        case _:
            assert_never(view.job.state)


def _open_card(view: JobView, line: str, *, preview: bytes | None = None) -> Look:
    job = view.job
    return Look(
        title=f"#{job.id} · {fitted(job.caption, 120)}",
        text=f"{line}\n{_small_print(view)}",
        colour=palette.OF_STATE[job.state],
        image=_preview(job, preview) if preview else None,
        buttons=() if job.cancel_requested or job.state is JobState.RENDERED else (cancel_button(job),),
    )


def resting_card(view: JobView, *, now: int, preview: bytes | None = None) -> Look:
    """Show a job that is drawn while we are gone; nobody would answer its buttons."""
    words = "Genga is restarting; this goes on by itself in a moment."
    card = _open_card(view, f"{drawing_line(view, now=now)}\n{words}", preview=preview)
    return replace(card, buttons=())


def _small_print(view: JobView) -> str:
    job, recipe = view.job, view.job.recipe
    return small(
        fitted(view.project.name, 100) if view.project else "",
        cast_words(recipe, 100),
        counted(recipe.count, "picture") if recipe.count > 1 else "",
        str(recipe.size),
        *_steered(recipe),
        descent_words(job),
        f"attempt {job.attempt}" if job.attempt > 1 else "",
        change_words(recipe),
        redrawn_words(recipe),
        f"for {person(job)}",
    )


def _steered(recipe: Recipe) -> tuple[str, ...]:
    """Say what else decides how it looks; an upscale model has no steps and no seed."""
    if recipe.upscaler is not None:
        return (fitted(model_name(recipe.upscaler), 60), f"×{plain_number(recipe.scale)}")
    return (f"{recipe.steps} steps", f"seed {recipe.seed}")


def _preview(job: Job, content: bytes) -> Attached:
    return Attached(name="preview.jpg", content=content, alt=f"#{job.id}, unfinished")


def waiting_lines(view: JobView) -> str:
    """Say which place the job has, when its turn comes, and why it waits once more."""
    lines = [_place(view), *([prose(view.note, 400)] if view.note else [])]
    return "\n".join(lines)


def _place(view: JobView) -> str:
    place = _place_words(view.place)
    if view.hold is not None:
        return f"{place}\n{hold_words(view.hold)} The place in line is kept."
    return dotted(place, _start(view))


def _place_words(place: int | None) -> str:
    if place is None:
        return "waiting"
    return "next in line" if place == 1 else f"{ordinal(place)} in line"


def _start(view: JobView) -> str:
    match view.wait:
        case None:
            return ""
        case Known(ms=0):
            return "starts any moment"
        case Known(ms=ms):
            return (
                f"starts about {relative(view.starts)}" if view.starts else f"starts in about {duration(ms)}"
            )
        case learning:
            return expected(learning)


def drawing_line(view: JobView, *, now: int) -> str:
    """Say how far ComfyUI is, in its own terms."""
    progress = view.progress
    if view.job.state is JobState.RENDERED:
        line = f"{bar(1.0)} · posting"
    elif progress is None:
        line = "ComfyUI has it; looking how far it is"
    elif progress.started is None:
        line = _handed_over(progress)
    elif progress.phase is Phase.STARTING and _is_under_way(view.job, now):
        lasted = lasting(now - view.job.since)
        line = f"being drawn for {lasted}; how far it is, ComfyUI tells with its next step"
    else:
        line = dotted(bar(progress.fraction), _phase(view.job, progress, now), _finish(view))
    return "\n".join([line, *_beside(view)])


def _is_under_way(job: Job, now: int) -> bool:
    """Tell whether it is drawn for longer than a beginning takes: it was found again after a restart."""
    return job.state is JobState.RUNNING and now - job.since >= LONG_MS


def _handed_over(progress: Progress) -> str:
    if not progress.ahead:
        return "handed to ComfyUI"
    return f"handed to ComfyUI, which has {counted(progress.ahead, 'prompt')} of others to draw first"


def _beside(view: JobView) -> list[str]:
    """Say what else the person should know while it is drawn."""
    notes: list[str] = []
    if isinstance(view.hold, Away):
        notes.append(hold_words(view.hold))
    if view.job.cancel_requested:
        notes.append("Being cancelled: ComfyUI stops it after the step it is at.")
    return notes


def bar(fraction: float) -> str:
    """Write how far it is; full only when all is done."""
    full = int(fraction * CELLS)
    return f"{'▰' * full}{'▱' * (CELLS - full)} {int(fraction * 100)} %"


def _phase(job: Job, progress: Progress, now: int) -> str:
    words = _phase_words(job, progress)
    lasted = now - progress.node_since if progress.node_since is not None else 0
    return f"{words} for {lasting(lasted)}" if lasted >= LONG_MS else words


def _phase_words(job: Job, progress: Progress) -> str:
    match progress.phase:
        case Phase.STARTING | Phase.WAITING:
            return "ComfyUI begins"
        case Phase.LOADING:
            return f"loading {_loaded(job, progress)}"
        case Phase.FETCHING:
            return f"fetching {'the picture' if job.recipe.count == 1 else 'the pictures'}"
        case Phase.WORKING:
            return f"working: {fitted(progress.title, 80)}" if progress.title else "working"
        case phase:
            return f"{phase} {progress.step}/{progress.of}" if progress.of else str(phase)


def _loaded(job: Job, progress: Progress) -> str:
    """Name the file that the running loader reads."""
    node = job.graph.nodes.get(progress.node or "") if job.graph else None
    files = [value for name, value in node.inputs.items() if name.endswith("_name")] if node else []
    file = next((file for file in files if isinstance(file, str)), progress.title or job.recipe.model)
    return escape(model_name(file))


def _finish(view: JobView) -> str:
    if view.ends is not None:
        return f"done {relative(view.ends)}"
    return expected(view.drawing_time) if isinstance(view.drawing_time, Learning) else ""


def _closed_card(job: Job) -> Look:
    lines = (end_words(job), *trouble_words(job), f"-# {fitted(job.caption, 200)}")
    return Look(text="\n".join(lines), colour=palette.OF_STATE[job.state], buttons=end_buttons(job))


def end_words(job: Job) -> str:
    """Say in one line how the job ended."""
    match job.state:
        case JobState.DELIVERED:
            took = f" in {duration(job.timings.total)}" if job.timings.total is not None else ""
            where = f" → {link_to(job, job.post)}" if job.post else ""
            return f"**#{job.id}** is done{took}{where}"
        case JobState.CANCELLED:
            return f"**#{job.id}** was cancelled."
        case _ if is_adopted(job):
            return f"**#{job.id}** was drawn elsewhere and taken over into the library."
        case _:
            return headline(job)


def cancel_button(job: Job) -> Button:
    return _button(job, Action.CANCEL, "Cancel")


def end_buttons(job: Job) -> tuple[Control, ...]:
    """Return what can be done with a job that has ended; what has no post can be changed from here."""
    undrawn = job.state in (JobState.FAILED, JobState.CANCELLED)
    return (
        *_lighter_button(job),
        _button(job, Action.AGAIN, "Again", emoji="🔁"),
        *((edit_button(job),) if undrawn else ()),
        _button(job, Action.PARAMS, "Params"),
    )


def _lighter_button(job: Job) -> tuple[Control, ...]:
    """Offer what takes less of the memory that did not suffice."""
    short = job.failure is not None and job.failure.kind == "out_of_memory"
    less = lighter(job.recipe) if short else None
    if less is None:
        return ()
    fewer = less.count < job.recipe.count
    what = counted(less.count, "picture") if fewer else str(less.size)
    return (_button(job, Action.LIGHTER, f"Retry with {what}"),)


def _button(job: Job, action: Action, label: str, *, emoji: str | None = None) -> Button:
    return Button(kind="job", rest=f"{job.id}:{action}", label=label, emoji=emoji)


def moved_card(job: Job, card: Card) -> Look:
    """Show in an old message where the job's card is now."""
    return Look(text=f"**#{job.id}** goes on here: {link_to(job, card)}", colour=palette.IDLE)
