"""A whole studio over fakes: what a use case's test needs around it."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from bot.core.generation import Seed
from bot.core.job import Job, JobState
from bot.ports.pictures import Picture
from bot.studio.alarm import Alarm
from bot.studio.archive import Archive
from bot.studio.characters import Casting
from bot.studio.collect import Collector
from bot.studio.control import Actor, Control
from bot.studio.delivery import Courier
from bot.studio.dossiers import Travel
from bot.studio.drafting import Drafting
from bot.studio.endings import Endings
from bot.studio.exporting import Exporter
from bot.studio.feed import Feed, JobChanged, News
from bot.studio.finishing import Finisher
from bot.studio.foreman import Foreman
from bot.studio.gate import Gate
from bot.studio.incidents import Incidents
from bot.studio.kinship import Kinship
from bot.studio.lane import Lane
from bot.studio.library import Library
from bot.studio.line import Line
from bot.studio.mounting import Mounting
from bot.studio.planner import Planner
from bot.studio.portraits import Portraits
from bot.studio.recovery import Recovery
from bot.studio.refining import Refining
from bot.studio.report import Reporter
from bot.studio.reproduction import Reproduction
from bot.studio.resemblance import Resemblance
from bot.studio.restoring import Restoring
from bot.studio.room import Room
from bot.studio.stall import Silence
from bot.studio.styles import StyleBook
from bot.studio.submit import Submit
from bot.studio.tidying import Tidying
from bot.studio.vigil import Vigil
from bot.studio.worker import Worker
from bot.studio.workshop import Workshop
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


class Studio:
    """Every part, wired as the bot wires them; `news` is all that was published."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.clock = ManualClock()
        self.stores = FakeStores()
        self.jobs = self.stores.jobs
        self.renderer = FakeRenderer()
        self.pictures = FakePictures()
        self.shelf = FakeShelf()
        self.poster = FakePoster()
        self.feed = Feed()
        self.gate = Gate(self.feed)
        self.lane = Lane(self.feed)
        self.workflows = {"txt2img": a_workflow(), "img2img": an_img2img_workflow()}
        self.workshop = Workshop(self.workflows, self.stores.settings)
        self.workshop.catalogue = a_catalogue()
        self.codes = (f"code-{number}" for number in count(1))
        self.incidents = Incidents(
            journal=self.stores.journal, clock=self.clock, new_code=lambda: next(self.codes)
        )
        self.line = Line(
            jobs=self.jobs, projects=self.stores.projects, lane=self.lane, gate=self.gate, clock=self.clock
        )
        self.seeds = count(100)
        self.casting = Casting(
            characters=self.stores.characters,
            projects=self.stores.projects,
            artifacts=self.stores.artifacts,
            reviews=self.stores.reviews,
            styles=self.stores.styles,
            workshop=self.workshop,
            clock=self.clock,
        )
        self.drafting = Drafting(
            casting=self.casting,
            characters=self.stores.characters,
            styles=self.stores.styles,
            reviews=self.stores.reviews,
            shelf=self.shelf,
            workshop=self.workshop,
        )
        self.submit = Submit(
            jobs=self.jobs,
            projects=self.stores.projects,
            shelf=self.shelf,
            pictures=self.pictures,
            workshop=self.workshop,
            drafting=self.drafting,
            line=self.line,
            gate=self.gate,
            feed=self.feed,
            clock=self.clock,
            limits=some_limits(),
            new_seed=lambda: Seed(next(self.seeds)),
        )
        self.darkroom = FakeDarkroom(self.pictures)
        self.mounting = Mounting(
            jobs=self.jobs,
            artifacts=self.stores.artifacts,
            shelf=self.shelf,
            darkroom=self.darkroom,
            reproduction=Reproduction(jobs=self.jobs, shelf=self.shelf, darkroom=self.darkroom),
            incidents=self.incidents,
        )
        self.courier = Courier(
            jobs=self.jobs,
            outbox=self.stores.outbox,
            projects=self.stores.projects,
            settings=self.stores.settings,
            shelf=self.shelf,
            pictures=self.pictures,
            mounting=self.mounting,
            poster=self.poster,
            incidents=self.incidents,
            feed=self.feed,
            clock=self.clock,
        )
        self.collected: list[tuple[Job, list[Picture]]] = []
        self.archive = Archive(
            projects=self.stores.projects,
            artifacts=self.stores.artifacts,
            darkroom=self.darkroom,
            shelf=self.shelf,
            incidents=self.incidents,
        )
        self.tidying = Tidying(
            jobs=self.jobs, archive=self.archive, discards=self.stores.discards, shelf=self.shelf
        )
        self.collector = Collector(
            jobs=self.jobs,
            renderer=self.renderer,
            workflows=self.workflows,
            darkroom=self.darkroom,
            archive=self.archive,
            tidying=self.tidying,
            resemblance=Resemblance(
                jobs=self.jobs,
                characters=self.stores.characters,
                artifacts=self.stores.artifacts,
                darkroom=self.darkroom,
                shelf=self.shelf,
                incidents=self.incidents,
            ),
            feed=self.feed,
            clock=self.clock,
            collected=lambda job, pictures: self.collected.append((job, pictures)),
        )
        self.endings = Endings(
            jobs=self.jobs,
            collector=self.collector,
            renderer=self.renderer,
            workshop=self.workshop,
            gate=self.gate,
            feed=self.feed,
            clock=self.clock,
            new_seed=lambda: Seed(next(self.seeds)),
        )
        self.recovery = Recovery(
            jobs=self.jobs,
            renderer=self.renderer,
            collector=self.collector,
            endings=self.endings,
            gate=self.gate,
            clock=self.clock,
        )
        self.alerts = FakeAlerts()
        self.alarm = Alarm(alerts=self.alerts, gate=self.gate, feed=self.feed, clock=self.clock)
        self.room = Room(shelf=self.shelf, gate=self.gate, min_free_bytes=MIN_FREE)
        self.worker = Worker(
            jobs=self.jobs,
            line=self.line,
            lane=self.lane,
            gate=self.gate,
            renderer=self.renderer,
            collector=self.collector,
            endings=self.endings,
            recovery=self.recovery,
            silence=Silence(renderer=self.renderer, line=self.line, alarm=self.alarm, clock=self.clock),
            room=self.room,
            workshop=self.workshop,
            drafting=self.drafting,
            shelf=self.shelf,
            incidents=self.incidents,
            feed=self.feed,
            clock=self.clock,
            tasks=tasks,
        )
        self.control = Control(
            jobs=self.jobs,
            settings=self.stores.settings,
            renderer=self.renderer,
            lane=self.lane,
            gate=self.gate,
            feed=self.feed,
            clock=self.clock,
        )
        self.restoring = Restoring(
            jobs=self.jobs,
            shelf=self.shelf,
            pictures=self.pictures,
            darkroom=self.darkroom,
            posts=self.poster,
        )
        self.refining = Refining(
            jobs=self.jobs,
            artifacts=self.stores.artifacts,
            projects=self.stores.projects,
            pins=self.stores.pins,
            control=self.control,
            submit=self.submit,
            workshop=self.workshop,
            restoring=self.restoring,
            clock=self.clock,
        )
        self.planner = Planner(
            plans=self.stores.plans,
            casting=self.casting,
            submit=self.submit,
            line=self.line,
            clock=self.clock,
        )
        self.foreman = self.a_foreman()
        self.library = Library(
            projects=self.stores.projects,
            settings=self.stores.settings,
            workshop=self.workshop,
            poster=self.poster,
            clock=self.clock,
        )
        self.kinship = Kinship(jobs=self.jobs, library=self.library, shelf=self.shelf, darkroom=self.darkroom)
        self.styles = StyleBook(
            styles=self.stores.styles,
            characters=self.stores.characters,
            projects=self.stores.projects,
            workshop=self.workshop,
            clock=self.clock,
        )
        self.archives = FakeArchives(self.shelf.files)
        self.exporter = Exporter(
            artifacts=self.stores.artifacts,
            jobs=self.jobs,
            characters=self.stores.characters,
            styles=self.stores.styles,
            archives=self.archives,
            darkroom=FakeDarkroom(),
            shelf=self.shelf,
            clock=self.clock,
            min_free_bytes=MIN_FREE,
        )
        self.vigil = Vigil(
            renderer=self.renderer,
            workshop=self.workshop,
            gate=self.gate,
            clock=self.clock,
            room=self.room,
        )
        self.backups = FakeBackups()
        self.portraits = Portraits(
            characters=self.stores.characters,
            projects=self.stores.projects,
            artifacts=self.stores.artifacts,
            jobs=self.jobs,
            control=self.control,
            pictures=self.pictures,
            shelf=self.shelf,
            darkroom=self.darkroom,
            clock=self.clock,
        )
        self.dossiers = FakeDossiers()
        self.travel = Travel(
            casting=self.casting,
            characters=self.stores.characters,
            reviews=self.stores.reviews,
            dossiers=self.dossiers,
            pictures=self.pictures,
            shelf=self.shelf,
            clock=self.clock,
        )
        self.reporter = Reporter(
            jobs=self.jobs,
            renderer=self.renderer,
            shelf=self.shelf,
            workshop=self.workshop,
            gate=self.gate,
            backups=self.backups,
            journal=self.stores.journal,
            clock=self.clock,
        )
        self.news: list[News] = []

    def a_foreman(self) -> Foreman:
        """Return a foreman who knows no more than what is stored, as after a restart."""
        return Foreman(
            batches=self.stores.batches,
            planner=self.planner,
            jobs=self.jobs,
            control=self.control,
            finisher=Finisher(
                batches=self.stores.batches, shelf=self.shelf, darkroom=self.darkroom, poster=self.poster
            ),
            line=self.line,
            gate=self.gate,
            feed=self.feed,
            incidents=self.incidents,
            clock=self.clock,
        )

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
        studio = Studio(tasks)
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
