"""What lands in the gallery, and the line that tells the one who asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.chat.cards.findings import finding_words
from bot.chat.cards.job import end_words
from bot.chat.cards.kinship import descent_words
from bot.chat.cards.measures import counted, duration, person, small
from bot.chat.cards.pictures import picture_words, post_controls
from bot.chat.cards.recipes import cast_words, lora_words, style_words, subject
from bot.chat.cards.troubles import trouble_words
from bot.chat.look import Attached, Look
from bot.chat.markdown import cut, fitted, prose
from bot.core.artifact import Artifact
from bot.core.formats import ending_of
from bot.core.generation import redrawn_words
from bot.core.job import Job
from bot.core.library import Project
from bot.core.lightening import change_words
from bot.core.review import Decision, Review
from bot.ports.darkroom import Sheet
from bot.ports.pictures import Picture
from bot.ports.poster import PicturePost

CONTENT: Final = 2000
MOST_TOLD: Final = 2
MOST_STANDING: Final = 250
_MARKS: Final = {Review.APPROVED: "✅", Review.REJECTED: "❌", Review.WITHDRAWN: "↩️"}


def picture_post(post: PicturePost) -> Look:
    """Show the finished pictures; plain content, so that Discord's search finds it."""
    pictures = list(zip(post.artifacts, post.pictures, strict=True))
    files = [_attached(post.job, artifact, picture, len(pictures)) for artifact, picture in pictures]
    sheet = [_sheet(post.job, post.sheet)] if post.sheet else []
    hung = Hanging(
        job=post.job,
        project=post.project,
        pictures=post.artifacts,
        parent=post.parent,
        told=post.told,
    )
    return replace(changed_post(hung), files=(*files, *sheet))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """What is said under pictures: `told` are sentences beside their parameters, one on each line.

    `pictures` are all there ever were, `decisions` the last one about each that was decided about, by its id.
    """

    job: Job
    project: Project | None
    pictures: Sequence[Artifact]
    parent: Job | None = None
    told: str = ""
    decisions: Mapping[int, Decision] = field(default_factory=dict[int, Decision])


def changed_post(hung: Hanging) -> Look:
    """Show a post without its files, which stay as they are."""
    job = hung.job
    below = [
        _small_print(job, hung.project, hung.parent),
        *finding_words(hung.pictures),
        *(small(prose(line, 150)) for line in hung.told.splitlines()[:MOST_TOLD] if line),
        *_standing(hung),
    ]
    room = min(CONTENT - len("\n".join(below)) - 30, 1200)
    caption = f"**#{job.id}** {fitted(job.caption, room)}"
    return Look(content="\n".join([caption, *below]), buttons=post_controls(job, hung.pictures))


def _standing(hung: Hanging) -> list[str]:
    """Say what was decided about which pictures, on one line; where that is too long, only how many."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for picture in hung.pictures:
        if said := _decided(picture, hung.decisions.get(picture.id)):
            numbers.setdefault(said, []).append(picture.index)
    alone = len(hung.pictures) == 1
    line = small(*(f"{mark} {_which(which, alone=alone)}{why}" for (mark, why), which in numbers.items()))
    if len(line) > MOST_STANDING:
        line = small(*(f"{mark} {counted(len(which), 'picture')}" for (mark, _), which in numbers.items()))
    return [line] if numbers else []


def _which(numbers: Sequence[int], *, alone: bool) -> str:
    if alone:
        return ""
    return f"picture{'s' if len(numbers) > 1 else ''} {', '.join(str(number) for number in numbers)} "


def _decided(picture: Artifact, decision: Decision | None) -> tuple[str, str] | None:
    if picture.deleted is not None:
        return "🗑️", "deleted"
    if decision is None or decision.after is Review.UNREVIEWED:
        return None
    why = f": {', '.join(decision.reasons)}" if decision.reasons else ""
    return _MARKS[decision.after], f"{decision.after} by <@{decision.by}>{why}"


def _small_print(job: Job, project: Project | None, parent: Job | None) -> str:
    drawn = job.timings.drawing
    return small(
        f"by {person(job)}",
        fitted(project.name, 100) if project else "",
        cast_words(job.recipe),
        style_words(job.recipe),
        *picture_words(job.recipe),
        lora_words(job.recipe),
        f"drawn in {duration(drawn)}" if drawn is not None else "time not measured",
        fitted(job.recipe.workflow, 60),
        descent_words(job, parent),
        f"batch {job.batch}" if job.batch is not None else "",
        change_words(job.recipe),
        redrawn_words(job.recipe),
    )


def _attached(job: Job, artifact: Artifact, picture: Picture, of: int) -> Attached:
    return Attached(
        name=f"{_mark(job)}{artifact.index}.{ending_of(picture.media_type)}",
        content=picture.content,
        alt=_alt(job, artifact.index, of),
    )


def _sheet(job: Job, sheet: Sheet) -> Attached:
    return Attached(
        name=f"{_mark(job)}sheet.{ending_of(sheet.media_type)}",
        content=sheet.content,
        alt=f"Contact sheet of job #{job.id}",
    )


def _mark(job: Job) -> str:
    """Return how the names of a job's pictures begin, by which they are found again: no other job's do so."""
    return f"genga-{job.id}-{job.uid.hex[:8]}-"


def _alt(job: Job, number: int, of: int) -> str:
    which = f"Picture {number} of {of}, job #{job.id}" if of > 1 else f"Job #{job.id}"
    return f"{which}: {cut(subject(job), 900)}"


def notice(job: Job) -> Look:
    """Tell the one who asked how the job ended."""
    return Look(content="\n".join([f"{person(job)} {end_words(job)}", *trouble_words(job)]))


def forum_starter(project_name: str) -> Look:
    """Open a forum post that will take a project's pictures."""
    return Look(content=f"Finished pictures of **{fitted(project_name, 100)}** land here.")
