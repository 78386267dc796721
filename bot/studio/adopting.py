"""Adopting: pictures that were drawn before there was a library become part of it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from bot.core.adopting import adopted
from bot.core.artifact import Artifact, ArtifactKind, Output
from bot.core.errors import BadRequest, NotFound, StudioError
from bot.core.generation import Origin
from bot.core.inscription import Inscription, Parameters
from bot.core.library import Project
from bot.core.workflow import Graph
from bot.ports.clock import Clock
from bot.ports.darkroom import Darkroom, Development
from bot.ports.hoard import Find, Hoard, Passed, Sight, Unearthed
from bot.ports.library import Artifacts, Discards
from bot.ports.pictures import Picture
from bot.ports.shelf import Place, Shelf
from bot.ports.stores import Jobs, NewJob
from bot.studio.archive import NOBODY, THUMBNAILS, WEBP

AT_ONCE: Final = 8
"""So many files are in hand at the same time: while some are written, others are looked at."""
BYTES_AT_ONCE: Final = 256 * 1024 * 1024
"""They are in memory: of larger ones fewer are in hand, of the largest a single one."""
NAME_DIGITS: Final = 16
"""Of the hash, for the file's name: it is the same whenever the same file is adopted again."""
ADOPTER: Final = "genga import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file became a picture of the library; `remarks` tell what of its metadata could not be read."""

    find: Find
    job: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The project has this very file already."""

    find: Find


Outcome: TypeAlias = Taken | Known | Passed


class Adopting:
    """Takes over a folder's pictures for one project; doing it again, or going on later, repeats nothing."""

    def __init__(
        self,
        hoard: Hoard,
        project: Project,
        *,
        jobs: Jobs,
        artifacts: Artifacts,
        discards: Discards,
        darkroom: Darkroom,
        shelf: Shelf,
        clock: Clock,
    ) -> None:
        self._hoard = hoard
        self._project = project
        self._jobs = jobs
        self._artifacts = artifacts
        self._discards = discards
        self._darkroom = darkroom
        self._shelf = shelf
        self._clock = clock
        self._taking: set[str] = set()

    async def run(self, stop: asyncio.Event) -> AsyncGenerator[Outcome]:
        """Yield what became of each file; after `stop` none is begun, those in hand come to their end.

        Raises StudioError where nothing can be kept; what was yielded before is safe.
        """
        walk = self._hoard.walk()
        in_hand: dict[asyncio.Task[Outcome], int] = {}
        try:
            async for sight in walk:
                weight = sight.bytes if isinstance(sight, Find) else 0
                while _are_full(in_hand, weight):
                    for task in await _done(in_hand):
                        yield task.result()
                if stop.is_set():
                    break
                in_hand[asyncio.create_task(self._outcome(sight))] = weight
            while in_hand:
                for task in await _done(in_hand):
                    yield task.result()
        finally:
            await asyncio.gather(*in_hand, return_exceptions=True)

    async def _outcome(self, sight: Sight) -> Outcome:
        if isinstance(sight, Passed):
            return sight
        try:
            return await self._adopted(sight)
        except (BadRequest, NotFound) as error:
            return Passed(name=sight.name, why=error.message)

    async def _adopted(self, find: Find) -> Outcome:
        file = await self._hoard.read(find)
        known = await self._artifacts.with_hash(file.sha256, project=self._project.id)
        if known is not None or file.sha256 in self._taking:
            return Known(find=find)
        self._taking.add(file.sha256)
        try:
            return await self._taken(find, file)
        finally:
            self._taking.discard(file.sha256)

    async def _taken(self, find: Find, file: Unearthed) -> Taken | Passed:
        development = await self._darkroom.develop(file.content)
        inscription = await self._darkroom.inscription(file.content)
        kept = await self._kept(find, file, development)
        artifact = replace(kept, created=self._clock.now())
        job = await self._jobs.add_ended(self._job(file, artifact, inscription), artifacts=[artifact])
        if all(picture.deleted is not None for picture in await self._jobs.artifacts(job.id)):
            await self._put_down(artifact)
            return Passed(name=find.name, why="It was taken over before and deleted since.")
        if job.project != self._project.id:
            await self._put_down(artifact)
            return Passed(name=find.name, why="It was taken over before and moved to another project since.")
        return Taken(find=find, job=job.id, remarks=inscription.remarks)

    async def _put_down(self, artifact: Artifact) -> None:
        """Remove files that were kept for nothing; by the same name something else may need them."""
        kept = [path for path in (artifact.path, artifact.thumbnail) if path is not None]
        for path in await self._discards.unneeded(kept):
            await self._shelf.remove(path)

    async def _kept(self, find: Find, file: Unearthed, development: Development) -> Artifact:
        picture = Picture(
            content=file.content, size=development.measures.size, media_type=development.media_type
        )
        place = Place(project=self._project.slug, character=NOBODY, day=_day(find), kind=ArtifactKind.IMPORTS)
        name = file.sha256[:NAME_DIGITS]
        kept = await self._shelf.put(picture, place=place, name=name)
        small = replace(picture, content=development.thumbnail, media_type=WEBP)
        thumbnail = await self._shelf.put(small, place=replace(place, kind=THUMBNAILS), name=name)
        return Artifact(
            job=0,
            index=1,
            path=kept.path,
            sha256=kept.sha256,
            bytes=kept.bytes,
            size=picture.size,
            media_type=picture.media_type,
            source=_source(find),
            kind=ArtifactKind.IMPORTS,
            origin_sha256=file.sha256,
            thumbnail=thumbnail.path,
            measures=development.measures,
            fingerprint=development.fingerprint,
            near=await self._near(development),
        )

    async def _near(self, development: Development) -> int | None:
        if development.fingerprint is None:
            return None
        return await self._artifacts.alike(development.fingerprint, project=self._project.id)

    def _job(self, file: Unearthed, artifact: Artifact, inscription: Inscription) -> NewJob:
        key = f"import:{self._project.id}:{file.sha256}"
        request, recipe = adopted(inscription.parameters or Parameters(), size=artifact.size)
        return NewJob(
            uid=uuid5(NAMESPACE_URL, f"genga:{key}"),
            request=request,
            recipe=recipe,
            origin=Origin(key=key, user=0, user_name=ADOPTER, guild=self._project.guild),
            created=artifact.created,
            graph=_graph(inscription.graph),
            project=self._project.id,
        )


def _are_full(in_hand: Mapping[asyncio.Task[Outcome], int], weight: int) -> bool:
    """Tell whether a file of so many bytes has to wait; none waits for empty hands."""
    return len(in_hand) >= AT_ONCE or (bool(in_hand) and sum(in_hand.values()) + weight > BYTES_AT_ONCE)


async def _done(in_hand: dict[asyncio.Task[Outcome], int]) -> list[asyncio.Task[Outcome]]:
    """Wait for the first that is done, and take out of hand all that are."""
    done, _ = await asyncio.wait(in_hand, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        del in_hand[task]
    return list(done)


def _day(find: Find) -> str:
    """Return the day on which the file was written, for that is when it was drawn."""
    return datetime.fromtimestamp(max(find.changed, 0) / 1000, UTC).date().isoformat()


def _source(find: Find) -> Output:
    path = PurePosixPath(find.name.encode("utf-8", "replace").decode())
    folder = "" if path.parent == PurePosixPath() else path.parent.as_posix()
    return Output(filename=path.name, subfolder=folder, type="import")


def _graph(text: str | None) -> Graph | None:
    """Return ComfyUI's graph as it stands in the file, if it is one."""
    with suppress(StudioError, ValueError, RecursionError):
        return Graph.parse(json.loads(text or ""))
    return None
