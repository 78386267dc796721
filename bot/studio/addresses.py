"""Where a job's pictures go: the project's gallery, else the server's, else where they were asked for."""

from dataclasses import dataclass, replace

from bot.core.addressing import Subject, subject_of
from bot.core.errors import (
    AdultsOnly,
    DeliveryError,
    MissingPermission,
    NoMoreThreads,
    TargetGone,
    ThreadLocked,
)
from bot.core.job import Job
from bot.core.library import Gallery, GalleryKind, Project, Rating
from bot.ports.poster import Poster
from bot.ports.stores import Projects, Settings

OF_THE_SERVER = Subject(key="", name="Gallery")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A gallery, whose thread for `subject` is opened on demand, or a plain channel.

    `detour`: why not where the pictures belong, if so.
    """

    place: Gallery | int
    subject: Subject = OF_THE_SERVER
    project: Project | None = None
    detour: str = ""

    @property
    def channel(self) -> int:
        """The channel itself, whatever thread is meant."""
        return self.place.channel if isinstance(self.place, Gallery) else self.place

    @property
    def in_forum(self) -> bool:
        return isinstance(self.place, Gallery) and self.place.kind is GalleryKind.FORUM


class Addresses:
    def __init__(self, *, projects: Projects, settings: Settings, poster: Poster) -> None:
        self._projects = projects
        self._settings = settings
        self._poster = poster

    async def of(self, job: Job) -> Address:
        """Return where the pictures belong; raise TargetGone if that is nowhere."""
        project = await self._projects.get(job.project) if job.project is not None else None
        if project is not None and project.gallery is not None:
            subject = subject_of(job, project)
            thread = await self._projects.thread(project.id, subject.key)
            return Address(place=replace(project.gallery, thread=thread), subject=subject, project=project)
        if job.origin.guild is not None:
            settings = await self._settings.of_guild(job.origin.guild)
            if settings.gallery is not None:
                return Address(place=settings.gallery, project=project)
        if job.origin.channel is None:
            raise TargetGone("There is no gallery to post to.", hint="Choose one with `/settings gallery`.")
        return Address(place=job.origin.channel, project=project)

    async def channel_at(self, address: Address, *, tags: tuple[str, ...]) -> int:
        """Return the channel to post in, opening and remembering the gallery's thread if need be."""
        await self._check_audience(address)
        match address.place:
            case int() as channel:
                return channel
            case Gallery(thread=int() as thread):
                return thread
            case gallery:
                return await self._opened(gallery, address, tags)

    async def _check_audience(self, address: Address) -> None:
        """Asked anew for every post: ratings and channels are changed, and there is no detour around it."""
        adult = address.project is not None and address.project.rating is Rating.ADULT
        if adult and not await self._poster.is_restricted(address.channel):
            raise AdultsOnly(address.channel, because=address.detour)

    async def _opened(self, gallery: Gallery, address: Address, tags: tuple[str, ...]) -> int:
        thread = await self._poster.open_thread(gallery, name=address.subject.name, tags=tags)
        if address.project is not None and address.project.gallery is not None:
            await self._projects.set_thread(address.project.id, thread, subject=address.subject.key)
        else:
            await self._settings.set_gallery_thread(gallery.channel, thread)
        return thread


def around(address: Address, barred: DeliveryError, job: Job) -> Address:
    """Return where else the pictures may go; raise what barred the way if there is no such place.

    Where a permission is missing somebody wanted it so, and no other place is tried; nor is one for adults.
    """
    match barred, address.place:
        case TargetGone() | ThreadLocked(), Gallery(thread=int()) as gallery:
            place = replace(gallery, thread=None)
        case NoMoreThreads(), Gallery(kind=GalleryKind.TEXT) as gallery:
            place = gallery.channel
        case MissingPermission() | AdultsOnly(), _:
            raise barred
        case _:
            place = job.origin.channel
    if place is None or place == address.place:
        raise barred
    why = address.detour if barred.message in address.detour else f"{address.detour} {barred.message}"
    return replace(address, place=place, detour=why.strip())
