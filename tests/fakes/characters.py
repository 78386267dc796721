"""Characters in the fakes' memory."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from bot.core.casting import check_room_for_variation
from bot.core.characters import Character, CharacterReference, Pose, Variation, VariationKind
from bot.core.errors import BadRequest, NotFound, WrongState
from bot.ports.library import NewCharacter, NewReference, NewVariation
from tests.fakes.artifacts import discard_in
from tests.fakes.memory import Memory, check_there


class FakeCharacters:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._numbers = count(1)

    async def add(
        self,
        new: NewCharacter,
        *,
        variations: Sequence[NewVariation] = (),
        references: Sequence[NewReference] = (),
    ) -> Character:
        check_there(self._memory, new.project)
        self._check_free(new.project, new.name, new.slug, but=None)
        character = Character(
            id=next(self._numbers),
            project=new.project,
            name=new.name,
            slug=new.slug,
            created=new.at,
            created_by=new.by,
            design_prompt=new.design_prompt,
            appearance=new.appearance,
            trigger=new.trigger,
            lora=new.lora,
        )
        self._memory.characters[character.id] = character
        for one in variations:
            self._keep_variation(character.id, one.kind, one.name, one.prompt)
        for one in references:
            self._keep_reference(replace(one, character=character.id))
        return character

    async def get(self, character_id: int) -> Character:
        if character_id not in self._memory.characters:
            raise NotFound("There is no such character.", hint="`/character list` shows those there are.")
        return self._memory.characters[character_id]

    async def named(self, project: int, name: str) -> Character | None:
        wanted = name.casefold()
        known = self._of(project)
        by_name = (one for one in known if one.name.casefold() == wanted)
        by_slug = (one for one in known if one.slug == wanted)
        return next(by_name, None) or next(by_slug, None)

    async def of_project(self, project: int, *, archived: bool = False) -> list[Character]:
        known = [one for one in self._of(project) if (one.archived is not None) is archived]
        return sorted(known, key=lambda one: one.name.casefold())

    async def matching(self, project: int, part: str, *, limit: int = 25) -> list[Character]:
        known = await self.of_project(project)
        return [one for one in known if part.casefold() in one.name.casefold()][:limit]

    async def projects_with(self, guild: int | None, name: str) -> list[int]:
        projects = [project for project in self._memory.projects.values() if project.guild == guild]
        return [
            project.id
            for project in projects
            if project.is_open and await self.named(project.id, name) is not None
        ]

    async def change(self, character: Character, *, was: Character) -> Character:
        stored = await self.get(character.id)
        if stored != was:
            raise WrongState(
                f"“{stored.name}” was changed by somebody meanwhile.",
                hint="Look at them again with `/character show`, then repeat what is still to be changed.",
            )
        self._check_free(stored.project, character.name, stored.slug, but=stored.id)
        changed = replace(character, project=stored.project, slug=stored.slug)
        self._memory.characters[character.id] = changed
        return changed

    async def add_variation(
        self, *, character: int, kind: VariationKind, name: str, prompt: str
    ) -> Variation:
        owner, known = await self.get(character), await self.variations(character)
        for one in known:
            if one.name.casefold() == name.casefold():
                raise BadRequest(
                    f"There is a variation called “{one.name}” already.", hint="Choose another name."
                )
        check_room_for_variation(owner, len(known))
        return self._keep_variation(character, kind, name, prompt)

    async def variations(self, character: int) -> list[Variation]:
        return [one for one in self._memory.variations.values() if one.character == character]

    async def remove_variation(self, variation_id: int) -> None:
        self._memory.variations.pop(variation_id, None)

    async def add_reference(self, new: NewReference, *, most: int) -> CharacterReference:
        await self.get(new.character)
        known = await self.references(new.character)
        if any(one.sha256 == new.sha256 for one in known):
            raise BadRequest("The character has this picture already.", hint="Attach another one.")
        if sum(one.pose is new.pose for one in known) >= most:
            raise BadRequest(
                f"The character has {most} pictures of the pose {new.pose} already.",
                hint="Remove one first.",
            )
        return self._keep_reference(new)

    async def references(self, character: int) -> list[CharacterReference]:
        order = list(Pose)
        known = [one for one in self._memory.character_references.values() if one.character == character]
        return sorted(known, key=lambda one: (order.index(one.pose), one.added, one.id))

    async def remove_reference(self, reference_id: int, *, at: int) -> None:
        removed = self._memory.character_references.pop(reference_id, None)
        if removed is not None:
            discard_in(self._memory, {removed.path}, at=at)

    # ── beneath

    def _of(self, project: int) -> list[Character]:
        return [one for one in self._memory.characters.values() if one.project == project]

    def _check_free(self, project: int, name: str, slug: str, *, but: int | None) -> None:
        for one in self._of(project):
            if one.id != but and (one.name.casefold() == name.casefold() or one.slug == slug):
                raise BadRequest(
                    f"There is a character called “{one.name}” already.", hint="Choose another name."
                )

    def _keep_variation(self, character: int, kind: VariationKind, name: str, prompt: str) -> Variation:
        number = next(self._numbers)
        kept = Variation(id=number, character=character, kind=kind, name=name, prompt=prompt)
        self._memory.variations[number] = kept
        return kept

    def _keep_reference(self, new: NewReference) -> CharacterReference:
        kept = CharacterReference(
            id=next(self._numbers),
            character=new.character,
            pose=new.pose,
            path=new.path,
            sha256=new.sha256,
            bytes=new.bytes,
            size=new.size,
            added=new.at,
            added_by=new.by,
            artifact=new.artifact,
        )
        self._memory.character_references[kept.id] = kept
        return kept
