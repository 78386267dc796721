"""What is offered while somebody says what is to be drawn: who is in it, and how they are shown."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.chat import choices
from bot.chat.casts import project_meant
from bot.chat.choices import MOST_CHARACTERS, Choice
from bot.chat.interaction import Interaction
from bot.chat.people import actor_of
from bot.core.characters import Character
from bot.core.errors import StudioError
from bot.core.library import Project
from bot.core.mentions import mentions

if TYPE_CHECKING:
    from bot.chat.desk import Desk


MOST_LOOKED_AT = 8
"""Of so many characters of a list the variations are offered."""


def _desk(interaction: Interaction) -> "Desk":
    return interaction.client.desk


async def cast_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the project's characters; after a comma, one more of them."""
    project = await _project_so_far(interaction)
    if project is None:
        return []
    before, last = _last_of(typed)
    found = await _desk(interaction).casting.matching(last, actor_of(interaction), project)
    taken = {name.casefold() for name in before}
    return _listed(before, (who.name for who in found if who.name.casefold() not in taken))


async def variations_of_cast_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the variations of those who are in the drawing so far; after a comma, one more of them."""
    project = await _project_so_far(interaction)
    if project is None:
        return []
    casting = _desk(interaction).casting
    cast = await _cast_so_far(interaction, project)
    before, last = _last_of(typed)
    names = [
        f"{who.name}: {one.name}" if len(cast) > 1 else one.name
        for who in cast
        for one in await casting.variations(who)
    ]
    return _listed(before, choices.matching([name for name in names if name not in before], last))


async def workflows_here(interaction: Interaction, typed: str) -> list[Choice]:
    return choices.workflows(_desk(interaction).workshop.workflows.values(), typed)


def _last_of(typed: str) -> tuple[list[str], str]:
    *before, last = (part.strip() for part in typed.split(","))
    return [name for name in before if name], last


def _listed(before: list[str], names: Iterable[str]) -> list[Choice]:
    lists = (", ".join([*before, name]) for name in names)
    return [Choice(name=one, value=one) for one in lists if len(one) <= MOST_CHARACTERS][: choices.MOST]


async def _project_so_far(interaction: Interaction) -> Project | None:
    try:
        return await project_meant(interaction, interaction.namespace.project)
    except StudioError:
        return None


async def _cast_so_far(interaction: Interaction, project: Project) -> list[Character]:
    """Return who is named by the option or in the prompt."""
    said = (interaction.namespace.character or "").split(",")
    named = [*said, *(mention.typed for mention in mentions(interaction.namespace.prompt or "", ()))]
    found: list[Character] = []
    for name in [name.strip() for name in named if name.strip()][:MOST_LOOKED_AT]:
        try:
            found.append(await _desk(interaction).casting.active(name, project))
        except StudioError:
            continue
    return found
