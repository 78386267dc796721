"""Projects and galleries: made, listed, chosen, changed, put away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from bot.core.errors import (
    AdultsOnly,
    BadRequest,
    DeliveryError,
    DiscordAway,
    NotFound,
    WrongState,
)
from bot.core.job import Job
from bot.core.library import (
    Gallery,
    Project,
    Rating,
    Threads,
    check_audience,
    check_open,
    clean_name,
    clean_text,
    slug_of,
    spare_slug,
)
from bot.core.styles import Style
from bot.ports.clock import Clock
from bot.ports.poster import Poster
from bot.ports.stores import Holdings, NewProject, Projects, Settings
from bot.studio.actor import Actor, server_of
from bot.studio.meant import project_meant, project_named
from bot.studio.rights import check_changes, check_deletes_projects
from bot.studio.workshop import Workshop

MOST_DESCRIPTION = 1000


class Clearable(StrEnum):
    """What of a project can be taken away again."""

    DESCRIPTION = "description"
    GALLERY = "gallery"
    WORKFLOW = "workflow"
    STYLE = "style"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to become of a project; None: it stays as it is. `style` is a style's id."""

    name: str | None = None
    description: str | None = None
    gallery: Gallery | None = None
    threads: Threads | None = None
    rating: Rating | None = None
    workflow: str | None = None
    style: int | None = None
    clear: frozenset[Clearable] = frozenset()

    def drawn_in(self, style: Style | None) -> Self:
        """Return them with a style to be drawn in; None: without one more."""
        return self if style is None else replace(self, style=style.id)

    def said(self) -> dict[str, Any]:
        """Return what is wished for, by the project's fields."""
        values = {name: getattr(self, name) for name in _FIELDS if getattr(self, name) is not None}
        twice = sorted(values.keys() & self.clear)
        if twice:
            raise BadRequest(
                f"`{twice[0]}` is given and cleared at once.", hint="Leave it out of one of the two."
            )
        return values | {field.value: _CLEARED[field] for field in self.clear}


_FIELDS: Final = ("name", "description", "gallery", "threads", "rating", "workflow", "style")
_CLEARED: Final = {
    Clearable.DESCRIPTION: "",
    Clearable.GALLERY: None,
    Clearable.WORKFLOW: None,
    Clearable.STYLE: None,
}
NOTHING: Final = Wishes()


class Library:
    def __init__(
        self, *, projects: Projects, settings: Settings, workshop: Workshop, poster: Poster, clock: Clock
    ) -> None:
        self._projects = projects
        self._settings = settings
        self._workshop = workshop
        self._poster = poster
        self._clock = clock

    # ── made and found

    async def create(
        self, name: str, *, gallery: Gallery | None, actor: Actor, wishes: Wishes = NOTHING
    ) -> Project:
        """Make a project; who works on none works on it from now on. Raise BadRequest for a bad name."""
        clean = clean_name("project", name)
        said = self._checked(replace(wishes, name=None, gallery=None).said())
        rating = said.get("rating", Rating.EVERYONE)
        if gallery is not None:
            await self._check_audience(rating, gallery)
        new = NewProject(
            guild=actor.guild,
            name=clean,
            slug=await self._slug_for(clean, actor),
            gallery=gallery,
            by=actor.user,
            at=self._clock.now(),
            **said,
        )
        project = await self._projects.add(new)
        if await self.in_use(actor) is None:
            await self._projects.use(guild=actor.guild, user=actor.user, project=project.id)
        return project

    async def projects(self, actor: Actor, *, archived: bool = False) -> list[Project]:
        """Return the open ones, or those put away."""
        return await self._projects.of_guild(actor.guild, archived=archived)

    async def matching(self, part: str, actor: Actor, *, archived: bool = False) -> list[Project]:
        return await self._projects.matching(actor.guild, part, archived=archived)

    async def named(self, name: str, actor: Actor) -> Project:
        """Return the project of that name, archived or not."""
        return await project_named(self._projects, actor.guild, name)

    async def open_named(self, name: str, actor: Actor) -> Project:
        """Return the project of that name; raise WrongState if it is archived."""
        return check_open(await self.named(name, actor))

    async def by_id(self, project_id: int, actor: Actor) -> Project:
        """Return a project of the actor's server; raise NotFound for a deleted or foreign one."""
        project = await self._projects.get(project_id)
        if project.guild != actor.guild or project.deleted is not None:
            raise NotFound(
                "The project does not exist any more.", hint="`/project list` shows those there are."
            )
        return project

    async def chosen(self, name: str | None, actor: Actor, *, channel: int | None) -> Project:
        """Return the named project, else the channel's, else the one the actor uses; it is open."""
        found = await project_meant(self._projects, name, guild=actor.guild, user=actor.user, channel=channel)
        if found is None and not await self.projects(actor):
            raise BadRequest("There is no project yet.", hint="`/project create` makes the first one.")
        if found is None:
            raise BadRequest(
                "It is not clear which project is meant.",
                hint="Name it with `project`, choose one with `/project use`, or ask in its thread.",
            )
        return check_open(found)

    async def use(self, name: str | None, actor: Actor) -> Project | None:
        """Make a project the actor's own choice wherever none is said; None drops the choice."""
        project = await self.open_named(name, actor) if name is not None else None
        await self._projects.use(guild=actor.guild, user=actor.user, project=project.id if project else None)
        return project

    async def in_use(self, actor: Actor) -> Project | None:
        return await self._projects.in_use(guild=actor.guild, user=actor.user)

    # ── changed

    async def edit(self, project: Project, wishes: Wishes, actor: Actor) -> Project:
        """Change what is said and nothing else; only its maker or someone with Manage Server may.

        Raises WrongState if somebody else changed it meanwhile.
        """
        check_open(project)
        check_changes(project, actor)
        said = self._checked(wishes.said())
        changed = replace(project, **said)
        if changed.gallery is not None and said.keys() & {"gallery", "rating"}:
            await self._check_audience(changed.rating, changed.gallery)
        return await self._projects.change(changed, was=project)

    async def archive(self, project: Project, actor: Actor) -> Project:
        """Put the project away: it is not offered and not drawn for until it is restored."""
        check_changes(project, actor)
        if project.archived is not None:
            raise WrongState(
                f"“{project.name}” is archived already.", hint="`/project restore` brings it back."
            )
        return await self._projects.change(replace(project, archived=self._clock.now()), was=project)

    async def restore(self, name: str, actor: Actor) -> Project:
        project = await self.named(name, actor)
        check_changes(project, actor)
        if project.archived is None:
            raise WrongState(f"“{project.name}” is not archived.", hint="There is nothing to restore.")
        return await self._projects.change(replace(project, archived=None), was=project)

    async def holdings(self, project: Project, actor: Actor) -> Holdings:
        """Return what deleting the project would take; raise if it cannot be deleted by this person now."""
        check_deletes_projects(actor)
        holdings = await self._projects.holdings(project.id)
        if holdings.open_jobs:
            waits = "that waits or is" if holdings.open_jobs == 1 else "that wait or are"
            raise WrongState(
                f"“{project.name}” has {holdings.open_jobs} job{_s(holdings.open_jobs)} {waits} being drawn.",
                hint="Let them end or cancel them first; `/project archive` puts the project away at once.",
            )
        return holdings

    async def delete(self, project: Project, actor: Actor, *, pictures: int) -> Holdings:
        """Delete the project with the `pictures` that were shown to the actor; return what it took."""
        holdings = await self.holdings(project, actor)
        await self._projects.delete(project.id, pictures=pictures, at=self._clock.now())
        return holdings

    # ── galleries

    async def gallery_trouble(self, project: Project) -> DeliveryError | None:
        """Return why the project's gallery takes none of its pictures, as far as Discord tells that now."""
        if project.gallery is None:
            return None
        try:
            restricted = await self._poster.is_restricted(project.gallery.channel)
        except DiscordAway:
            return None
        except DeliveryError as trouble:
            return trouble
        barred = project.rating is Rating.ADULT and not restricted
        return AdultsOnly(project.gallery.channel) if barred else None

    async def may_be_shown(self, project: Project | None, channel: int | None) -> bool:
        """Tell whether the project's pictures may be seen in this channel, by whomever."""
        if project is None or project.rating is Rating.EVERYONE:
            return True
        return channel is not None and await self._poster.is_restricted(channel)

    async def shows(self, job: Job, channel: int | None) -> bool:
        """Tell whether the job's pictures may be seen in this channel, by whomever."""
        project = None if job.project is None else await self._projects.get(job.project)
        return await self.may_be_shown(project, channel)

    async def set_gallery(self, gallery: Gallery | None, actor: Actor) -> None:
        """Choose where pictures without a project go; needs Manage Server."""
        await self._settings.set_gallery(server_of(actor, choosing="gallery"), gallery)

    async def gallery(self, actor: Actor) -> Gallery | None:
        if actor.guild is None:
            return None
        return (await self._settings.of_guild(actor.guild)).gallery

    async def set_admin_channel(self, channel: int | None, actor: Actor) -> None:
        """Choose where the studio's troubles are told; needs Manage Server."""
        await self._settings.set_admin_channel(server_of(actor, choosing="admin channel"), channel)

    async def set_reactions(self, emoji: Sequence[str] | None, actor: Actor) -> None:
        """Choose what the bot puts under its own posts, None: the usual ones; needs Manage Server."""
        await self._settings.set_reactions(server_of(actor, choosing="reactions"), emoji)

    async def reactions(self, actor: Actor) -> tuple[str, ...] | None:
        return None if actor.guild is None else (await self._settings.of_guild(actor.guild)).reactions

    async def admin_channel(self, actor: Actor) -> int | None:
        if actor.guild is None:
            return None
        return (await self._settings.of_guild(actor.guild)).admin_channel

    # ── checks

    def _checked(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return what is wished for, cleaned; raise BadRequest for what cannot be."""
        if said.get("workflow") is not None:
            self._check_workflow(said["workflow"])
        return {field: _cleaned(field, value) for field, value in said.items()}

    def _check_workflow(self, name: str) -> None:
        if self._workshop.named(name).needs_reference:
            raise BadRequest(
                f"The workflow `{name}` starts from a picture, so it cannot be a project's usual one.",
                hint="Choose one that draws from words alone, such as `txt2img`.",
            )

    async def _check_audience(self, rating: Rating, gallery: Gallery) -> None:
        if rating is Rating.ADULT:
            restricted = await self._poster.is_restricted(gallery.channel)
            check_audience(rating, gallery.channel, restricted=restricted)

    async def _slug_for(self, name: str, actor: Actor) -> str:
        """Return a slug that no project of the server has or ever had: it names a folder."""
        slug = slug_of(name)
        return spare_slug(slug, await self._projects.slugs(actor.guild, slug or "project"), noun="project")


def _cleaned(field: str, value: object) -> object:
    match field, value:
        case "name", str() as name:
            return clean_name("project", name)
        case "description", str() as text:
            return clean_text("description", text, most=MOST_DESCRIPTION)
        case _:
            return value


def _s(number: int) -> str:
    return "" if number == 1 else "s"
