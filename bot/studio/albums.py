"""The album: kept pictures leafed through, found again, and laid beside each other."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.core.artifact import Artifact
from bot.core.comparing import Differing, differing
from bot.core.errors import BadRequest, NotAllowed, NotFound, StudioError
from bot.core.job import Job
from bot.core.leafing import Newer, Older, Turn
from bot.core.likeness import Difference
from bot.ports.darkroom import Darkroom, Frame, Row, Sheet
from bot.ports.library import Artifacts, PictureFilter
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, Projects
from bot.studio.control import Actor, Control
from bot.studio.exhibition import Exhibition
from bot.studio.leafing import leaf
from bot.studio.library import Library
from bot.studio.twins import twins_of

PER_PAGE: Final = 9
FOUND_PER_PAGE: Final = 8
MOST_WORDS: Final = 50
"""Characters of a search: they are in the custom_id of the button to the next page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A picture and the job it came from."""

    picture: Artifact
    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumPage:
    """`hidden`: so many of these are for adults, and this is no place for them."""

    leaves: tuple[Leaf, ...]
    sheet: Sheet | None
    hidden: int = 0
    older: Older | None = None
    newer: Newer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """As a page of the album; each job shows its first picture."""

    jobs: tuple[Job, ...]
    sheet: Sheet | None
    hidden: int = 0
    older: Older | None = None
    newer: Newer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two pictures side by side; `difference` is None where the files could not be compared."""

    left: Leaf
    right: Leaf
    sheet: Sheet
    differing: tuple[Differing, ...]
    difference: Difference | None


class Album:
    def __init__(
        self,
        *,
        jobs: Jobs,
        projects: Projects,
        artifacts: Artifacts,
        library: Library,
        control: Control,
        exhibition: Exhibition,
        darkroom: Darkroom,
        shelf: Shelf,
    ) -> None:
        self._jobs = jobs
        self._projects = projects
        self._artifacts = artifacts
        self._library = library
        self._control = control
        self._exhibition = exhibition
        self._darkroom = darkroom
        self._shelf = shelf

    # ── leafed through

    async def page(self, wanted: PictureFilter, *, channel: int | None, at: Turn = None) -> AlbumPage:
        page = await leaf(partial(self._artifacts.page, wanted), at, size=PER_PAGE)
        jobs = await self._jobs_of(page.shown)
        leaves = tuple(Leaf(picture=picture, job=jobs[picture.job]) for picture in page.shown)
        shown = await self._fit_for(channel, leaves)
        return AlbumPage(
            leaves=leaves,
            sheet=await self._sheet([leaf.picture for leaf in shown]),
            hidden=len(leaves) - len(shown),
            older=page.older,
            newer=page.newer,
        )

    async def _jobs_of(self, pictures: Iterable[Artifact]) -> dict[int, Job]:
        return {number: await self._jobs.get(number) for number in {picture.job for picture in pictures}}

    async def _fit_for(self, channel: int | None, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Return those whose project may be seen in this channel."""
        numbers = {leaf.job.project for leaf in leaves if leaf.job.project is not None}
        barred = {number for number in numbers if not await self._may_be_shown(number, channel)}
        return [leaf for leaf in leaves if leaf.job.project not in barred]

    async def _may_be_shown(self, project: int, channel: int | None) -> bool:
        return await self._library.may_be_shown(await self._projects.get(project), channel)

    async def _sheet(self, pictures: Sequence[Artifact], *, title: str = "") -> Sheet | None:
        return await self._exhibition.sheet(pictures, title=title) if pictures else None

    async def twins(self, pictures: Sequence[Artifact]) -> dict[int, Artifact]:
        """Return the earlier pictures that these look like, by their ids."""
        return await twins_of(pictures, self._artifacts)

    # ── found again

    async def find(
        self,
        words: str,
        actor: Actor,
        *,
        channel: int | None,
        project: int | None = None,
        at: Turn = None,
    ) -> FoundPage:
        """Return jobs in whose prompts all these words are, or begin so."""
        ask = partial(self._jobs.find, searched(words), guild=actor.guild, project=project)
        page = await leaf(ask, at, size=FOUND_PER_PAGE)
        first = [
            Leaf(picture=picture, job=job) for job in page.shown for picture in await self._first_of(job)
        ]
        fit = await self._fit_for(channel, first)
        return FoundPage(
            jobs=page.shown,
            sheet=await self._sheet([leaf.picture for leaf in fit]),
            hidden=len(first) - len(fit),
            older=page.older,
            newer=page.newer,
        )

    async def _first_of(self, job: Job) -> list[Artifact]:
        return [one for one in await self._jobs.artifacts(job.id) if one.deleted is None][:1]

    # ── beside each other

    async def compare(
        self,
        left: tuple[int, int | None],
        right: tuple[int, int | None],
        actor: Actor,
        *,
        channel: int | None,
    ) -> Comparison:
        """Lay two pictures side by side, each named by its job and its number in it, counted from 1."""
        one, other = await self._leaf(left, actor), await self._leaf(right, actor)
        if one.picture.id == other.picture.id:
            raise BadRequest(
                f"That is picture {one.picture.index} of #{one.job.id} twice.",
                hint="Name another job, or two of its pictures with `picture_a` and `picture_b`.",
            )
        if await self._fit_for(channel, [one, other]) != [one, other]:
            raise NotAllowed(
                "One of these is of an adult project, and this channel is for everyone.",
                hint="Compare them in an age-restricted channel.",
            )
        rows = differing(one.job.recipe, other.job.recipe)
        return Comparison(
            left=one,
            right=other,
            sheet=await self._side_by_side(one, other, rows),
            differing=rows,
            difference=await self._difference(one.picture, other.picture),
        )

    async def _leaf(self, named: tuple[int, int | None], actor: Actor) -> Leaf:
        job = await self._control.job(named[0], actor)
        pictures = await self._jobs.artifacts(job.id)
        if not pictures:
            raise NotFound(
                f"#{job.id} has no picture; its state: {job.state}.", hint="Choose a job that is done."
            )
        picture = next((one for one in pictures if one.index == (named[1] or 1)), None)
        if picture is None:
            raise NotFound(
                f"#{job.id} has no picture {named[1]}: its pictures are 1 to {len(pictures)}.",
                hint="Choose one of those.",
            )
        if picture.deleted is not None:
            raise NotFound(
                f"Picture {picture.index} of #{job.id} was deleted.", hint="`/job again` draws it again."
            )
        return Leaf(picture=picture, job=job)

    async def _side_by_side(self, one: Leaf, other: Leaf, rows: Sequence[Differing]) -> Sheet:
        return await self._darkroom.side_by_side(
            self._frame(one.picture),
            self._frame(other.picture),
            rows=[Row(name=row.name, left=row.left, right=row.right) for row in rows],
            title=" and ".join(dict.fromkeys(f"#{each.job.id}" for each in (one, other))),
        )

    def _frame(self, picture: Artifact) -> Frame:
        return Frame(
            read=partial(self._shelf.read, picture.path),
            caption=f"#{picture.job} · {picture.index}",
            size=picture.size,
        )

    async def _difference(self, one: Artifact, other: Artifact) -> Difference | None:
        with suppress(StudioError):
            contents = [await self._shelf.read(each.path) for each in (one, other)]
            return await self._darkroom.difference(*contents)
        return None


def searched(words: str) -> str:
    """Return what to look for; raise BadRequest for nothing, or more than a button can hold."""
    said = " ".join(words.split())
    if not any(char.isalnum() for char in said):
        raise BadRequest("There is no word to look for.", hint="Write one or more words of the prompt.")
    if len(said.encode("utf-16-le")) // 2 > MOST_WORDS:
        raise BadRequest(
            f"That is too long to look for; the most is {MOST_WORDS} characters.",
            hint="One or two rare words of the prompt find it as well.",
        )
    return said
