"""What went wrong with a job, and its cure."""

from bot.chat.markdown import prose
from bot.core.job import Job


def trouble_words(job: Job) -> tuple[str, ...]:
    """Return the lines that say what happened and what to do next; none for a job without a failure."""
    failure = job.failure
    if failure is None:
        return ()
    hint = failure.hint or _CURES.get(failure.kind, "")
    return (prose(failure.message), *([prose(hint)] if hint else []))


_CURES = {
    "refused": "Change what it names and ask again.",
    "execution": "Try once more with `/job again`; if it fails the same way, tell whoever runs ComfyUI.",
    "out_of_memory": "Ask for fewer pictures or a smaller size.",
    "no_output": "Draw it again with `/job again`.",
    "lost": "Draw it again with `/job again`.",
    "not_posted": "Choose another gallery with `/settings gallery`.",
}
