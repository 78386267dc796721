"""Which project is meant, whoever asks and from wherever."""

from bot.core.errors import UnknownName
from bot.core.library import Project
from bot.ports.stores import Projects


async def project_named(projects: Projects, guild: int | None, name: str) -> Project:
    """Return the project of that name, archived or not; raise UnknownName with the nearest open ones."""
    project = await projects.named(guild, name)
    if project is None:
        raise UnknownName("project", name, [known.name for known in await projects.of_guild(guild)])
    return project


async def project_meant(
    projects: Projects, name: str | None, *, guild: int | None, user: int, channel: int | None
) -> Project | None:
    """Return the named project, else the channel's, else the one the person uses, open or not; else None."""
    if name is not None:
        return await project_named(projects, guild, name)
    here = await projects.of_channel(channel) if channel is not None else None
    return here or await projects.in_use(guild=guild, user=user)
