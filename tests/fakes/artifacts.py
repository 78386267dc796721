"""The pictures of the fakes' memory, by all they are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core.artifact import Artifact
from bot.core.errors import NotFound
from bot.core.job import Job
from bot.core.likeness import Fingerprint, Likeness
from bot.ports.library import PictureFilter
from tests.fakes.leafing import page_of
from tests.fakes.memory import IN_LINE, Memory, check_there


class FakeArtifacts:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def get(self, artifact_id: int) -> Artifact:
        return picture_in(self._memory, artifact_id)

    async def page(
        self,
        wanted: PictureFilter,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Artifact]:
        return page_of(wanted_of(self._memory, wanted), before=before, after=after, limit=limit)

    async def count(self, wanted: PictureFilter, *, most: int) -> int:
        return len(wanted_of(self._memory, wanted)[:most])

    async def with_hash(self, sha256: str, *, project: int | None) -> Artifact | None:
        found = (
            picture
            for picture, job in kept_in(self._memory)
            if picture.origin_sha256 == sha256 and job.project == project
        )
        return next(found, None)

    async def alike(
        self,
        fingerprint: Fingerprint,
        *,
        project: int | None,
        guild: int | None = None,
        among: int = 2000,
    ) -> int | None:
        newest = [
            (picture, job)
            for picture, job in reversed(list(kept_in(self._memory)))
            if (job.project == project if project is not None else job.origin.guild == guild)
        ]
        near = (
            picture.id
            for picture, job in newest[:among]
            if job.project == project and picture.fingerprint and picture.fingerprint.near(fingerprint)
        )
        return next(near, None)

    async def liken(self, artifact_id: int, likeness: Likeness) -> None:
        change_picture(self._memory, replace(picture_in(self._memory, artifact_id), likeness=likeness))

    async def move(self, job_id: int, *, project: int | None) -> None:
        check_there(self._memory, project)
        if job_id not in self._memory.jobs:
            raise NotFound(f"There is no job #{job_id}.", hint="`/job list` shows those there are.")
        self._memory.jobs[job_id] = replace(self._memory.jobs[job_id], project=project)

    async def delete(self, artifact_ids: Sequence[int], *, at: int) -> None:
        given_up = [
            picture
            for picture in self._memory.artifacts
            if picture.id in artifact_ids and picture.deleted is None
        ]
        for picture in given_up:
            change_picture(self._memory, replace(picture, deleted=at))
        discard_in(self._memory, {file for picture in given_up for file in _files(picture)}, at=at)


def discard_in(memory: Memory, files: set[str], *, at: int) -> None:
    for file in files:
        memory.discards.setdefault(file, at)


def needed_in(memory: Memory) -> set[str]:
    """Return the files that something stands upon."""
    needed = {file for picture, _ in kept_in(memory) for file in _files(picture)}
    needed |= {pin.reference.path for pin in memory.pins.values()}
    needed |= {reference.path for reference in memory.character_references.values()}
    return needed | {path for job in memory.jobs.values() for path in _starts_from(job)}


def _starts_from(job: Job) -> Iterator[str]:
    """Yield what the job is drawn from, and may be drawn from again."""
    reference = job.recipe.reference or job.request.reference
    if reference is not None and (job.state in IN_LINE or reference.path.startswith("library/references/")):
        yield reference.path


def picture_in(memory: Memory, artifact_id: int) -> Artifact:
    found = next((picture for picture in memory.artifacts if picture.id == artifact_id), None)
    if found is None:
        raise NotFound("There is no such picture.", hint="`/gallery` shows those there are.")
    return found


def change_picture(memory: Memory, changed: Artifact) -> None:
    memory.artifacts[:] = [changed if kept.id == changed.id else kept for kept in memory.artifacts]


def kept_in(memory: Memory) -> Iterator[tuple[Artifact, Job]]:
    """Yield the pictures that are not deleted, each with its job, oldest first."""
    for picture in memory.artifacts:
        if picture.deleted is None:
            yield picture, memory.jobs[picture.job]


def wanted_of(memory: Memory, wanted: PictureFilter) -> list[Artifact]:
    """Return all that fit, the newest first."""
    return [
        picture
        for picture, job in reversed(list(kept_in(memory)))
        if wanted.guild in (None, job.origin.guild)
        and wanted.project in (None, job.project)
        and (wanted.character is None or wanted.character in {member.id for member in job.recipe.cast})
        and wanted.review in (None, picture.review)
        and (wanted.since is None or picture.created >= wanted.since)
        and (wanted.until is None or picture.created < wanted.until)
    ]


def _files(picture: Artifact) -> set[str]:
    return {file for file in (picture.path, picture.thumbnail) if file is not None}
