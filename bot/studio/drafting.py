"""Drafting: everything that a request names is found, and what will be drawn is decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.characters import Character, Part, Variation
from bot.core.composing import handles
from bot.core.errors import BadRequest, NotFound, UnknownName
from bot.core.fitting import choose_checkpoint
from bot.core.generation import CastMember, GenerationRequest, Seed, StyleUsed
from bot.core.job import Job
from bot.core.library import Project
from bot.core.mentions import mentions
from bot.core.naming import looked_up, readings
from bot.core.planning import Plan, decide
from bot.core.styles import Style
from bot.core.workflow import Workflow
from bot.ports.library import Characters, Styles
from bot.ports.review import Reviews
from bot.ports.shelf import Shelf
from bot.studio.characters import Casting
from bot.studio.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class _Role:
    """A character with all its variations, and those chosen."""

    character: Character
    variations: Sequence[Variation]
    chosen: tuple[Variation, ...] = ()


class Drafting:
    def __init__(
        self,
        *,
        casting: Casting,
        characters: Characters,
        styles: Styles,
        reviews: Reviews,
        shelf: Shelf,
        workshop: Workshop,
    ) -> None:
        self._casting = casting
        self._characters = characters
        self._styles = styles
        self._reviews = reviews
        self._shelf = shelf
        self._workshop = workshop

    async def draft(self, request: GenerationRequest, project: Project | None, *, seed: Seed) -> Plan:
        """Decide what the request draws in the project; raise BadRequest for whatever is wrong with it."""
        workflow = self._workshop.choose(request, usual=project.workflow if project else None)
        await self._check_reference(request)
        style = await self._style(request, project)
        cast = await self._cast(request, project)
        roles = _with_variations(request.variations, [await self._role(who) for who in cast])
        return await self._decided(request, workflow, style, roles, seed)

    async def redraft(self, job: Job) -> Plan:
        """Decide once more, now that ComfyUI is known: with the style and the people as they were chosen."""
        recipe = job.recipe
        return await self._decided(
            job.request,
            self._workshop.named(recipe.workflow),
            await self._style_as_it_was(recipe.style) if recipe.style else None,
            [await self._role_as_it_was(member) for member in recipe.cast],
            recipe.seed,
        )

    async def _decided(
        self,
        request: GenerationRequest,
        workflow: Workflow,
        style: Style | None,
        roles: Sequence[_Role],
        seed: Seed,
    ) -> Plan:
        catalogue, default_model = self._workshop.catalogue, self._workshop.default_model
        checkpoint = choose_checkpoint(
            request, workflow, style=style, catalogue=catalogue, default_model=default_model
        )
        family = checkpoint.belonging.family if checkpoint else None
        parts = [
            Part(
                character=role.character,
                variations=role.chosen,
                lessons=tuple(await self._reviews.lessons(role.character.id, family)) if family else (),
            )
            for role in roles
        ]
        return decide(
            request,
            workflow,
            catalogue=catalogue,
            seed=seed,
            default_model=default_model,
            parts=parts,
            style=style,
        )

    async def _check_reference(self, request: GenerationRequest) -> None:
        if request.reference is None:
            return
        try:
            await self._shelf.read(request.reference.path)
        except NotFound as error:
            raise BadRequest(
                "The picture to start from is no longer on the shelf.", hint="Give it once more."
            ) from error

    # ── the style

    async def _style(self, request: GenerationRequest, project: Project | None) -> Style | None:
        """Return the style that was named, else the project's."""
        if request.style is None:
            return await self._styles.get(project.style) if project and project.style is not None else None
        if project is None:
            raise _without_project(f"“{request.style}” is the name of a style, and styles")
        style = await self._styles.named(project.id, request.style)
        if style is None:
            known = [known.name for known in await self._styles.of_project(project.id)]
            raise UnknownName("style", request.style, known)
        return style

    async def _style_as_it_was(self, used: StyleUsed) -> Style:
        style = await self._styles.get(used.id)
        history = await self._styles.history(used.id)
        revision = next(one for one in history if one.number == used.revision)
        return replace(style, name=used.name, revision=revision)

    # ── the cast

    async def _cast(self, request: GenerationRequest, project: Project | None) -> list[Character]:
        """Return who is in the picture, each once: those of the option before those in the prompt."""
        if project is None:
            _refuse_names(request)
            return []
        named = [who for said in request.characters for who in await self._listed(said, project)]
        mentioned = await self._mentioned(request.prompt, project)
        return list({who.id: who for who in [*named, *mentioned]}.values())

    async def _listed(self, said: str, project: Project) -> list[Character]:
        """Return the characters of a list with commas; a name with a comma of its own is found as well."""
        found: list[Character] = []
        rest = said
        while rest.strip(" ,"):
            who, rest = await self._first_of(rest.lstrip(" ,"), project)
            found.append(who)
        return found

    async def _first_of(self, said: str, project: Project) -> tuple[Character, str]:
        ways = list(readings(said))
        for name, rest in ways:
            if await self._characters.named(project.id, name.removeprefix("@")) is not None:
                return await self._casting.active(name, project), rest
        name, rest = ways[-1]
        return await self._casting.active(name, project), rest

    async def _mentioned(self, prompt: str, project: Project) -> list[Character]:
        if "@" not in prompt:
            return []
        everybody = await self._characters.of_project(project.id)
        known = {handle: who for who in everybody for handle in reversed(handles(who))}
        return [
            known[mention.known] if mention.known is not None else await self._meant(mention.typed, project)
            for mention in mentions(prompt, list(known))
        ]

    async def _meant(self, typed: str, project: Project) -> Character:
        try:
            return await self._casting.active(typed, project)
        except UnknownName as error:
            error.hint = f"{error.hint} {_nobody(typed)}"
            raise

    async def _role(self, character: Character) -> _Role:
        return _Role(character=character, variations=await self._characters.variations(character.id))

    async def _role_as_it_was(self, member: CastMember) -> _Role:
        character = replace(await self._characters.get(member.id), name=member.name)
        role = await self._role(character)
        known = {one.name: one for one in role.variations}
        gone = next((name for name in member.variations if name not in known), None)
        if gone is not None:
            raise BadRequest(
                f"The variation “{gone}” of “{member.name}” was removed before this could be drawn.",
                hint="Ask anew, with another variation or none.",
            )
        return replace(role, chosen=tuple(known[name] for name in member.variations))


def _with_variations(said: Sequence[str], roles: Sequence[_Role]) -> list[_Role]:
    """Give each role what was chosen for it; a name that several have is meant for all of them."""
    if not roles and any(entry.strip(" ,") for entry in said):
        raise BadRequest(
            "A variation is of a character, and none is in this drawing.",
            hint="Say `character`, or name one in the prompt with `@`.",
        )
    known: dict[str, list[tuple[int, Variation]]] = {}
    for number, role in enumerate(roles):
        for one in role.variations:
            for spelled in (one.name, f"{role.character.name}: {one.name}"):
                known.setdefault(spelled.casefold(), []).append((number, one))
    chosen: list[dict[int, Variation]] = [{} for _ in roles]
    for name, meant in looked_up(said, known):
        if meant is None:
            raise UnknownName("variation", name, [one.name for role in roles for one in role.variations])
        for number, one in meant:
            chosen[number][one.id] = one
    return [replace(role, chosen=tuple(mine.values())) for role, mine in zip(roles, chosen, strict=True)]


def _refuse_names(request: GenerationRequest) -> None:
    """Raise BadRequest for characters where there is no project to find them in."""
    named = [said for said in request.characters if said.strip(" ,")]
    strangers = [mention.typed for mention in mentions(request.prompt, ())]
    if named:
        raise _without_project(f"“{named[0]}” is to be a character, and characters")
    if strangers:
        raise _without_project(f"“@{strangers[0]}” names a character, and characters", escape=strangers[0])


def _nobody(typed: str) -> str:
    return f"If nobody is meant, write `\\@{typed}`."


def _without_project(what: str, *, escape: str = "") -> BadRequest:
    otherwise = f" {_nobody(escape)}" if escape else ""
    return BadRequest(
        f"{what} belong to projects; no project applies here.",
        hint=f"Say `project`, or choose one with `/project use`.{otherwise}",
    )
