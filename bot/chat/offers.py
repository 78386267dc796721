"""What projects and styles are offered while somebody types a command about them."""

from bot.chat import choices
from bot.chat.casts import project_so_far
from bot.chat.choices import Choice
from bot.chat.interaction import Interaction
from bot.chat.people import actor_of
from bot.core.errors import StudioError
from bot.core.styles import Style
from bot.core.styling import StyleField


async def archived_projects_here(interaction: Interaction, typed: str) -> list[Choice]:
    library, actor = interaction.client.desk.library, actor_of(interaction)
    return choices.projects(await library.matching(typed, actor, archived=True))


async def all_projects_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the open ones first."""
    library, actor = interaction.client.desk.library, actor_of(interaction)
    archived = await library.matching(typed, actor, archived=True)
    return choices.projects([*await library.matching(typed, actor), *archived])


async def workflows_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the workflows that draw from words alone."""
    known = interaction.client.desk.workshop.workflows.values()
    return choices.workflows([one for one in known if not one.needs_reference], typed)


async def every_workflow_here(interaction: Interaction, typed: str) -> list[Choice]:
    return choices.workflows(interaction.client.desk.workshop.workflows.values(), typed)


async def styles_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer the styles of the project that is meant by what was typed so far."""
    project = await project_so_far(interaction)
    if project is None:
        return []
    found = await interaction.client.desk.styles.matching(typed, project)
    return [Choice(name=style.name, value=style.name) for style in found]


async def models_here(interaction: Interaction, typed: str) -> list[Choice]:
    catalogue = interaction.client.desk.workshop.catalogue
    return choices.offered(catalogue.checkpoints if catalogue else (), typed)


async def samplers_here(interaction: Interaction, typed: str) -> list[Choice]:
    catalogue = interaction.client.desk.workshop.catalogue
    return choices.offered(catalogue.samplers if catalogue else (), typed)


async def schedulers_here(interaction: Interaction, typed: str) -> list[Choice]:
    catalogue = interaction.client.desk.workshop.catalogue
    return choices.offered(catalogue.schedulers if catalogue else (), typed)


async def sizes_here(_interaction: Interaction, typed: str) -> list[Choice]:
    return choices.sizes(typed)


async def loras_of_style_here(interaction: Interaction, typed: str) -> list[Choice]:
    style = await _style_so_far(interaction)
    return choices.offered([lora.name for lora in style.sheet.loras] if style else [], typed)


async def fields_of_style_here(interaction: Interaction, typed: str) -> list[Choice]:
    """Offer what the style says, to be cleared; after a comma, one more of it."""
    style = await _style_so_far(interaction)
    said = [name for name, _ in style.sheet.given()] if style else [field.value for field in StyleField]
    *before, last = [part.strip() for part in typed.split(",")]
    left = [name for name in said if name not in before]
    return [
        Choice(name=", ".join([*before, name]), value=", ".join([*before, name]))
        for name in choices.matching(left, last)
    ]


async def _style_so_far(interaction: Interaction) -> Style | None:
    project = await project_so_far(interaction)
    if project is None or not interaction.namespace.style:
        return None
    try:
        return await interaction.client.desk.styles.named(interaction.namespace.style, project)
    except StudioError:
        return None
