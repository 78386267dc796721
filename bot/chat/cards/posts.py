"""What lands in the gallery, and the line that tells the one who asked."""

from bot.chat.cards.job import end_buttons, end_words
from bot.chat.cards.measures import duration, person, recipe_words, small
from bot.chat.cards.recipes import cast_words, lora_words, style_words
from bot.chat.cards.troubles import trouble_words
from bot.chat.look import Attached, Look
from bot.chat.markdown import cut, fitted, prose
from bot.core.artifact import Artifact
from bot.core.job import Job
from bot.core.library import Project
from bot.core.lightening import change_words
from bot.ports.pictures import Picture
from bot.ports.poster import PicturePost

_ENDING = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpg"}


def picture_post(post: PicturePost) -> Look:
    """Show the finished pictures; plain content, so that Discord's search finds it."""
    job = post.job
    pictures = list(zip(post.artifacts, post.pictures, strict=True))
    files = [_attached(job, artifact, picture, len(pictures)) for artifact, picture in pictures]
    return Look(
        content="\n".join(_lines(post)),
        files=tuple(files),
        buttons=end_buttons(job),
    )


def _lines(post: PicturePost) -> list[str]:
    caption = f"**#{post.job.id}** {fitted(post.job.caption, 1200)}"
    detour = [small(f"Posted here instead: {prose(post.detour, 300)}")] if post.detour else []
    return [caption, _small_print(post.job, post.project), *detour]


def _small_print(job: Job, project: Project | None) -> str:
    drawn = job.timings.drawing
    return small(
        f"by {person(job)}",
        fitted(project.name, 100) if project else "",
        cast_words(job.recipe),
        style_words(job.recipe),
        *recipe_words(job.recipe),
        lora_words(job.recipe),
        duration(drawn) if drawn is not None else "time not measured",
        fitted(job.recipe.workflow, 60),
        f"from #{job.parent}" if job.parent is not None else "",
        change_words(job.recipe),
    )


def _attached(job: Job, artifact: Artifact, picture: Picture, of: int) -> Attached:
    ending = _ENDING.get(picture.media_type, "bin")
    return Attached(
        name=f"{_mark(job)}{artifact.index}.{ending}",
        content=picture.content,
        alt=_alt(job, artifact.index, of),
    )


def _mark(job: Job) -> str:
    """Return how the names of a job's pictures begin, by which they are found again: no other job's do so."""
    return f"genga-{job.id}-{job.uid.hex[:8]}-"


def _alt(job: Job, number: int, of: int) -> str:
    which = f"Picture {number} of {of}, job #{job.id}" if of > 1 else f"Job #{job.id}"
    return f"{which}: {cut(job.caption, 900)}"


def notice(job: Job) -> Look:
    """Tell the one who asked how the job ended."""
    return Look(content="\n".join([f"{person(job)} {end_words(job)}", *trouble_words(job)]))


def forum_starter(project_name: str) -> Look:
    """Open a forum post that will take a project's pictures."""
    return Look(content=f"Finished pictures of **{fitted(project_name, 100)}** land here.")
