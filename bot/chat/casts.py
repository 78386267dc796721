"""Which project and which characters an interaction is about, by name or by where it was made."""

from bot.chat import choices
from bot.chat.choices import Choice
from bot.chat.interaction import Interaction
from bot.chat.people import actor_of
from bot.core.characters import Character
from bot.core.errors import BadRequest, StudioError
from bot.core.library import Project


async def project_meant(interaction: Interaction, name: str | None) -> Project:
    """Return the named project, else the channel's, else the one in use; raise BadRequest."""
    return await interaction.client.desk.library.chosen(
        name, actor_of(interaction), channel=interaction.channel_id
    )


async def character_meant(interaction: Interaction, name: str, project: str | None) -> Character:
    """Return a character of the project that is meant, archived or not; raise BadRequest."""
    return await interaction.client.desk.casting.named(name, await project_meant(interaction, project))


async def check_shown_here(interaction: Interaction, character: Character) -> None:
    """Raise BadRequest if the character's pictures may not be seen in this channel."""
    library = interaction.client.desk.library
    await check_project_shown_here(interaction, await library.by_id(character.project, actor_of(interaction)))


async def check_project_shown_here(interaction: Interaction, project: Project) -> None:
    """Raise BadRequest if the project's pictures may not be seen in this channel."""
    if not await interaction.client.desk.library.may_be_shown(project, interaction.channel_id):
        raise BadRequest(
            f"“{project.name}” is for adults, and <#{interaction.channel_id}> is not age-restricted.",
            hint="Ask for the pictures in an age-restricted channel.",
        )


# ── while somebody types


async def projects_here(interaction: Interaction, typed: str) -> list[Choice]:
    return choices.projects(await interaction.client.desk.library.matching(typed, actor_of(interaction)))


async def characters_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the characters of the project that is meant by what was typed so far."""
    found = await interaction.client.desk.casting.matching(
        typed, actor_of(interaction), await project_so_far(interaction)
    )
    return choices.characters(found)


async def archived_here(interaction: Interaction, typed: str) -> list[Choice]:
    project = await project_so_far(interaction)
    if project is None:
        return []
    archived = await interaction.client.desk.casting.of_project(project, archived=True)
    return choices.offered([character.name for character in archived], typed)


async def variations_here(interaction: Interaction, typed: str) -> list[Choice]:
    character = await _character_so_far(interaction)
    if character is None:
        return []
    return choices.variations(await interaction.client.desk.casting.variations(character), typed)


async def references_here(interaction: Interaction, typed: str) -> list[Choice]:
    character = await _character_so_far(interaction)
    if character is None:
        return []
    return choices.offered(
        [label for label, _ in await interaction.client.desk.portraits.of(character)], typed
    )


async def jobs_here(interaction: Interaction, typed: str) -> list[Choice]:
    return await choices.jobs(interaction.client.desk, actor_of(interaction), typed)


async def loras_here(interaction: Interaction, typed: str) -> list[Choice]:
    catalogue = interaction.client.desk.workshop.catalogue
    return choices.offered(catalogue.loras if catalogue else (), typed)


async def project_so_far(interaction: Interaction) -> Project | None:
    try:
        return await project_meant(interaction, interaction.namespace.project)
    except StudioError:
        return None


async def _character_so_far(interaction: Interaction) -> Character | None:
    try:
        return await character_meant(
            interaction, interaction.namespace.character or "", interaction.namespace.project
        )
    except StudioError:
        return None
