"""Pictures carried in and out: adopted beside plain hashing and decoding, exported in steady memory."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from PIL import Image

from bot.cli.adopt import Pools, adopting_into, threads
from bot.core.library import Project
from bot.imaging.darkroom import PillowDarkroom
from bot.ports.library import PictureFilter
from bot.studio.adopting import Taken
from bot.studio.exporting import Exporter
from storage.archives import FolderArchives
from storage.database import Database
from storage.files import LIBRARY, PictureShelf
from storage.hoard import FolderHoard
from storage.stores import SqliteStores
from tests.bench.figures import Figures
from tests.bench.peak import growing
from tests.builders import a_new_job, a_new_project
from tests.fakes.clock import ManualClock

SIDES = (832, 1216)
PER_JOB = 10
FEW = 10
"""An export of so many times fewer pictures is what the memory is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    data: Path
    stores: SqliteStores
    pools: Pools
    project: Project


@dataclass(slots=True)
class Effort:
    """Seconds: how long it took, and how long processors worked at it, whoever else had them meanwhile."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def _effort() -> Iterator[Effort]:
    effort, wall, cpu = Effort(), time.perf_counter(), time.process_time()
    yield effort
    effort.wall, effort.cpu = time.perf_counter() - wall, time.process_time() - cpu


async def carrying(adopted: int, exported: int) -> Figures:
    """Adopt so many files and hash and decode the same ones plainly; then export so many pictures."""
    with TemporaryDirectory(prefix="genga-bench-") as folder:
        old = Path(folder) / "old"
        paths = await asyncio.to_thread(_paint, old, adopted)
        async with _house(Path(folder) / "data") as house:
            plain = await _plainly(paths, house.pools.pictures)
            copied = await _copied(paths, Path(folder), house.pools)
            took = await _adopted(house, old, adopted)
            few = await _exported(house, exported // FEW)
            many = await _exported(house, exported)
    return {
        "adopted_per_s": adopted / took.wall,
        "hashed_and_decoded_per_s": adopted / plain.wall,
        "adopting_times_plain": took.wall / plain.wall,
        "adopting_times_plain_and_copied": took.wall / copied.wall,
        "adopting_cpu_times_plain": took.cpu / plain.cpu,
        "adopting_cpu_times_plain_and_copied": took.cpu / copied.cpu,
        f"export_growth_mib_{exported}": many,
        f"export_memory_times_a_tenth_{exported}": many / max(few, 1.0),
    }


def _paint(folder: Path, count: int) -> list[Path]:
    """Write PNGs as large as those that are drawn, with grain as drawn ones have it, no two alike."""
    folder.mkdir()
    grain = Image.frombytes("RGB", SIDES, Random(1).randbytes(SIDES[0] * SIDES[1] * 3))
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        sky = Image.linear_gradient("L").resize(SIDES).convert("RGB")
        ground = Image.new("RGB", SIDES, (number % 256, 90, number // 256))
        Image.blend(Image.blend(sky, ground, 0.5), grain, 0.05).save(path, compress_level=4)
    return paths


async def _plainly(paths: Sequence[Path], pool: Executor) -> Effort:
    """Hash and decode, with as many threads."""
    loop = asyncio.get_running_loop()
    with _effort() as effort:
        await asyncio.gather(*(loop.run_in_executor(pool, _hash_and_decode, path) for path in paths))
    return effort


async def _copied(paths: Sequence[Path], folder: Path, pools: Pools) -> Effort:
    """Have each file also copied and safe on disk: that is what it takes at the least to keep it."""
    loop = asyncio.get_running_loop()

    async def copy(path: Path) -> None:
        await loop.run_in_executor(pools.pictures, _hash_and_decode, path)
        await loop.run_in_executor(pools.disk, _copy, path, folder / path.name)

    with _effort() as effort:
        await asyncio.gather(*(copy(path) for path in paths))
    return effort


def _copy(path: Path, to: Path) -> None:
    with to.open("xb") as file:
        file.write(path.read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _hash_and_decode(path: Path) -> str:
    with Image.open(path) as image:
        image.load()
    return sha256(path.read_bytes()).hexdigest()


async def _adopted(house: House, folder: Path, count: int) -> Effort:
    hoard = FolderHoard(folder, house.pools.disk, library=house.data / LIBRARY)
    adopting = adopting_into(house.data, hoard, house.project, stores=house.stores, pools=house.pools)
    with _effort() as effort:
        outcomes = [outcome async for outcome in adopting.run(asyncio.Event())]
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == count
    return effort


async def _exported(house: House, count: int) -> float:
    """Export so many pictures of their own project; return by how much the memory grew at most, in MiB."""
    project = await _copies(house, count)
    exporter = Exporter(
        artifacts=house.stores.artifacts,
        jobs=house.stores.jobs,
        characters=house.stores.characters,
        styles=house.stores.styles,
        archives=FolderArchives(house.data, house.pools.disk),
        darkroom=PillowDarkroom(house.pools.pictures),
        shelf=PictureShelf(house.data, house.pools.disk),
        clock=ManualClock(),
        min_free_bytes=0,
    )
    grown: list[float] = []
    with growing(grown.append):
        async with aclosing(exporter.export(project)) as steps:
            async for _ in steps:
                pass
    return grown[0]


async def _copies(house: House, count: int) -> Project:
    """Store a project of so many pictures, whose files are links to the adopted ones."""
    project = await _a_project(house.stores, f"project-{count}")
    adopted = await house.stores.artifacts.page(PictureFilter(project=house.project.id), limit=count)
    for first in range(0, count, PER_JOB):
        pictures = [adopted[number % len(adopted)] for number in range(first, min(first + PER_JOB, count))]
        paths = [f"{LIBRARY}/{project.slug}/{first + index}.png" for index in range(len(pictures))]
        for picture, path in zip(pictures, paths, strict=True):
            (house.data / path).parent.mkdir(exist_ok=True)
            os.link(house.data / picture.path, house.data / path)
        made = [
            replace(picture, path=path, index=index)
            for index, (picture, path) in enumerate(zip(pictures, paths, strict=True))
        ]
        await house.stores.jobs.add_ended(a_new_job(project=project.id), artifacts=made)
    return project


async def _a_project(stores: SqliteStores, slug: str) -> Project:
    return await stores.projects.add(a_new_project(guild=None, name=slug, slug=slug))


@asynccontextmanager
async def _house(data: Path) -> AsyncGenerator[House]:
    with threads() as pools:
        async with Database.open(data / "genga.db") as database:
            stores = SqliteStores.over(database)
            project = await _a_project(stores, "old")
            yield House(data=data, stores=stores, pools=pools, project=project)
