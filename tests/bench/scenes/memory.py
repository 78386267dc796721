"""What many pictures at once take of the memory: large ones adopted, and a sheet of all that fit."""

import asyncio
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from PIL import Image

from bot.cli.adopt import adopting_into, threads
from bot.core.generation import Size
from bot.imaging.darkroom import PillowDarkroom
from bot.ports.darkroom import Frame
from bot.studio.adopting import Taken
from storage.database import Database
from storage.files import LIBRARY
from storage.hoard import FolderHoard
from storage.stores import SqliteStores
from tests.bench.figures import Figures
from tests.bench.peak import growing
from tests.builders import a_new_project

LARGE = Size(width=4096, height=3072)
USUAL = Size(width=832, height=1216)
FEW = 2
"""So many times fewer pictures are what is compared with: what is bounded takes hardly less."""


async def memory(adopted: int, mounted: int) -> Figures:
    """Adopt so many large files, and mount so many pictures on a sheet, each in steady memory."""
    with TemporaryDirectory(prefix="genga-bench-") as folder:
        large = await asyncio.to_thread(_paint, Path(folder), LARGE)
        usual = await asyncio.to_thread(_paint, Path(folder), USUAL)
        few = await _adopting(Path(folder) / "few", large, max(adopted // FEW, 1))
        many = await _adopting(Path(folder) / "many", large, adopted)
    return {
        f"adopting_growth_mib_{adopted}_of_{LARGE.pixels // 1_000_000}mp": many,
        "adopting_memory_times_a_half": many / max(few, 1.0),
        f"sheet_growth_mib_{mounted}": await _sheet(usual, mounted),
    }


def _paint(folder: Path, size: Size) -> bytes:
    """Return a PNG with some grain."""
    grain = Image.frombytes("RGB", (512, 512), Random(1).randbytes(512 * 512 * 3))
    path = folder / f"{size}.png"
    grain.resize((size.width, size.height)).save(path, compress_level=1)
    return path.read_bytes()


async def _adopting(folder: Path, content: bytes, count: int) -> float:
    """Adopt so many files that differ in what stands behind their end; return the growth in MiB."""
    old, data, grown = folder / "old", folder / "data", list[float]()
    old.mkdir(parents=True)
    for number in range(count):
        (old / f"{number}.png").write_bytes(content + bytes([number % 256, number // 256]))
    with threads() as pools:
        async with Database.open(data / "genga.db") as database:
            stores = SqliteStores.over(database)
            project = await stores.projects.add(a_new_project(guild=None, name="old", slug="old"))
            hoard = FolderHoard(old, pools.disk, library=data / LIBRARY)
            adopting = adopting_into(data, hoard, project, stores=stores, pools=pools)
            with growing(grown.append):
                outcomes = [outcome async for outcome in adopting.run(asyncio.Event())]
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == count
    return grown[0]


async def _sheet(content: bytes, count: int) -> float:
    grown: list[float] = []
    with threads() as pools:
        frames = [
            Frame(read=partial(_read, content), caption=f"#{number}", size=USUAL) for number in range(count)
        ]
        with growing(grown.append):
            await PillowDarkroom(pools.pictures).contact_sheet(frames, title="Harbour")
    return grown[0]


async def _read(content: bytes) -> bytes:
    """Return bytes of their own, as a file gives them."""
    return bytes(bytearray(content))
