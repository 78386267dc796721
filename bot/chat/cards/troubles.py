"""What went wrong with a job, and its cure."""

from bot.chat.markdown import prose
from bot.core.generation import Recipe, Size
from bot.core.job import Job

SMALLER = 0.75
GRID = 64


def headline(job: Job) -> str:
    """Say in one line that the job failed, and in which way."""
    kind = job.failure.kind if job.failure else ""
    return f"**#{job.id}** {_HEADLINES.get(kind, 'could not be drawn.')}"


_HEADLINES = {
    "refused": "could not be drawn: ComfyUI refused it.",
    "execution": "could not be drawn: ComfyUI broke off.",
    "out_of_memory": "ran out of GPU memory.",
    "no_output": "was drawn, but there is no picture.",
    "lost": "got lost in ComfyUI, more than once.",
    "not_posted": "is drawn, but could not be posted. The pictures are safe in the library.",
}


def trouble_words(job: Job) -> tuple[str, ...]:
    """Return the lines that say what happened and what to do next; none for a job without a failure."""
    failure = job.failure
    if failure is None:
        return ()
    cure = _lighter(job.recipe) if failure.kind == "out_of_memory" else failure.hint
    cure = cure or _CURES.get(failure.kind, "")
    return tuple(prose(line, 400) for line in (failure.message, cure) if line)


_CURES = {
    "refused": "Change what it names and ask again.",
    "execution": "Try once more with `/job again`; if it fails the same way, tell whoever runs ComfyUI.",
    "no_output": "Draw it again with `/job again`.",
    "lost": "Draw it again with `/job again`.",
    "not_posted": "Choose another gallery with `/settings gallery`.",
}


def _lighter(recipe: Recipe) -> str:
    """Suggest what takes less memory than this did."""
    smaller = Size(width=_smaller(recipe.size.width), height=_smaller(recipe.size.height))
    what = f"{recipe.size}, {recipe.count} pictures" if recipe.count > 1 else str(recipe.size)
    fewer = f"{recipe.count // 2} at once or " if recipe.count > 1 else ""
    return f"It was {what}. Try {fewer}{smaller}."


def _smaller(side: int) -> int:
    return max(int(side * SMALLER) // GRID * GRID, GRID)
