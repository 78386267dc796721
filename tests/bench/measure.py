"""All measurements in one run, long for figures or short for a check that they work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.bench.figures import Figures
from tests.bench.scenes.batches import batch
from tests.bench.scenes.carrying import carrying
from tests.bench.scenes.commands import acknowledgements
from tests.bench.scenes.floor import floor
from tests.bench.scenes.lane import gaps
from tests.bench.scenes.library import finding
from tests.bench.scenes.memory import memory
from tests.bench.scenes.posts import posts
from tests.bench.scenes.presses import presses
from tests.bench.scenes.progress import staleness
from tests.bench.scenes.restart import recovery
from tests.bench.scenes.storage import copying, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    rounds: int
    idle: int
    burst: int
    crowd: int
    queued: int
    posts: int
    judged: int
    live: int
    watched_s: float
    waiting: int
    batch: int
    stored: int
    pictures: int
    adopted: int
    exported: int
    large: int
    mounted: int
    copied_mib: int


FULL = Extent(
    rounds=1000,
    idle=300,
    burst=100,
    crowd=500,
    queued=100,
    posts=30,
    judged=120,
    live=20,
    watched_s=45.0,
    waiting=1000,
    batch=1000,
    stored=1_000_000,
    pictures=1_000_000,
    adopted=100,
    exported=1000,
    large=20,
    mounted=100,
    copied_mib=400,
)
SHORT = Extent(
    rounds=20,
    idle=5,
    burst=5,
    crowd=10,
    queued=2,
    posts=1,
    judged=1,
    live=3,
    watched_s=1.5,
    waiting=5,
    batch=5,
    stored=3000,
    pictures=3000,
    adopted=2,
    exported=20,
    large=2,
    mounted=2,
    copied_mib=4,
)

SCENES: dict[str, Callable[[Extent], Awaitable[Figures]]] = {
    "floor": lambda extent: floor(extent.rounds),
    "commands": lambda extent: acknowledgements(extent.idle, extent.burst, extent.crowd),
    "lane": lambda extent: gaps(extent.queued),
    "posts": lambda extent: posts(extent.posts),
    "progress": lambda extent: staleness(extent.live, extent.watched_s),
    "restart": lambda extent: recovery(extent.waiting),
    "batch": lambda extent: batch(extent.batch),
    "storage": lambda extent: reading(extent.stored, extent.rounds),
    "presses": lambda extent: presses(extent.pictures, extent.rounds // 5, extent.judged),
    "carrying": lambda extent: carrying(extent.adopted, extent.exported),
    "memory": lambda extent: memory(extent.large, extent.mounted),
    "library": lambda extent: finding(extent.pictures, extent.rounds),
    "backup": lambda extent: copying(extent.copied_mib),
}


async def measure(extent: Extent, *names: str) -> Figures:
    """Return the figures of these scenes, one after the other; without names those of all."""
    figures: Figures = {}
    for name in names or SCENES:
        figures |= await SCENES[name](extent)
    return figures
