"""What was drawn in years, found again: by words, leafed through with every filter, and by names half typed."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bot.core.review import Review
from bot.ports.library import PictureFilter
from storage.database import Database
from storage.stores import SqliteStores
from tests.bench.figures import Figures, spread, timed
from tests.bench.gallery import CAST, Hung, hang, word
from tests.builders import GUILD, NOW

PAGE = 9 + 1
"""What a page of `/gallery` asks for: one more tells whether there are more."""
SEARCHES = (
    "night",
    "1girl",
    "1girl silver hair",
    "1girl harbour " + word(1)[:3],
    "s",
    word(3000),
    f"night {word(1)} {word(2)[:4]}",
    "nothing like it",
)
"""Words that are in every prompt, in few and in none, several at once, and one letter of many words."""
EMPTY_PROJECT = 30
PARTS = ("", "h", "mira", "night 99", "t 7", "nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    hung: Hung
    stores: SqliteStores


async def finding(pictures: int, rounds: int) -> Figures:
    """Time searches, pages and choices of names; the figures are named after how much there is."""
    dice = Random(pictures)
    async with _rooms(pictures) as rooms:
        asked = [
            (words, project)
            for words, project in product(SEARCHES, (None, 3, EMPTY_PROJECT))
            for _ in range(rounds // 20)
        ]
        found = [await _took(lambda: _search(rooms, dice, *ask)) for ask in asked]  # noqa: B023 done at once
        pages = [await _took(lambda: _page(rooms, dice)) for _ in range(rounds)]
        typed = [await _took(lambda: _typed(rooms, dice)) for _ in range(rounds // 2)]
    return {
        **spread("find_ms", found, size_of(rooms.hung.jobs)),
        **spread("gallery_page_ms", pages, size_of(pictures)),
        **spread("names_ms", typed, size_of(rooms.hung.names)),
    }


def size_of(count: int) -> str:
    return {1_000_000: "1m", 100_000: "100k", 10_000: "10k"}.get(count, str(count))


async def _took(act: Callable[[], Awaitable[object]]) -> float:
    took: list[float] = []
    with timed(took.append):
        await act()
    return took[0]


async def _search(rooms: Rooms, dice: Random, words: str, project: int | None) -> None:
    where = _anywhere(dice, rooms.hung.jobs)
    await rooms.stores.jobs.find(words, guild=GUILD, project=project, **where, limit=PAGE)


def _anywhere(dice: Random, newest: int) -> dict[str, int]:
    """Name a page: the newest, or what is older or newer than a number."""
    number = dice.randint(1, newest)
    return dice.choice(({}, {"before": number}, {"after": number}))


async def _page(rooms: Rooms, dice: Random) -> None:
    """Ask for a page anywhere, with any of the command's filters."""
    project = dice.choice((None, 3))
    since = dice.choice((None, NOW + dice.randint(0, rooms.hung.pictures)))
    wanted = PictureFilter(
        guild=GUILD,
        project=project,
        character=None if project is None else dice.choice((None, 1 + (project - 1) * CAST)),
        review=dice.choice((None, *Review)),
        since=since,
        until=None if since is None else dice.choice((None, since + rooms.hung.pictures // 100)),
    )
    where = _anywhere(dice, rooms.hung.pictures)
    await rooms.stores.artifacts.page(wanted, **where, limit=PAGE)


async def _typed(rooms: Rooms, dice: Random) -> None:
    part = dice.choice(PARTS)
    if dice.random() < 0.5:
        await rooms.stores.projects.matching(GUILD, part)
    else:
        await rooms.stores.characters.matching(1, part)


@asynccontextmanager
async def _rooms(pictures: int) -> AsyncGenerator[Rooms]:
    """Open a filled database as a bot does that has been stopped once before: SQLite knows its statistics."""
    with TemporaryDirectory(prefix="genga-bench-") as folder:
        path = Path(folder) / "genga.db"
        hung = await hang(path, pictures=pictures)
        async with Database.open(path):
            pass
        async with Database.open(path) as database:
            yield Rooms(hung=hung, stores=SqliteStores.over(database))
