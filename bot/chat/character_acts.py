"""What people do to a character by a button or a form."""

import re
from collections.abc import Mapping

from bot.chat import cards
from bot.chat.answers import Announced, open_form, say, say_behind, say_privately
from bot.chat.batch_acts import propose
from bot.chat.casts import check_shown_here
from bot.chat.expired import Expired, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of
from bot.core.batching import Outline
from bot.core.casting import check_open
from bot.core.characters import Appearance, Character
from bot.core.generation import GenerationRequest
from bot.core.library import Project
from bot.core.turnaround import SETTING, lacking, turnaround

_ABOUT = re.compile(r"(?P<character>[0-9]{1,15}):(?P<action>[a-z]{1,20})")
_FILLED = re.compile(r"(?P<character>[0-9]{1,15})(?::(?P<marks>[0-9a-f]{30}))?")


async def pressed(interaction: Interaction, rest: str) -> None:
    """Do what a character's button says."""
    about = meaning(_ABOUT, rest)
    character = int(about["character"])
    match about["action"]:
        case cards.APPEARANCE:
            await _ask_for_looks(interaction, character)
        case cards.REFERENCES:
            await _show_references(interaction, character)
        case cards.USUAL_ONES:
            await _plan_usual_sheet(interaction, character)
        case _:
            raise Expired


async def described(interaction: Interaction, rest: str, given: Mapping[str, str]) -> None:
    """Take the form for the appearance, whichever process opened it."""
    filled = meaning(_FILLED, rest)
    async with interaction.client.reception.attend(interaction):
        looks = Appearance(**{name: given.get(name, "") for name in cards.TRAITS})
        described = await interaction.client.desk.casting.describe(
            int(filled["character"]), looks, actor_of(interaction), marks=filled["marks"] or ""
        )
        if described.clashes:
            look = cards.described_at_once(described)
        else:
            look = await character_look(interaction, described.character)
    await say(interaction, look, ephemeral=True)


async def introduce(interaction: Interaction, character: Character, project: Project) -> None:
    """Say that somebody is there now, and ask what they look like if there is still time for a form."""
    look = cards.character_created(character, project)
    if interaction.response.is_done():
        await say(interaction, look)
    else:
        await open_form(interaction, cards.appearance_form(character))
        await say_behind(interaction, look)


async def character_look(interaction: Interaction, character: Character) -> Look:
    """Return the card of a character with the picture that stands for them, if it may be seen here."""
    desk = interaction.client.desk
    profile = await desk.casting.profile(character)
    if not await desk.library.may_be_shown(profile.project, interaction.channel_id):
        return cards.character_card(profile, barred=cards.NOT_FOR_ALL)
    return cards.character_card(profile, await desk.portraits.portrait(character))


async def reference_look(interaction: Interaction, character: Character) -> Look:
    """Return all pictures of a character on one sheet; raise BadRequest where they may not be seen."""
    await check_shown_here(interaction, character)
    return cards.reference_list(character, await interaction.client.desk.portraits.board(character))


async def plan_sheet(interaction: Interaction, character: Character, outline: Outline) -> None:
    """Show the plan of a turnaround, or what the character lacks for one."""
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        known = await interaction.client.desk.casting.variations(character)
    kinds = lacking(known, poses=outline.poses, expressions=outline.expressions)
    if kinds:
        await say_privately(interaction, cards.turnaround_lacks(character, kinds))
    else:
        await propose(interaction, outline)


async def _plan_usual_sheet(interaction: Interaction, character_id: int) -> None:
    casting, actor = interaction.client.desk.casting, actor_of(interaction)
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        character = await casting.by_id(character_id, actor)
        await casting.add_usual(character, lacking(await casting.variations(character)))
        project = await interaction.client.desk.library.by_id(character.project, actor)
    base = GenerationRequest(prompt=SETTING, project=project.name, characters=(character.name,))
    await propose(interaction, turnaround(character, base=base))


async def _ask_for_looks(interaction: Interaction, character_id: int) -> None:
    character = await interaction.client.desk.casting.by_id(character_id, actor_of(interaction))
    check_open(character)
    await open_form(interaction, cards.appearance_form(character))


async def _show_references(interaction: Interaction, character_id: int) -> None:
    async with interaction.client.reception.attend(interaction):
        character = await interaction.client.desk.casting.by_id(character_id, actor_of(interaction))
        look = await reference_look(interaction, character)
    await say(interaction, look, ephemeral=True)
