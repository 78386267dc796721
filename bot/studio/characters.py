"""The casting: a project's characters, made, found, described and changed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bot.core.casting import (
    MOST_VARIATION,
    Sketch,
    check_open,
    cleaned_appearance,
    lora_of,
    variation_name,
)
from bot.core.catalogue import spelled
from bot.core.characters import (
    Appearance,
    Character,
    CharacterReference,
    Lesson,
    Variation,
    VariationKind,
)
from bot.core.describing import Clash, merged
from bot.core.errors import BadRequest, NotFound, UnknownName, WrongState
from bot.core.fitting import check_lora
from bot.core.generation import Lora
from bot.core.library import Project, clean_text, slug_of, spare_slug
from bot.core.library import check_open as check_project_open
from bot.core.review import Review
from bot.core.turnaround import USUAL
from bot.ports.clock import Clock
from bot.ports.library import Artifacts, Characters, NewCharacter, PictureFilter, Styles
from bot.ports.review import Reviews
from bot.ports.stores import Projects
from bot.studio.actor import Actor
from bot.studio.rights import check_puts_away
from bot.studio.workshop import Workshop

MOST_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything about a character; `drawn` and `approved` are counted up to MOST_COUNTED."""

    character: Character
    project: Project
    variations: Sequence[Variation]
    references: Sequence[CharacterReference]
    lessons: Sequence[Lesson]
    drawn: int
    approved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A character as described now; `clashes` were written by somebody else meanwhile, and stayed theirs."""

    character: Character
    clashes: tuple[Clash, ...] = ()


class Casting:
    def __init__(
        self,
        *,
        characters: Characters,
        projects: Projects,
        artifacts: Artifacts,
        reviews: Reviews,
        styles: Styles,
        workshop: Workshop,
        clock: Clock,
    ) -> None:
        self._characters = characters
        self._projects = projects
        self._artifacts = artifacts
        self._reviews = reviews
        self._styles = styles
        self._workshop = workshop
        self._clock = clock

    # ── finding

    async def named(self, name: str, project: Project) -> Character:
        """Return the project's character, archived or not; raise BadRequest, which knows where else."""
        wanted = name.strip().removeprefix("@")
        found = await self._characters.named(project.id, wanted)
        if found is not None:
            return found
        await self._check_elsewhere(wanted, project)
        known = await self._characters.of_project(project.id)
        raise UnknownName("character", wanted, [character.name for character in known])

    async def active(self, name: str, project: Project) -> Character:
        """Return the project's character; raise BadRequest if they are archived."""
        character = await self.named(name, project)
        check_open(character)
        return character

    async def by_id(self, character_id: int, actor: Actor) -> Character:
        """Return a character of the actor's server; one of another server does not exist for them."""
        character = await self._characters.get(character_id)
        project = await self._projects.get(character.project)
        if project.guild != actor.guild or project.deleted is not None:
            raise NotFound("There is no such character here.", hint="`/character list` shows who there is.")
        return character

    async def matching(self, part: str, actor: Actor, project: Project | None) -> list[Character]:
        """Return those not archived by a part of their name; none without a project of the actor's server."""
        if project is None or project.guild != actor.guild:
            return []
        return await self._characters.matching(project.id, part.strip().removeprefix("@"))

    async def of_project(self, project: Project, *, archived: bool = False) -> list[Character]:
        return await self._characters.of_project(project.id, archived=archived)

    async def profile(self, character: Character) -> Profile:
        everything = PictureFilter(character=character.id)
        approved = replace(everything, review=Review.APPROVED)
        return Profile(
            character=character,
            project=await self._projects.get(character.project),
            variations=await self._characters.variations(character.id),
            references=await self._characters.references(character.id),
            lessons=await self._reviews.lessons(character.id),
            drawn=await self._artifacts.count(everything, most=MOST_COUNTED),
            approved=await self._artifacts.count(approved, most=MOST_COUNTED),
        )

    # ── making and changing

    async def create(self, sketch: Sketch, project: Project, actor: Actor) -> Character:
        """Store a character; raise BadRequest for a name that is taken or cannot be one."""
        cleaned = sketch.cleaned()
        if cleaned.name is None:
            raise BadRequest("The character has no name.", hint="Give it one with `name`.")
        return await self._characters.add(
            NewCharacter(
                project=project.id,
                name=cleaned.name,
                slug=await self.slug_for(cleaned.name, project),
                by=actor.user,
                at=self._clock.now(),
                design_prompt=cleaned.design_prompt or "",
                trigger=cleaned.trigger or "",
                lora=await self.fitting(lora_of(cleaned, None), project),
            )
        )

    async def edit(self, character: Character, sketch: Sketch) -> Character:
        """Change what the sketch says and nothing else; raise BadRequest."""
        check_open(character)
        said = sketch.cleaned()
        if said == Sketch():
            raise BadRequest("Nothing was said that could be changed.", hint="Give one of the options.")
        changed = replace(
            character,
            name=said.name or character.name,
            design_prompt=_said(said.design_prompt, character.design_prompt),
            trigger=_said(said.trigger, character.trigger),
            lora=await self.fitting(
                lora_of(said, character.lora), await self._projects.get(character.project)
            ),
        )
        return await self._characters.change(changed, was=character)

    async def describe(
        self, character_id: int, appearance: Appearance, actor: Actor, *, marks: str = ""
    ) -> Described:
        """Write down what stays the same in every drawing; raise BadRequest, NotFound.

        `marks` are of what the form was filled with: what others wrote since then stays.
        """
        written = cleaned_appearance(appearance)
        while True:
            character = await self.by_id(character_id, actor)
            await self._check_open(character)
            whole, clashes = merged(written, stored=character.appearance, marks=marks)
            with suppress(WrongState):
                changed = await self._characters.change(replace(character, appearance=whole), was=character)
                return Described(character=changed, clashes=clashes)

    async def archive(self, character: Character, actor: Actor) -> Character:
        """Offer them no more; everything of theirs stays."""
        check_open(character)
        check_puts_away(character, await self._projects.get(character.project), actor)
        return await self._characters.change(replace(character, archived=self._clock.now()), was=character)

    async def restore(self, character: Character, actor: Actor) -> Character:
        check_puts_away(character, await self._projects.get(character.project), actor)
        if character.archived is None:
            raise BadRequest(f"“{character.name}” is not archived.", hint="Nothing needs to be done.")
        return await self._characters.change(replace(character, archived=None), was=character)

    # ── variations

    async def add_variation(
        self, character: Character, *, kind: VariationKind, name: str, prompt: str
    ) -> Variation:
        check_open(character)
        clean = variation_name(name)
        text = clean_text("prompt", prompt, most=MOST_VARIATION)
        if not text:
            raise BadRequest("The variation's prompt is empty.", hint="Say how it is drawn.")
        return await self._characters.add_variation(
            character=character.id, kind=kind, name=clean, prompt=text
        )

    async def variations(self, character: Character) -> list[Variation]:
        return await self._characters.variations(character.id)

    async def remove_variation(self, character: Character, name: str) -> Variation:
        """Forget a variation and return what it was; raise UnknownName."""
        known = await self._characters.variations(character.id)
        wanted = name.strip().casefold()
        found = next((one for one in known if one.name.casefold() == wanted), None)
        if found is None:
            raise UnknownName("variation", name, [one.name for one in known])
        await self._characters.remove_variation(found.id)
        return found

    async def add_usual(self, character: Character, kinds: Sequence[VariationKind]) -> list[Variation]:
        """Give a character the usual variations of these kinds; those whose names are taken are left out."""
        await self._check_open(character)
        taken = {one.name.casefold() for one in await self._characters.variations(character.id)}
        return [
            await self._characters.add_variation(character=character.id, kind=kind, name=name, prompt=prompt)
            for kind in kinds
            for name, prompt in USUAL[kind].items()
            if name.casefold() not in taken
        ]

    # ── beneath

    async def _check_open(self, character: Character) -> None:
        """Raise for somebody who is archived, or whose project is: buttons and forms outlive both."""
        check_open(character)
        check_project_open(await self._projects.get(character.project))

    async def slug_for(self, name: str, project: Project) -> str:
        """Return a slug for the name that nobody in the project has."""
        slug = slug_of(name)
        if slug and await self._characters.named(project.id, slug) is None:
            return slug
        known = [*await self.of_project(project), *await self.of_project(project, archived=True)]
        return spare_slug(slug, {character.slug for character in known}, noun="character")

    async def _check_elsewhere(self, name: str, project: Project) -> None:
        elsewhere = await self._characters.projects_with(project.guild, name)
        homes = [(await self._projects.get(home)).name for home in elsewhere]
        if homes:
            listed = " and ".join(f"“{home}”" for home in homes)
            raise BadRequest(
                f"“{name}” is a character of {listed}, not of “{project.name}”.",
                hint="Say `project`, or take a copy along with `/character export` and `/character import`.",
            )

    async def fitting(self, lora: Lora | None, project: Project) -> Lora | None:
        """Return the LoRA as ComfyUI spells it; without a catalogue it is taken on trust.

        Raises UnknownName, and BadRequest for one that does not fit the checkpoint of the project's style.
        """
        if lora is None:
            return None
        catalogue = self._workshop.catalogue
        known = lora if catalogue is None else replace(lora, name=spelled("LoRA", lora.name, catalogue.loras))
        style = await self._styles.get(project.style) if project.style is not None else None
        check_lora(known, style, catalogue)
        return known


def _said(said: str | None, before: str) -> str:
    return before if said is None else said
