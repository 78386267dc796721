"""Which of a project's threads a job's pictures go to, and what the thread is called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.artifact import ArtifactKind
from bot.core.generation import Recipe
from bot.core.job import Job
from bot.core.library import Project, Threads

MOST_TAGS = 5
"""So many tags a forum post can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a thread is about: `key` finds it again, `name` is what people read; "" is the project itself."""

    key: str
    name: str


def subject_of(job: Job, project: Project) -> Subject:
    """Return what the thread for this job is about; without a character it is the project's own."""
    match project.threads, job.recipe.cast:
        case Threads.CHARACTER, [first, *_]:
            return Subject(key=first.slug, name=first.name)
        case Threads.DAY, _:
            day = day_of(job.created)
            return Subject(key=day, name=f"{day} · {project.name}")
        case _:
            return Subject(key="", name=project.name)


def day_of(at: int) -> str:
    """Return the UTC day of a moment in UTC milliseconds: `2026-11-21`."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def tags_of(recipe: Recipe, kinds: Iterable[ArtifactKind]) -> tuple[str, ...]:
    """Name what a forum post is tagged with: who is in the pictures, and what kind of picture they are."""
    characters = [member.name for member in recipe.cast]
    return tuple(dict.fromkeys([*sorted({kind.value for kind in kinds}), *characters]))[:MOST_TAGS]
