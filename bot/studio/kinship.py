"""Kinship: which picture came from which, as a line of ancestors and as a tree of thumbnails."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.core.artifact import Artifact
from bot.core.errors import NotFound
from bot.core.generation import Recipe
from bot.core.job import Job
from bot.core.lineage import Lineage
from bot.core.review import Review
from bot.ports.darkroom import Darkroom, Frame, Sheet, Tone, TreeEdge, TreeNode
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.exhibition import tone_of
from bot.studio.library import Library

MOST_ANCESTORS: Final = 50
MOST_NODES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A family drawn on one picture; `left_out` are relatives for whom there was no room.

    The pictures of those in `hidden` are for adults, and this is no place for them.
    """

    sheet: Sheet
    jobs: tuple[Job, ...]
    hidden: frozenset[int] = frozenset()
    left_out: int = 0


class Kinship:
    def __init__(self, *, jobs: Jobs, library: Library, shelf: Shelf, darkroom: Darkroom) -> None:
        self._jobs = jobs
        self._library = library
        self._shelf = shelf
        self._darkroom = darkroom

    async def line(self, job: Job) -> list[Job]:
        """Return the job's ancestors, the eldest first, and itself; only the nearest of very many."""
        line = [job]
        while line[-1].parent is not None and len(line) < MOST_ANCESTORS:
            line.append(await self._jobs.get(line[-1].parent))
        return line[::-1]

    async def tree(self, job: Job, *, channel: int | None) -> Tree:
        """Draw the job among its relatives, the nearest of too many, as far as the channel may show them."""
        family = await self._jobs.family(job.id)
        shown = _nearest(family, job)
        hidden = frozenset([one.id for one in shown if not await self._library.shows(one, channel)])
        return Tree(
            sheet=await self._darkroom.tree(
                [TreeNode(id=one.id, frame=await self._frame(one, job, hidden)) for one in shown],
                _edges(shown),
                title=f"#{job.id} and its relatives",
            ),
            jobs=tuple(shown),
            hidden=hidden,
            left_out=len(family) - len(shown),
        )

    async def _frame(self, one: Job, asked: Job, hidden: frozenset[int]) -> Frame:
        made = [] if one.id in hidden else await self._jobs.artifacts(one.id)
        picture = next((each for each in made if each.deleted is None), None)
        number = "" if picture is None or len(made) == 1 else f" · {len(made)} pictures"
        return Frame(
            read=partial(self._content, picture),
            caption=f"#{one.id}",
            detail=f"{_told(one.recipe)}{number}" if picture else _why_none(one, hidden),
            size=one.recipe.size,
            tone=Tone.CHOSEN if one.id == asked.id else tone_of(_review(picture)),
        )

    async def _content(self, picture: Artifact | None) -> bytes:
        if picture is None:
            raise NotFound("There is no picture.")
        return await self._shelf.read(picture.thumbnail or picture.path)


def _told(recipe: Recipe) -> str:
    """Return what tells the picture from its relatives: its seed, or its size if it was only enlarged."""
    return f"seed {recipe.seed}" if recipe.upscaler is None else str(recipe.size)


def _why_none(job: Job, hidden: frozenset[int]) -> str:
    return "not shown here" if job.id in hidden else "no picture"


def _edges(family: Sequence[Job]) -> list[TreeEdge]:
    several = {one.id for one in family if one.recipe.count > 1}
    return [
        TreeEdge(parent=one.lineage.parent, child=one.id, how=_how(one.lineage, several))
        for one in family
        if one.lineage is not None
    ]


def _how(lineage: Lineage, several: Container[int]) -> str:
    """Say how it came from its parent: of several pictures, of which only the first is shown, from which."""
    from_one = lineage.picture is not None and lineage.parent in several
    return f"{lineage.how} · {lineage.picture}" if from_one else str(lineage.how)


def _review(picture: Artifact | None) -> Review:
    return picture.review if picture else Review.UNREVIEWED


def _nearest(family: Sequence[Job], job: Job) -> list[Job]:
    """Return the relatives with the fewest steps between them and the job, oldest first."""
    kin: dict[int, set[int]] = {one.id: set() for one in family}
    for one in family:
        if one.parent in kin:
            kin[one.id].add(one.parent)
            kin[one.parent].add(one.id)
    found, ring = {job.id}, {job.id}
    while ring and len(found) < MOST_NODES:
        ring = {near for one in ring for near in kin[one]} - found
        found |= set(sorted(ring)[: MOST_NODES - len(found)])
    return [one for one in family if one.id in found]
