"""Projects and galleries: made, listed, chosen."""

from itertools import count

from bot.core.errors import BadRequest, NotAllowed, UnknownName
from bot.core.library import Gallery, Project, clean_name, slug_of
from bot.ports.clock import Clock
from bot.ports.stores import Projects, Settings
from bot.studio.control import Actor


class Library:
    def __init__(self, *, projects: Projects, settings: Settings, clock: Clock) -> None:
        self._projects = projects
        self._settings = settings
        self._clock = clock

    async def create(self, name: str, *, gallery: Gallery | None, actor: Actor) -> Project:
        """Make a project; raise BadRequest for a name that is taken or cannot be one."""
        clean = clean_name("project", name)
        slug = slug_of(clean) or await self._spare_slug(actor.guild)
        return await self._projects.add(
            guild=actor.guild, name=clean, slug=slug, gallery=gallery, by=actor.user, at=self._clock.now()
        )

    async def projects(self, actor: Actor) -> list[Project]:
        return await self._projects.of_guild(actor.guild)

    async def named(self, name: str, actor: Actor) -> Project:
        project = await self._projects.named(actor.guild, name)
        if project is None:
            raise UnknownName("project", name, [known.name for known in await self.projects(actor)])
        return project

    async def matching(self, part: str, actor: Actor) -> list[Project]:
        return await self._projects.matching(actor.guild, part)

    async def use(self, name: str | None, actor: Actor) -> Project | None:
        """Make a project the actor's own choice wherever none is said; None drops the choice."""
        project = await self.named(name, actor) if name is not None else None
        await self._projects.use(guild=actor.guild, user=actor.user, project=project.id if project else None)
        return project

    async def in_use(self, actor: Actor) -> Project | None:
        return await self._projects.in_use(guild=actor.guild, user=actor.user)

    async def set_gallery(self, gallery: Gallery | None, actor: Actor) -> None:
        """Choose where pictures without a project go; needs Manage Server."""
        if actor.guild is None:
            raise BadRequest("A gallery belongs to a server.", hint="Use this command in one.")
        if not actor.manages:
            raise NotAllowed(
                "Only someone with Manage Server can choose the gallery.", hint="Ask one of them."
            )
        await self._settings.set_gallery(actor.guild, gallery)

    async def gallery(self, actor: Actor) -> Gallery | None:
        if actor.guild is None:
            return None
        return (await self._settings.of_guild(actor.guild)).gallery

    async def set_admin_channel(self, channel: int | None, actor: Actor) -> None:
        """Choose where the studio's troubles are told; needs Manage Server."""
        if actor.guild is None:
            raise BadRequest("An admin channel belongs to a server.", hint="Use this command in one.")
        if not actor.manages:
            raise NotAllowed(
                "Only someone with Manage Server can choose the admin channel.", hint="Ask one of them."
            )
        await self._settings.set_admin_channel(actor.guild, channel)

    async def admin_channel(self, actor: Actor) -> int | None:
        if actor.guild is None:
            return None
        return (await self._settings.of_guild(actor.guild)).admin_channel

    async def _spare_slug(self, guild: int | None) -> str:
        """Return a slug for a name of which no letter can be kept."""
        taken = {project.slug for project in await self._projects.of_guild(guild)}
        return next(slug for number in count(1) if (slug := f"project-{number}") not in taken)
