"""What is offered while somebody types a list, such as a character's poses: one more after each comma."""

from collections.abc import Sequence
from typing import Final

from bot.chat import choices
from bot.chat.cards.batches import STATE_WORDS
from bot.chat.casts import character_meant, project_so_far
from bot.chat.choices import MOST_CHARACTERS, Choice
from bot.chat.interaction import Interaction
from bot.chat.markdown import cut
from bot.chat.people import actor_of
from bot.core.characters import VariationKind
from bot.core.errors import StudioError

ALL: Final = "all"


async def outfits_here(interaction: Interaction, typed: str) -> list[Choice]:
    return await _variations(interaction, typed, VariationKind.OUTFIT)


async def poses_here(interaction: Interaction, typed: str) -> list[Choice]:
    return await _variations(interaction, typed, VariationKind.POSE)


async def expressions_here(interaction: Interaction, typed: str) -> list[Choice]:
    return await _variations(interaction, typed, VariationKind.EXPRESSION)


async def _variations(interaction: Interaction, typed: str, kind: VariationKind) -> list[Choice]:
    names = await _names_of(interaction, kind)
    return choices.extended([*names, ALL] if len(names) > 1 and "," not in typed else names, typed)


async def _names_of(interaction: Interaction, kind: VariationKind) -> Sequence[str]:
    named = interaction.namespace
    try:
        character = await character_meant(interaction, named.character or "", named.project)
    except StudioError:
        return []
    known = await interaction.client.desk.casting.variations(character)
    return [variation.name for variation in known if variation.kind is kind]


async def style_lists_here(interaction: Interaction, typed: str) -> list[Choice]:
    project = await project_so_far(interaction)
    if project is None:
        return []
    found = await interaction.client.desk.styles.of_project(project)
    return choices.extended([style.name for style in found], typed)


async def batches_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the newest batches by number or title."""
    views = (await interaction.client.desk.foreman.page(actor_of(interaction), size=choices.MOST)).shown
    labels = {
        cut(f"{view.batch.id} · {STATE_WORDS[view.batch.state]} · {view.batch.title}", MOST_CHARACTERS): view
        for view in views
    }
    return [
        Choice(name=label, value=str(labels[label].batch.id))
        for label in choices.matching(list(labels), typed.strip())
    ]
