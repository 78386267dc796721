"""The archive: pictures kept for good, each in its folder with all that is known of it."""

import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from bot.core.artifact import Artifact, ArtifactKind, Output
from bot.core.inscription import parameters_of
from bot.core.job import Job
from bot.core.lineage import Descent
from bot.ports.darkroom import Darkroom, Development, Finished
from bot.ports.library import Artifacts
from bot.ports.pictures import Picture
from bot.ports.shelf import Place, Shelf, Shelved
from bot.ports.stores import Projects
from bot.studio.incidents import Incidents
from bot.studio.patiently import patiently
from bot.studio.together import together

T = TypeVar("T")

NOBODY: Final = "_"
"""The folder of pictures without a project, or without a character."""
THUMBNAILS: Final = "thumbnails"
WEBP: Final = "image/webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished picture and the file in ComfyUI's folders that it came in."""

    output: Output
    finished: Finished


class Archive:
    def __init__(
        self,
        *,
        projects: Projects,
        artifacts: Artifacts,
        darkroom: Darkroom,
        shelf: Shelf,
        incidents: Incidents,
    ) -> None:
        self._projects = projects
        self._artifacts = artifacts
        self._darkroom = darkroom
        self._shelf = shelf
        self._incidents = incidents

    async def keep(self, job: Job, made: Sequence[Made]) -> list[Artifact]:
        """Put a job's pictures on the shelf with their parameters in them; nothing is recorded yet."""
        place = await self._place(job)
        return await together(self._kept(job, index, each, place) for index, each in enumerate(made, start=1))

    async def lying(self, job: Job) -> list[str]:
        """Return the paths of the files that were kept of this job, recorded or not."""
        place = await self._place(job)
        folders = (place, replace(place, kind=THUMBNAILS))
        return [path for folder in folders for path in await self._shelf.lying(folder, f"{job.id}_")]

    async def _place(self, job: Job) -> Place:
        project = await self._projects.get(job.project) if job.project is not None else None
        return Place(
            project=project.slug if project else NOBODY,
            character=job.recipe.cast[0].slug if job.recipe.cast else NOBODY,
            day=datetime.fromtimestamp(job.created / 1000, UTC).date().isoformat(),
            kind=kind_of(job),
        )

    async def _kept(self, job: Job, index: int, made: Made, place: Place) -> Artifact:
        finished = made.finished
        if finished.fault is not None:
            await self._incidents.report(finished.fault, where="measuring", job=job.id)
        inscribed = await self._inscribed(job, index, finished.picture)
        kept = await self._shelved(inscribed, place, f"{job.id}_{index}")
        artifact = Artifact(
            job=job.id,
            index=index,
            path=kept.path,
            sha256=kept.sha256,
            bytes=kept.bytes,
            size=finished.picture.size,
            media_type=finished.picture.media_type,
            source=made.output,
            kind=kind_of(job),
            origin_sha256=finished.sha256,
        )
        return await self._measured(artifact, job, place, finished.development)

    async def _measured(
        self, artifact: Artifact, job: Job, place: Place, development: Development | None
    ) -> Artifact:
        """Add what was found out about the picture; nothing of that may cost the picture itself."""
        if development is None:
            return artifact
        small = Picture(content=development.thumbnail, size=artifact.size, media_type=WEBP)
        folder = replace(place, kind=THUMBNAILS)
        thumbnail = await self._tried(self._shelved(small, folder, f"{job.id}_{artifact.index}"), job)
        return replace(
            artifact,
            measures=development.measures,
            fingerprint=development.fingerprint,
            thumbnail=thumbnail and thumbnail.path,
            near=await self._tried(self._near(job, development), job),
        )

    async def _near(self, job: Job, development: Development) -> int | None:
        """Return an earlier picture that looks the same; one of a single colour looks like none."""
        if development.fingerprint is None:
            return None
        return await self._artifacts.alike(
            development.fingerprint, project=job.project, guild=job.origin.guild
        )

    async def _inscribed(self, job: Job, index: int, picture: Picture) -> Picture:
        """Return the picture with its parameters written into the file; if that fails, as it came."""
        about = (("Genga job", str(job.id)), ("Genga picture", str(index)), ("Workflow", job.recipe.workflow))
        writing = self._darkroom.inscribe(
            picture.content,
            parameters_of(job.recipe, size=picture.size, others=about),
            graph=json.dumps(job.graph.to_api()) if job.graph else None,
        )
        return replace(picture, content=await self._tried(writing, job) or picture.content)

    async def _shelved(self, picture: Picture, place: Place, name: str) -> Shelved:
        return await patiently(lambda: self._shelf.put(picture, place=place, name=name))

    async def _tried(self, work: Awaitable[T], job: Job) -> T | None:
        """Return what it gives, or None if it fails: the picture is worth more than what is known of it."""
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported and the picture kept
            await self._incidents.report(error, where="archive", job=job.id)
            return None


def kind_of(job: Job) -> ArtifactKind:
    upscaled = job.lineage is not None and job.lineage.how is Descent.UPSCALE
    return ArtifactKind.UPSCALES if upscaled else ArtifactKind.IMAGES
