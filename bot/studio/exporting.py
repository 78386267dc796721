"""Taking a project away: its pictures, how each was made, its characters and styles, in one zip file."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bot.core.addressing import day_of
from bot.core.artifact import Artifact
from bot.core.errors import BadRequest, DiskFull, LimitReached, NotFound
from bot.core.exports import (
    beside,
    character_record,
    entry_of,
    line_of,
    moment,
    picture_record,
    place_of,
    project_record,
    reference_place,
    style_record,
)
from bot.core.job import Job
from bot.core.library import Project
from bot.core.review import Review
from bot.ports.archives import Archive, Archives, Packed
from bot.ports.clock import Clock
from bot.ports.darkroom import Darkroom, Frame
from bot.ports.library import Artifacts, Characters, PictureFilter, Styles
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.exhibition import frame_of

KEPT_MS: Final = 7 * 24 * 60 * 60 * 1000
"""So long an export lies on the bot's machine."""
SWEEP_EVERY_S: Final = 24 * 60 * 60.0
PAGE: Final = 200
ON_A_SHEET: Final = 96
_ROOM_PER_PICTURE: Final = 16 * 1024
"""What a picture's parameters and its place in the directory take at most, roughly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How far an export is: true counts."""

    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A finished export. `missing`: where the pictures would be, of characters too, whose files are gone."""

    packed: Packed
    pictures: int
    characters: int
    styles: int
    missing: tuple[str, ...] = ()


Step: TypeAlias = Packing | Exported


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which pictures are taken: those there were at the beginning, however many come meanwhile."""

    wanted: PictureFilter
    newest: int
    pictures: int
    bytes: int


@dataclass(slots=True)
class _Tally:
    done: int = 0
    taken: int = 0
    missing: list[str] = field(default_factory=list[str])
    sheets: int = 0
    frames: list[Frame] = field(default_factory=list[Frame])


class Exporter:
    def __init__(
        self,
        *,
        artifacts: Artifacts,
        jobs: Jobs,
        characters: Characters,
        styles: Styles,
        archives: Archives,
        darkroom: Darkroom,
        shelf: Shelf,
        clock: Clock,
        min_free_bytes: int,
    ) -> None:
        self._artifacts = artifacts
        self._jobs = jobs
        self._characters = characters
        self._styles = styles
        self._archives = archives
        self._darkroom = darkroom
        self._shelf = shelf
        self._clock = clock
        self._min_free_bytes = min_free_bytes
        self._busy = False

    async def export(self, project: Project, *, review: Review | None = None) -> AsyncGenerator[Step]:
        """Build the archive, telling how far it is; the last step is the finished one.

        Whoever stops listening leaves nothing behind. Raises LimitReached while another is built, BadRequest
        if there is nothing to take, DiskFull if there is no room for it.
        """
        if self._busy:
            raise LimitReached("An export is being built already.", hint="Try again when it is done.")
        self._busy = True
        try:
            await self.sweep()
            scope = await self._scope(PictureFilter(project=project.id, review=review))
            await self._check_room(scope)
            async with aclosing(self._build(project, scope)) as steps:
                async for step in steps:
                    yield step
        finally:
            self._busy = False

    async def read(self, packed: Packed) -> bytes:
        return await self._archives.read(packed.path)

    async def sweep(self) -> int:
        """Remove exports that have lain long enough; return how many."""
        return await self._archives.sweep(before=self._clock.now() - KEPT_MS)

    async def tidy(self) -> None:
        """Sweep now and every day, also where nobody exports anything any more."""
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _scope(self, wanted: PictureFilter) -> Scope:
        newest = pictures = size = 0
        async for artifact in self._pictures(wanted, before=None):
            newest, pictures, size = max(newest, artifact.id), pictures + 1, size + artifact.bytes
        return Scope(wanted=wanted, newest=newest, pictures=pictures, bytes=size)

    async def _check_room(self, scope: Scope) -> None:
        needed = scope.bytes + scope.pictures * _ROOM_PER_PICTURE + self._min_free_bytes
        if await self._shelf.free_bytes() < needed:
            raise DiskFull(
                f"There is no room for the export: {scope.pictures:,} pictures are "
                f"{scope.bytes / 1024**2:,.0f} MiB.",
                hint="Make room on the bot's machine, or take approved pictures only.",
            )

    async def _build(self, project: Project, scope: Scope) -> AsyncGenerator[Step]:
        name = f"{project.slug}-{day_of(self._clock.now())}"
        async with self._archives.begin(name) as archive:
            tally = _Tally()
            characters = await self._add_characters(archive, project, tally)
            styles = await self._add_styles(archive, project)
            if not (scope.pictures or characters or styles):
                raise BadRequest(
                    f"“{project.name}” has nothing to take away yet.", hint="Draw something for it first."
                )
            async with aclosing(self._add_pictures(archive, project, scope, tally)) as steps:
                async for step in steps:
                    yield step
            await archive.add_pieces("index.json", self._index(project, scope, tally))
            yield Exported(
                packed=await archive.seal(),
                pictures=tally.taken,
                characters=characters,
                styles=styles,
                missing=tuple(tally.missing),
            )

    async def _add_characters(self, archive: Archive, project: Project, tally: _Tally) -> int:
        present = await self._characters.of_project(project.id)
        everyone = [*present, *await self._characters.of_project(project.id, archived=True)]
        for character in everyone:
            references = await self._characters.references(character.id)
            variations = await self._characters.variations(character.id)
            record = character_record(character, variations, references)
            await archive.add(f"characters/{character.slug}/character.json", record)
            for reference in references:
                place = reference_place(character, reference)
                if not await self._add_file(archive, place, reference.path):
                    tally.missing.append(place)
        return len(everyone)

    async def _add_styles(self, archive: Archive, project: Project) -> int:
        styles = await self._styles.of_project(project.id)
        for style in styles:
            record = style_record(style, await self._styles.history(style.id))
            await archive.add(f"styles/{style.id}.json", record)
        return len(styles)

    async def _add_pictures(
        self, archive: Archive, project: Project, scope: Scope, tally: _Tally
    ) -> AsyncGenerator[Packing]:
        job: Job | None = None
        yield Packing(done=0, of=scope.pictures)
        async for artifact in self._pictures(scope.wanted, before=scope.newest + 1):
            if job is None or job.id != artifact.job:
                job = await self._jobs.get(artifact.job)
            place = place_of(artifact)
            await archive.add(beside(place), picture_record(job, artifact))
            if await self._add_file(archive, place, artifact.path):
                tally.taken += 1
            else:
                tally.missing.append(place)
            tally.done += 1
            caption = f"#{artifact.job} · {artifact.index}"
            tally.frames.append(frame_of(artifact, self._shelf, caption=caption))
            if len(tally.frames) == ON_A_SHEET:
                await self._add_sheet(archive, project, tally)
            yield Packing(done=tally.done, of=scope.pictures)
        if tally.frames:
            await self._add_sheet(archive, project, tally)

    async def _add_file(self, archive: Archive, place: str, path: str) -> bool:
        try:
            await archive.add_file(place, path)
        except NotFound:
            return False
        return True

    async def _add_sheet(self, archive: Archive, project: Project, tally: _Tally) -> None:
        tally.sheets += 1
        frames: Sequence[Frame] = tuple(tally.frames)
        sheet = await self._darkroom.contact_sheet(frames, title=f"{project.name} · sheet {tally.sheets}")
        await archive.add(f"contact-sheets/{tally.sheets:03}.webp", sheet.content)
        tally.frames.clear()

    async def _index(self, project: Project, scope: Scope, tally: _Tally) -> AsyncIterator[bytes]:
        """Yield the list of all pictures, a page at a time."""
        about = {"project": project_record(project), "exported": moment(self._clock.now())}
        yield f'{line_of(about)[:-1]},\n"missing": {line_of(tally.missing)},\n"pictures": ['.encode()
        separator = "\n"
        async for artifact in self._pictures(scope.wanted, before=scope.newest + 1):
            yield f"{separator}{line_of(entry_of(artifact))}".encode()
            separator = ",\n"
        yield b"\n]}\n"

    async def _pictures(self, wanted: PictureFilter, *, before: int | None) -> AsyncIterator[Artifact]:
        """Yield the pictures, the newest first, a page at a time."""
        while page := await self._artifacts.page(wanted, before=before, limit=PAGE):
            for artifact in page:
                yield artifact
            before = page[-1].id
