"""What the database takes, as the use cases ask it: after years of jobs, and while it is copied."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bot.core.errors import NotFound
from bot.core.job import JobState
from bot.ports.stores import JobFilter
from bot.studio.control import Actor, Control
from bot.studio.feed import Feed
from bot.studio.gate import Gate
from bot.studio.lane import Lane
from bot.studio.line import Line
from storage.backups import back_up
from storage.database import Database
from storage.stores import SqliteStores
from tests.bench.figures import Figures, percentile, spread, timed
from tests.bench.library import BUSIEST, FIRST_PERSON, NEWCOMER, Years, fill
from tests.builders import GUILD, NOW
from tests.fakes.clock import ManualClock

PAGE = 10 + 1
"""What a page of `/job list` asks for: one more tells whether there are more."""
FILTERS = (
    {},
    {"user": BUSIEST},
    {"user": NEWCOMER},
    {"user": FIRST_PERSON + 7},
    {"project": 3},
    *({"state": state} for state in JobState),
    *({"user": user, "state": state} for user in (BUSIEST, NEWCOMER) for state in JobState),
    {"user": BUSIEST, "project": 3},
    {"user": NEWCOMER, "project": 1},
    *({"project": 3, "state": state} for state in JobState),
    *({"user": NEWCOMER, "project": 1, "state": state} for state in JobState),
    *({"user": BUSIEST, "project": 3, "state": state} for state in JobState),
)
"""Whatever the command's options can be combined to, with people and states of which there are many or few."""


BYTES_PER_JOB = 2165
PAUSE_S = 0.005
"""Between two transitions while the database is copied: more than a busy studio makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The use cases that only read, over a database as after years."""

    path: Path
    years: Years
    stores: SqliteStores
    line: Line
    control: Control


async def reading(jobs: int, rounds: int) -> Figures:
    """Time job status, pages and the line at so many stored jobs; the figures are named after their number."""
    dice = Random(jobs)
    async with _an_archive(jobs) as archive:
        status = await _timed(rounds, lambda: _status(archive, dice))
        listed = await _timed(max(rounds, len(FILTERS) * 10), lambda: _page(archive, dice))
        shown = await _timed(max(rounds // 5, 5), archive.line.queue)
        commits = await _commits(archive, rounds)
    size = "1m" if jobs == 1_000_000 else str(jobs)
    return {
        **spread("job_status_ms", status, size),
        **spread("job_list_ms", listed, size),
        **spread("queue_show_ms", shown, size),
        **spread("commit_ms", commits),
    }


async def copying(mebibytes: int) -> Figures:
    """Time the copy of a database of that size, and the transitions that are written meanwhile."""
    copied: list[float] = []
    async with _an_archive(mebibytes * 1024 * 1024 // BYTES_PER_JOB) as archive:
        writing = asyncio.create_task(_commits(archive, None))
        with timed(copied.append):
            await asyncio.to_thread(back_up, archive.path, archive.path.parent / "backups", at=NOW, keep=1)
        writing.cancel()
        written = await writing
    return {
        f"backup_s_{mebibytes}mib": copied[0] / 1000,
        "write_ms_p50_during_backup": percentile(written, 0.5),
        "write_ms_p99_during_backup": percentile(written, 0.99),
    }


async def _timed(rounds: int, act: Callable[[], Awaitable[object]]) -> list[float]:
    took: list[float] = []
    for _ in range(rounds):
        with timed(took.append):
            await act()
    return took


async def _status(archive: Archive, dice: Random) -> None:
    """Look at any job of this server, as its card and `/job show` do."""
    number = dice.choice((dice.randint(1, 3), dice.randint(1, archive.years.jobs)))
    with suppress(NotFound):
        job = await archive.control.job(number, Actor(user=BUSIEST, guild=GUILD))
        await archive.line.view(job.id)


async def _page(archive: Archive, dice: Random) -> None:
    before = dice.choice((None, dice.randint(1, archive.years.jobs)))
    wanted = JobFilter(guild=GUILD, **dice.choice(FILTERS))
    await archive.stores.jobs.page(wanted, before=before, limit=PAGE)


async def _commits(archive: Archive, rounds: int | None) -> list[float]:
    """Hand a waiting job over and take it back, again and again; None goes on until cancelled."""
    jobs = archive.stores.jobs
    job = await jobs.get(archive.years.jobs)
    took: list[float] = []
    with suppress(asyncio.CancelledError):
        while rounds is None or len(took) < rounds:
            state = JobState.SUBMITTED if job.state is JobState.QUEUED else JobState.QUEUED
            moved = job.to(state, at=NOW)
            with timed(took.append):
                await jobs.store(moved, was=job.state)
            job = moved
            await asyncio.sleep(PAUSE_S)
    return took


@asynccontextmanager
async def _an_archive(jobs: int) -> AsyncGenerator[Archive]:
    """Open a filled database as a bot does that has been stopped once before: SQLite knows its statistics."""
    with TemporaryDirectory(prefix="genga-bench-") as folder:
        path = Path(folder) / "genga.db"
        years = await fill(path, jobs=jobs)
        async with Database.open(path):
            pass
        async with Database.open(path) as database:
            yield _archive(path, years, SqliteStores.over(database))


def _archive(path: Path, years: Years, stores: SqliteStores) -> Archive:
    feed = Feed()
    lane, gate, clock = Lane(feed), Gate(feed), ManualClock()
    nobody: Any = None  # what acts is not asked: only reading is timed
    return Archive(
        path=path,
        years=years,
        stores=stores,
        line=Line(jobs=stores.jobs, projects=stores.projects, lane=lane, gate=gate, clock=clock),
        control=Control(
            jobs=stores.jobs,
            settings=stores.settings,
            renderer=nobody,
            lane=lane,
            gate=gate,
            feed=feed,
            clock=clock,
        ),
    )
