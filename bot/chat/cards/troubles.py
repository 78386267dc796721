"""What went wrong with a job, and its cure."""

from bot.chat.markdown import prose
from bot.core.job import Job
from bot.core.lightening import advice


def headline(job: Job) -> str:
    """Say in one line that the job failed, and in which way."""
    kind = job.failure.kind if job.failure else ""
    return f"**#{job.id}** {_HEADLINES.get(kind, 'could not be drawn.')}"


_HEADLINES = {
    "refused": "could not be drawn: ComfyUI refused it.",
    "execution": "could not be drawn: ComfyUI broke off.",
    "out_of_memory": "ran out of GPU memory.",
    "no_output": "was drawn, but there is no picture.",
    "blank": "was drawn, but the picture is blank.",
    "stalled": "stalled in ComfyUI, more than once.",
    "poison": "broke down again and is given up.",
    "lost": "got lost in ComfyUI, more than once.",
    "not_posted": "is drawn, but could not be posted. The pictures are safe in the library.",
}


def trouble_words(job: Job) -> tuple[str, ...]:
    """Return the lines that say what happened and what to do next; none for a job without a failure."""
    failure = job.failure
    if failure is None:
        return ()
    cure = _less(job) if failure.kind == "out_of_memory" else failure.hint
    cure = cure or _CURES.get(failure.kind, "")
    return tuple(prose(line, 400) for line in (failure.message, cure) if line)


def _less(job: Job) -> str:
    """Say what would take less memory, and how to have that done without being asked."""
    words = advice(job.recipe)
    return words if job.request.allow_smaller else f"{words} {_ALLOW}"


_ALLOW = "With `allow_smaller` Genga does so by itself."

_CURES = {
    "refused": "Change what it names and ask again.",
    "execution": "Try once more with `/job again`; if it fails the same way, tell whoever runs ComfyUI.",
    "no_output": "Draw it again with `/job again`.",
    "blank": "Draw it with another seed.",
    "stalled": "Draw it again with `/job again`.",
    "poison": "Draw it smaller, or with another model.",
    "lost": "Draw it again with `/job again`.",
    "not_posted": "Choose another gallery with `/settings gallery`.",
}
