"""All measurements in one run, long for figures or short for a check that they work."""

from dataclasses import dataclass

from tests.bench import scenes


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    rounds: int
    idle: int
    burst: int
    queued: int
    posts: int
    live: int
    watched_s: float


FULL = Extent(rounds=500, idle=100, burst=100, queued=40, posts=30, live=20, watched_s=45.0)
SHORT = Extent(rounds=20, idle=5, burst=10, queued=4, posts=2, live=3, watched_s=3.0)


async def measure(extent: Extent) -> scenes.Figures:
    return {
        **await scenes.floor(extent.rounds),
        **await scenes.acknowledgements(extent.idle, extent.burst),
        **await scenes.gaps(extent.queued),
        **await scenes.posts(extent.posts),
        **await scenes.staleness(extent.live, extent.watched_s),
    }
