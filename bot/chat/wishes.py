"""What is offered while somebody says what is to be drawn: who is in it, and how they are shown."""

from bot.chat import choices
from bot.chat.casts import project_so_far
from bot.chat.choices import Choice
from bot.chat.interaction import Interaction
from bot.chat.people import actor_of
from bot.core.characters import Character
from bot.core.errors import StudioError
from bot.core.library import Project
from bot.core.mentions import mentions

MOST_LOOKED_AT = 8
"""Of so many characters of a list the variations are offered."""


async def cast_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the project's characters; after a comma, one more of them."""
    project = await project_so_far(interaction)
    if project is None:
        return []
    before, last = choices.last_of(typed)
    found = await interaction.client.desk.casting.matching(last, actor_of(interaction), project)
    taken = {name.casefold() for name in before}
    return choices.listed(before, (who.name for who in found if who.name.casefold() not in taken))


async def variations_of_cast_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the variations of those who are in the drawing so far; after a comma, one more of them."""
    project = await project_so_far(interaction)
    if project is None:
        return []
    casting = interaction.client.desk.casting
    cast = await _cast_so_far(interaction, project)
    names = [
        f"{who.name}: {one.name}" if len(cast) > 1 else one.name
        for who in cast
        for one in await casting.variations(who)
    ]
    return choices.extended(names, typed)


async def _cast_so_far(interaction: Interaction, project: Project) -> list[Character]:
    """Return who is named by the option or in the prompt."""
    said = (interaction.namespace.character or "").split(",")
    named = [*said, *(mention.typed for mention in mentions(interaction.namespace.prompt or "", ()))]
    found: list[Character] = []
    for name in [name.strip() for name in named if name.strip()][:MOST_LOOKED_AT]:
        try:
            found.append(await interaction.client.desk.casting.active(name, project))
        except StudioError:
            continue
    return found
