"""Everything about one job, and lists of jobs."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.findings import Twins, measured_lines
from bot.chat.cards.job import cancel_button, drawing_line, end_buttons, end_words, waiting_lines
from bot.chat.cards.kinship import line_of_descent
from bot.chat.cards.measures import (
    STATE_WORDS,
    clock_time,
    counted,
    dotted,
    duration,
    link_to,
    measured,
    person,
    plain_number,
    relative,
    small,
)
from bot.chat.cards.recipes import MOST_LORAS, cast_words, style_words, subject
from bot.chat.cards.troubles import trouble_words
from bot.chat.cards.turning import turning_list
from bot.chat.look import Look
from bot.chat.markdown import code, fitted, prose
from bot.core.adopting import untold
from bot.core.artifact import Artifact
from bot.core.generation import Recipe
from bot.core.job import Job, JobEvent, JobState, Timings
from bot.core.leafing import Page
from bot.studio.line import JobView

JOB_LIST: Final = "jobs"
MOST_STEPS: Final = 10
MOST_NOTES: Final = 2


def job_sheet(
    view: JobView,
    events: Sequence[JobEvent],
    artifacts: Sequence[Artifact] = (),
    *,
    now: int,
    line: Sequence[Job] = (),
    twins: Twins = MappingProxyType({}),
) -> Look:
    """Show a job in any state: what it is at, when what happened, where the time went, what it is made of."""
    job = view.job
    blocks = [
        _state(view, now),
        *_prompts(job),
        _negative(job),
        "\n".join(_parameters(job)),
        _time_line(events),
        *_told(events),
        _times(job),
        _links(view, artifacts, line),
        "\n".join(measured_lines(artifacts, twins)),
    ]
    return Look(
        title=f"Job #{job.id}",
        text="\n\n".join(block for block in blocks if block),
        colour=palette.OF_STATE[job.state],
        buttons=end_buttons(job) if job.state.is_end else (cancel_button(job), *end_buttons(job)[1:]),
    )


def _state(view: JobView, now: int) -> str:
    job = view.job
    match job.state:
        case JobState.QUEUED:
            return waiting_lines(view)
        case JobState.SUBMITTED | JobState.RUNNING | JobState.RENDERED:
            return drawing_line(view, now=now)
        case _:
            return "\n".join([end_words(job), *trouble_words(job)])


def _parameters(job: Job) -> list[str]:
    recipe = job.recipe
    if recipe.upscaler is not None:
        return _enlarging(recipe, recipe.upscaler)
    known = {
        "model": f"model {code(recipe.model) if recipe.model else 'not decided yet'}",
        "steps": f"{recipe.steps} steps",
        "cfg": f"cfg {plain_number(recipe.cfg)}",
        "seed": f"seed `{recipe.seed}`",
        "sampler": f"sampler {code(recipe.sampler, 50)}",
        "scheduler": f"scheduler {code(recipe.scheduler, 50)}",
    }
    known |= {name: f"{name} not told" for name in untold(job)}
    lines = [
        dotted(known["model"], f"workflow {code(recipe.workflow, 50)}"),
        dotted(
            str(recipe.size),
            counted(recipe.count, "picture"),
            known["steps"],
            known["cfg"],
            known["seed"],
        ),
        dotted(known["sampler"], known["scheduler"]),
    ]
    lines.append(dotted(cast_words(recipe), style_words(recipe)))
    if recipe.loras:
        loras = (
            f"{code(lora.name, 60)} at {plain_number(lora.strength)}" for lora in recipe.loras[:MOST_LORAS]
        )
        lines.append(f"LoRA {', '.join(loras)}")
    if recipe.reference is not None:
        lines.append(f"reference picture {recipe.reference.size} · denoise {plain_number(recipe.denoise)}")
    return [line for line in lines if line]


def _enlarging(recipe: Recipe, upscaler: str) -> list[str]:
    """Say what an upscale model was given: it knows no steps, no seed and no checkpoint."""
    before = f"{recipe.reference.size} → " if recipe.reference else ""
    return [
        dotted(f"upscale model {code(upscaler)}", f"workflow {code(recipe.workflow, 50)}"),
        f"{before}{recipe.size} · ×{plain_number(recipe.scale)}",
    ]


def _prompts(job: Job) -> tuple[str, ...]:
    """Show what was typed, and what was made of it where that is more."""
    typed = f"**Prompt** {fitted(job.caption, 500)}"
    if job.recipe.prompt == job.caption:
        return (typed,)
    return (typed, f"**Drawn as** {fitted(job.recipe.prompt, 700)}")


def _negative(job: Job) -> str:
    recipe = job.recipe
    lines = [
        f"**Negative** {fitted(recipe.negative, 300)}" if recipe.negative else "",
        f"-# left out of the negative: {fitted(', '.join(recipe.dropped), 150)}" if recipe.dropped else "",
    ]
    return "\n".join(line for line in lines if line)


def _time_line(events: Sequence[JobEvent]) -> str:
    """Write the newest steps, oldest first."""
    shown = events[-MOST_STEPS:]
    steps = " → ".join(f"{_STEP[event.state]} {clock_time(event.at)}" for event in shown)
    notes = [
        f"-# {clock_time(event.at)} {prose(event.note, 100)}"
        for event in shown[-MOST_NOTES:]
        if event.note and event.state is not JobState.DELIVERED
    ]
    lead = "… → " if len(events) > len(shown) else ""
    return "\n".join([lead + steps, *notes]) if shown else ""


def _told(events: Sequence[JobEvent]) -> list[str]:
    """Repeat what is said below the pictures, such as how they compare with their original."""
    told = [event.note for event in events if event.state is JobState.DELIVERED and event.note]
    return ["\n".join(prose(line, 300) for line in told[-1].splitlines()[:4])] if told else []


_STEP = {
    JobState.QUEUED: "queued",
    JobState.SUBMITTED: "handed over",
    JobState.RUNNING: "started",
    JobState.RENDERED: "drawn",
    JobState.DELIVERED: "posted",
    JobState.SHELVED: "shelved",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


def _times(job: Job) -> str:
    times = job.timings
    if not job.state.is_end:
        return ""
    if times.drawing is None and job.state in (JobState.FAILED, JobState.CANCELLED):
        return _times_of_the_undrawn(times)
    parts = dotted(
        f"waiting {measured(times.queued)}",
        f"loading {measured(times.load)}",
        f"sampling {measured(times.sample)}",
        f"decoding and saving {measured(times.save)}",
        f"fetching {measured(times.fetch)}",
        f"posting {measured(times.post)}",
    )
    warmth = f"model {times.warmth}" if times.warmth else "cold or warm: not measured"
    total = dotted(f"drawing {measured(times.drawing)}", f"in all {measured(times.total)}", warmth)
    return f"**Time** {total}\n{small(parts)}"


def _times_of_the_undrawn(times: Timings) -> str:
    """Of what came to no end only the stretches that had one are told."""
    stretches = {"waiting": times.queued, "loading": times.load, "sampling": times.sample}
    told = dotted(*(f"{what} {duration(ms)}" for what, ms in stretches.items() if ms is not None))
    return f"**Time** {told}" if told else ""


def _links(view: JobView, artifacts: Sequence[Artifact], line: Sequence[Job]) -> str:
    job = view.job
    lines = [
        f"project {fitted(view.project.name, 100)}" if view.project else "",
        f"batch {view.job.batch}" if view.job.batch is not None else "",
        f"asked by {person(job)} {relative(job.created)}",
        f"pictures {link_to(job, job.post)}" if job.post else "",
        f"{counted(len(artifacts), 'picture')} in the library" if artifacts else "",
        line_of_descent(line),
    ]
    return "\n".join(line for line in lines if line)


def job_list(page: Page[Job], *, list_name: str = JOB_LIST) -> Look:
    """List jobs, newest first."""
    buttons = turning_list(list_name, page)
    if not page.shown:
        none = "No older jobs." if page.newer else _no_jobs(list_name)
        return Look(title="Jobs", text=none, colour=palette.IDLE, buttons=buttons)
    return Look(
        title="Jobs" if page.newer else "Newest jobs",
        text="\n".join(_row(job) for job in page.shown),
        colour=palette.WAITING,
        buttons=buttons,
    )


def _no_jobs(list_name: str) -> str:
    if list_name == JOB_LIST:
        return "No jobs here yet. `/generate` makes one."
    return "No job fits that. `/job list` without options shows all."


def _row(job: Job) -> str:
    took = duration(job.timings.total) if job.timings.total is not None else ""
    return dotted(
        f"**#{job.id}** {STATE_WORDS[job.state]}",
        took,
        person(job),
        relative(job.created),
        fitted(subject(job), 80),
    )
