"""Characters that travel: everything about one packed into a file, and taken in from one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.casting import (
    MOST_PER_POSE,
    MOST_VARIATION,
    MOST_VARIATIONS,
    Sketch,
    cleaned_appearance,
    numbered,
    variation_name,
)
from bot.core.characters import Character, CharacterReference, Pose
from bot.core.errors import BadRequest, DeliveryError, NotFound
from bot.core.generation import Lora
from bot.core.library import Project, clean_text
from bot.ports.clock import Clock
from bot.ports.dossiers import (
    MIB,
    Dossier,
    DossierLesson,
    DossierReference,
    Dossiers,
    DossierVariation,
)
from bot.ports.library import Characters, NewCharacter, NewReference, NewVariation
from bot.ports.pictures import Picture, Pictures
from bot.ports.review import Reviews
from bot.ports.shelf import Shelf
from bot.studio.actor import Actor
from bot.studio.characters import Casting

MOST_TAKEN_IN: Final = 128 * MIB
"""So much the pictures of one file may have together, decoded and encoded anew."""
_ROOM_FOR_WORDS: Final = MIB // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file to hand out. `smaller`: the pictures are smaller copies, for the file to fit.

    `missing` are the pictures whose files are gone.
    """

    content: bytes
    references: int
    smaller: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody taken in. `without_lora` says why they came without theirs, in a sentence.

    `repeated` pictures were in the file more than once; `lessons` stayed behind with their decisions.
    """

    character: Character
    variations: int
    references: int
    without_lora: str = ""
    repeated: int = 0
    lessons: int = 0


class Travel:
    def __init__(
        self,
        *,
        casting: Casting,
        characters: Characters,
        reviews: Reviews,
        dossiers: Dossiers,
        pictures: Pictures,
        shelf: Shelf,
        clock: Clock,
    ) -> None:
        self._casting = casting
        self._characters = characters
        self._reviews = reviews
        self._dossiers = dossiers
        self._pictures = pictures
        self._shelf = shelf
        self._clock = clock

    # ── out

    async def export(self, character: Character, *, limit: int) -> Packed:
        """Pack everything about a character into at most `limit` bytes; raise DeliveryError."""
        references = numbered(await self._characters.references(character.id))
        room = limit - _ROOM_FOR_WORDS
        smaller = sum(one.bytes for _, one in references) > room
        share = room // max(len(references), 1) if smaller else None
        if share is not None and share < 1:
            raise DeliveryError(
                f"The pictures of “{character.name}” do not fit into a file of {limit / MIB:.1f} MiB.",
                hint="They are in the library; `/character reference remove` makes room.",
            )
        carried: list[DossierReference] = []
        missing: list[str] = []
        for name, reference in references:
            try:
                carried.append(await self._carried(reference, share))
            except NotFound:
                missing.append(name)
        content = await self._dossiers.pack(await self._dossier(character, carried))
        return Packed(content=content, references=len(carried), smaller=smaller, missing=tuple(missing))

    async def _carried(self, reference: CharacterReference, share: int | None) -> DossierReference:
        content = await self._shelf.read(reference.path)
        picture = Picture(content=content, size=reference.size, media_type="image/png")
        if share is not None:
            picture = await self._pictures.for_post(picture, limit=share)
        return DossierReference(pose=reference.pose, content=picture.content, media_type=picture.media_type)

    async def _dossier(self, character: Character, references: Sequence[DossierReference]) -> Dossier:
        variations = await self._characters.variations(character.id)
        lessons = await self._reviews.lessons(character.id)
        return Dossier(
            name=character.name,
            design_prompt=character.design_prompt,
            appearance=character.appearance,
            trigger=character.trigger,
            lora=character.lora,
            variations=tuple(
                DossierVariation(kind=one.kind, name=one.name, prompt=one.prompt) for one in variations
            ),
            references=tuple(references),
            lessons=tuple(DossierLesson(family=one.family, term=one.term) for one in lessons),
        )

    # ── in

    async def take_in(
        self, content: bytes, project: Project, actor: Actor, *, name: str | None = None
    ) -> Arrival:
        """Make a character of a file, whole; raise BadRequest, and then nothing of it is stored."""
        dossier = await self._dossiers.unpack(content)
        sketch = Sketch(
            name=dossier.name if name is None else name,
            design_prompt=dossier.design_prompt,
            trigger=dossier.trigger,
        ).cleaned()
        await self._check_free(sketch.name or "", project)
        variations = _variations(dossier)
        lora, without_lora = await self._lora(dossier.lora, project)
        new = NewCharacter(
            project=project.id,
            name=sketch.name or "",
            slug=await self._casting.slug_for(sketch.name or "", project),
            by=actor.user,
            at=self._clock.now(),
            design_prompt=sketch.design_prompt or "",
            appearance=cleaned_appearance(dossier.appearance),
            trigger=sketch.trigger or "",
            lora=lora,
        )
        pictures = await self._cleaned(dossier.references)
        async with self._shelf.custody:
            references = [await self._kept(pose, picture, new) for pose, picture in pictures]
            character = await self._characters.add(new, variations=variations, references=references)
        return Arrival(
            character=character,
            variations=len(variations),
            references=len(references),
            without_lora=without_lora,
            repeated=len(dossier.references) - len(references),
            lessons=len(dossier.lessons),
        )

    async def _check_free(self, name: str, project: Project) -> None:
        """Say that a name is taken before the pictures are looked at."""
        if await self._characters.named(project.id, name) is not None:
            raise BadRequest(
                f"“{project.name}” has a character called “{name}” already.",
                hint="Give another name with `name`.",
            )

    async def _lora(self, lora: Lora | None, project: Project) -> tuple[Lora | None, str]:
        """Return the LoRA as ComfyUI spells it; else None and why it cannot be used here."""
        try:
            return await self._casting.fitting(lora, project), ""
        except BadRequest as error:
            return None, error.message

    async def _cleaned(self, references: Sequence[DossierReference]) -> list[tuple[Pose, Picture]]:
        """Decode every picture before one is kept; the same one twice is one."""
        found: dict[bytes, tuple[Pose, Picture]] = {}
        for reference in references:
            picture = await self._pictures.reference(reference.content)
            found.setdefault(picture.content, (reference.pose, picture))
            if sum(len(content) for content in found) > MOST_TAKEN_IN:
                raise BadRequest(
                    f"The pictures in the file have more than {MOST_TAKEN_IN // MIB} MiB together.",
                    hint="Take in fewer or smaller ones.",
                )
        _check_poses([pose for pose, _ in found.values()])
        return list(found.values())

    async def _kept(self, pose: Pose, picture: Picture, new: NewCharacter) -> NewReference:
        kept = await self._shelf.put_reference(picture)
        return NewReference(
            character=0,
            pose=pose,
            path=kept.path,
            sha256=kept.sha256,
            bytes=kept.bytes,
            size=picture.size,
            by=new.by,
            at=new.at,
        )


def _variations(dossier: Dossier) -> list[NewVariation]:
    if len(dossier.variations) > MOST_VARIATIONS:
        raise BadRequest(
            f"The file has {len(dossier.variations)} variations; the most is {MOST_VARIATIONS}.",
            hint="Leave some out.",
        )
    found: dict[str, NewVariation] = {}
    for one in dossier.variations:
        new = NewVariation(
            kind=one.kind,
            name=variation_name(one.name),
            prompt=clean_text("prompt", one.prompt, most=MOST_VARIATION),
        )
        if new.name.casefold() in found:
            raise BadRequest(f"The file has two variations called “{new.name}”.", hint="Rename one.")
        found[new.name.casefold()] = new
    return list(found.values())


def _check_poses(poses: Sequence[Pose]) -> None:
    for pose in Pose:
        if poses.count(pose) > MOST_PER_POSE:
            raise BadRequest(
                f"The file has {poses.count(pose)} pictures of the pose {pose}; the most is {MOST_PER_POSE}.",
                hint="Leave some out.",
            )
