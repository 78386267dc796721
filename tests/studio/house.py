"""A whole studio over fakes: what a use case's test needs around it."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from bot.core.generation import Seed
from bot.core.job import Job, JobState
from bot.ports.all import Ports
from bot.ports.pictures import Picture
from bot.studio import parts
from bot.studio.control import Actor
from bot.studio.feed import JobChanged, News
from bot.studio.foreman import Foreman
from bot.studio.foundation import Rules
from bot.studio.worker import Worker
from tests.builders import (
    GUILD,
    USER,
    a_catalogue,
    a_new_job,
    a_request,
    a_workflow,
    an_img2img_workflow,
    an_origin,
    some_limits,
)
from tests.fakes import (
    FakeAlerts,
    FakeBackups,
    FakeDarkroom,
    FakePictures,
    FakePoster,
    FakeRenderer,
    FakeShelf,
    FakeStores,
    ManualClock,
)
from tests.fakes.archives import FakeArchives
from tests.fakes.dossiers import FakeDossiers

MIN_FREE = 1024**3
AIKO = Actor(user=USER, guild=GUILD)
BOSS = Actor(user=USER + 1, guild=GUILD, manages=True)


class Studio(parts.Studio):
    """Every part over fakes; `news` is all that was published, `collected` what was drawn."""

    worker: Worker

    def __init__(self, stores: FakeStores | None = None) -> None:
        self.stores = stores or FakeStores()
        self.jobs = self.stores.jobs
        self.clock = ManualClock()
        self.renderer = FakeRenderer()
        self.pictures = FakePictures()
        self.darkroom = FakeDarkroom(self.pictures)
        self.shelf = FakeShelf()
        self.poster = FakePoster()
        self.alerts = FakeAlerts()
        self.archives = FakeArchives(self.shelf.files)
        self.dossiers = FakeDossiers()
        self.backups = FakeBackups()
        self.workflows = {"txt2img": a_workflow(), "img2img": an_img2img_workflow()}
        codes, seeds = count(1), count(100)
        ports = Ports(
            stores=self.stores,
            renderer=self.renderer,
            pictures=self.pictures,
            darkroom=self.darkroom,
            shelf=self.shelf,
            archives=self.archives,
            dossiers=self.dossiers,
            backups=self.backups,
            poster=self.poster,
            posts=self.poster,
            alerts=self.alerts,
            clock=self.clock,
            new_seed=lambda: Seed(next(seeds)),
            new_code=lambda: f"code-{next(codes)}",
        )
        rules = Rules(
            workflows=self.workflows,
            default_model=None,
            limits=some_limits(),
            min_free_bytes=MIN_FREE,
            backup_every_hours=24,
        )
        super().__init__(ports, rules)
        self.workshop.catalogue = a_catalogue()
        self.news: list[News] = []
        self.collected: list[tuple[Job, list[Picture]]] = []

    def hand_over(self, job: Job, pictures: list[Picture]) -> None:
        self.collected.append((job, pictures))

    def a_foreman(self) -> Foreman:
        """Return a foreman who knows no more than what is stored, as after a restart."""
        vars(self).pop("foreman", None)
        return self.foreman

    async def ask(self, *, user: int = USER, channel: int | None = None, **request: Any) -> Job:
        origin = an_origin(user=user) if channel is None else an_origin(user=user, channel=channel)
        return (await self.submit(a_request(**request), origin)).job

    async def stored(self, *states: JobState, **new: Any) -> Job:
        """Store a job and take it through these states, as an earlier life of the bot left it."""
        job, _ = await self.jobs.add(a_new_job(**new))
        for state in states:
            moved = job.to(state, at=self.clock.now())
            await self.jobs.store(moved, was=job.state)
            job = moved
        return job

    async def state(self, job: Job) -> JobState:
        return (await self.jobs.get(job.id)).state

    async def states(self, job: Job) -> list[JobState]:
        """Return all the states that a job was ever in."""
        return [event.state for event in await self.jobs.events(job.id)]

    async def until(self, job: Job, *states: JobState) -> Job:
        with self.feed.listen() as news:
            while (now := await self.jobs.get(job.id)).state not in states:
                await anext(aiter(news))
        return now

    def told(self, state: JobState) -> list[int]:
        """Name the jobs of which it was published that they entered a state."""
        return [item.job.id for item in self.news if isinstance(item, JobChanged) and item.job.state is state]


@asynccontextmanager
async def a_studio() -> AsyncGenerator[Studio]:
    """Open a studio; at the end its errands are awaited, and no drawing may be left in the lane."""
    async with asyncio.TaskGroup() as tasks:
        studio = Studio()
        studio.worker = studio.worker_with(tasks)
        with studio.feed.telling(studio.news.append):
            yield studio
    assert studio.lane.drawing is None


@asynccontextmanager
async def running(loop: Coroutine[Any, Any, None]) -> AsyncGenerator[asyncio.Task[None]]:
    """Run a loop beside the test and end it afterwards."""
    task = asyncio.create_task(loop)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def settled() -> None:
    """Let everything that can go on without time or outside go on until it stands still."""
    for _ in range(50):
        await asyncio.sleep(0)
