"""Reference pictures of characters: taken in clean, kept, looked through and given up."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.artifact import Artifact
from bot.core.casting import MOST_PER_POSE, check_open, check_room, numbered, portrait_of
from bot.core.characters import Character, CharacterReference, Pose
from bot.core.errors import BadRequest, NotFound, StudioError, UnknownName
from bot.core.review import Review
from bot.ports.clock import Clock
from bot.ports.darkroom import Darkroom, Frame, Sheet, Tone
from bot.ports.library import Artifacts, Characters, NewReference
from bot.ports.pictures import Pictures
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, Projects
from bot.studio.actor import Actor
from bot.studio.control import Control
from bot.studio.rights import check_removes, check_shows_to_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A picture that was taken in: its name, and how many there are of its pose now."""

    reference: CharacterReference
    label: str
    of_pose: int
    drawing: Artifact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All pictures of a character on one sheet; `drawings`: by a reference's id, what it was taken from."""

    references: Sequence[tuple[str, CharacterReference]]
    drawings: Mapping[int, Artifact]
    sheet: Sheet


class Portraits:
    def __init__(
        self,
        *,
        characters: Characters,
        projects: Projects,
        artifacts: Artifacts,
        jobs: Jobs,
        control: Control,
        pictures: Pictures,
        shelf: Shelf,
        darkroom: Darkroom,
        clock: Clock,
    ) -> None:
        self._characters = characters
        self._projects = projects
        self._artifacts = artifacts
        self._jobs = jobs
        self._control = control
        self._pictures = pictures
        self._shelf = shelf
        self._darkroom = darkroom
        self._clock = clock

    async def add(
        self,
        character: Character,
        content: bytes,
        *,
        pose: Pose,
        actor: Actor,
        drawing: Artifact | None = None,
    ) -> Added:
        """Keep a picture of a character, cleaned; raise BadRequest."""
        check_open(character)
        check_room(await self._characters.references(character.id), pose)
        picture = await self._pictures.reference(content)
        async with self._shelf.custody:
            kept = await self._shelf.put_reference(picture)
            reference = await self._characters.add_reference(
                NewReference(
                    character=character.id,
                    pose=pose,
                    path=kept.path,
                    sha256=kept.sha256,
                    bytes=kept.bytes,
                    size=picture.size,
                    by=actor.user,
                    at=self._clock.now(),
                    artifact=drawing.id if drawing else None,
                ),
                most=MOST_PER_POSE,
            )
        known = await self.of(character)
        return Added(
            reference=reference,
            label=next(label for label, one in known if one.id == reference.id),
            of_pose=sum(one.pose is pose for _, one in known),
            drawing=drawing,
        )

    async def add_drawing(
        self, character: Character, job_id: int, picture: int, *, pose: Pose, actor: Actor
    ) -> Added:
        """Take one of our own pictures, remembering which one; raise BadRequest, NotFound, NotAllowed."""
        check_open(character)
        await self._check_shown_there(job_id, character, actor)
        drawing = await self.drawing(job_id, picture, actor)
        if drawing.review in (Review.REJECTED, Review.WITHDRAWN):
            raise BadRequest(
                f"Picture {picture} of #{job_id} was {drawing.review}: what it shows is not how "
                f"“{character.name}” looks.",
                hint="Approve it first, or choose another one.",
            )
        content = await self._shelf.read(drawing.path)
        return await self.add(character, content, pose=pose, actor=actor, drawing=drawing)

    async def _check_shown_there(self, job_id: int, character: Character, actor: Actor) -> None:
        job = await self._control.job(job_id, actor)
        source = await self._projects.get(job.project) if job.project is not None else None
        check_shows_to_all(source, await self._projects.get(character.project), actor)

    async def drawing(self, job_id: int, picture: int, actor: Actor) -> Artifact:
        """Return a job's picture, counted from 1, of the actor's server; raise BadRequest, NotFound."""
        job = await self._control.job(job_id, actor)
        drawings = [one for one in await self._jobs.artifacts(job.id) if one.deleted is None]
        if not drawings:
            raise BadRequest(
                f"#{job.id} has no picture in the library.", hint="`/job show` tells what became of it."
            )
        found = next((one for one in drawings if one.index == picture), None)
        if found is None:
            there = ", ".join(str(one.index) for one in drawings)
            raise BadRequest(
                f"#{job.id} has no picture {picture} any more; there is {there}.", hint="Choose one of them."
            )
        return found

    async def of(self, character: Character) -> list[tuple[str, CharacterReference]]:
        """Return the pictures by pose, each with the name people say: “front 1”."""
        return numbered(await self._characters.references(character.id))

    async def remove(self, character: Character, label: str, actor: Actor) -> str:
        """Give up the picture of this name and return the name; raise UnknownName, NotAllowed."""
        known = await self.of(character)
        wanted = " ".join(label.casefold().split())
        for name, reference in known:
            if wanted == name:
                check_removes(reference, character, await self._projects.get(character.project), actor)
                await self._characters.remove_reference(reference.id, at=self._clock.now())
                return name
        raise UnknownName("reference", label, [name for name, _ in known])

    async def portrait(self, character: Character) -> bytes | None:
        """Return a small picture of the character; None if there is none, or its file cannot be read."""
        chosen = portrait_of(await self._characters.references(character.id))
        if chosen is None:
            return None
        try:
            return await self._darkroom.thumbnail(await self._shelf.read(chosen.path))
        except StudioError:
            return None

    async def board(self, character: Character) -> Board:
        """Lay all pictures out on one sheet; raise NotFound if there is none."""
        known = await self.of(character)
        if not known:
            raise NotFound(
                f"There is no reference of “{character.name}” yet.",
                hint="`/character reference add` takes a picture in.",
            )
        drawings = {
            one.id: await self._artifacts.get(one.artifact) for _, one in known if one.artifact is not None
        }
        chosen = portrait_of(one for _, one in known)
        frames = [
            Frame(
                read=self._reader(one.path),
                caption=label,
                detail=_origin(one, drawings.get(one.id)),
                size=one.size,
                tone=Tone.CHOSEN if one is chosen else Tone.PLAIN,
            )
            for label, one in known
        ]
        sheet = await self._darkroom.contact_sheet(frames, title=character.name)
        return Board(references=known, drawings=drawings, sheet=sheet)

    def _reader(self, path: str) -> Callable[[], Awaitable[bytes]]:
        return lambda: self._shelf.read(path)


def _origin(reference: CharacterReference, drawing: Artifact | None) -> str:
    return str(reference.size) if drawing is None else f"#{drawing.job} picture {drawing.index}"
