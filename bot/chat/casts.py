"""Which project and which characters an interaction is about, by name or by where it was made."""

from typing import TYPE_CHECKING, Any

import discord

from bot.chat import choices
from bot.chat.choices import Choice
from bot.chat.people import actor_of
from bot.core.characters import Character
from bot.core.errors import BadRequest, StudioError
from bot.core.library import Project

if TYPE_CHECKING:
    from bot.chat.client import GengaClient
    from bot.chat.desk import Desk

Typing = discord.Interaction[Any]


def desk_of(interaction: Typing) -> "Desk":
    client: GengaClient = interaction.client
    return client.desk


async def project_meant(interaction: Typing, name: str | None) -> Project:
    """Return the named project, else the channel's, else the one in use; raise BadRequest."""
    return await desk_of(interaction).library.chosen(
        name, actor_of(interaction), channel=interaction.channel_id
    )


async def character_meant(interaction: Typing, name: str, project: str | None) -> Character:
    """Return a character of the project that is meant, archived or not; raise BadRequest."""
    return await desk_of(interaction).casting.named(name, await project_meant(interaction, project))


async def check_shown_here(interaction: Typing, character: Character) -> None:
    """Raise BadRequest if the character's pictures may not be seen in this channel."""
    library = desk_of(interaction).library
    await check_project_shown_here(interaction, await library.by_id(character.project, actor_of(interaction)))


async def check_project_shown_here(interaction: Typing, project: Project) -> None:
    """Raise BadRequest if the project's pictures may not be seen in this channel."""
    if not await desk_of(interaction).library.may_be_shown(project, interaction.channel_id):
        raise BadRequest(
            f"“{project.name}” is for adults, and <#{interaction.channel_id}> is not age-restricted.",
            hint="Ask for the pictures in an age-restricted channel.",
        )


# ── while somebody types


async def projects_here(interaction: Typing, typed: str) -> list[Choice]:
    return choices.projects(await desk_of(interaction).library.matching(typed, actor_of(interaction)))


async def characters_here(interaction: Typing, typed: str) -> list[Choice]:
    """Offer the characters of the project that is meant by what was typed so far."""
    found = await desk_of(interaction).casting.matching(
        typed, actor_of(interaction), await project_so_far(interaction)
    )
    return choices.characters(found)


async def archived_here(interaction: Typing, typed: str) -> list[Choice]:
    project = await project_so_far(interaction)
    if project is None:
        return []
    archived = await desk_of(interaction).casting.of_project(project, archived=True)
    return choices.offered([character.name for character in archived], typed)


async def variations_here(interaction: Typing, typed: str) -> list[Choice]:
    character = await _character_so_far(interaction)
    if character is None:
        return []
    return choices.variations(await desk_of(interaction).casting.variations(character), typed)


async def references_here(interaction: Typing, typed: str) -> list[Choice]:
    character = await _character_so_far(interaction)
    if character is None:
        return []
    return choices.offered([label for label, _ in await desk_of(interaction).portraits.of(character)], typed)


async def jobs_here(interaction: Typing, typed: str) -> list[Choice]:
    return await choices.jobs(desk_of(interaction), actor_of(interaction), typed)


async def loras_here(interaction: Typing, typed: str) -> list[Choice]:
    catalogue = desk_of(interaction).workshop.catalogue
    return choices.offered(catalogue.loras if catalogue else (), typed)


async def project_so_far(interaction: Typing) -> Project | None:
    try:
        return await project_meant(interaction, interaction.namespace.project)
    except StudioError:
        return None


async def _character_so_far(interaction: Typing) -> Character | None:
    try:
        return await character_meant(
            interaction, interaction.namespace.character or "", interaction.namespace.project
        )
    except StudioError:
        return None
