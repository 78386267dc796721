"""The composition root: settings in, parts wired, every task owned."""

import asyncio
import random
import secrets
import sqlite3
from collections.abc import AsyncGenerator, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import discord
import structlog
from filelock import FileLock, Timeout

from bot.chat.alerts import DiscordAlerts
from bot.chat.board import StatusBoard
from bot.chat.client import GengaClient
from bot.chat.desk import Desk
from bot.chat.faces import BatchFaces, JobFaces, Kind
from bot.chat.inviting import Inviting
from bot.chat.poster import DiscordPoster
from bot.chat.posts import Posts
from bot.chat.supervisor import serve
from bot.chat.touching import Touch
from bot.chat.wire import Wire
from bot.clock import SystemClock
from bot.comfy.client import ComfyClient
from bot.comfy.renderer import ComfyRenderer
from bot.comfy.timing import Timing
from bot.core.errors import Misconfigured
from bot.core.generation import Seed
from bot.core.queueing import Limits
from bot.imaging.budget import PixelBudget
from bot.imaging.darkroom import PillowDarkroom
from bot.imaging.pictures import MOST_IN_MEMORY, PillowPictures
from bot.settings import Settings
from bot.studio.alarm import Alarm
from bot.studio.albums import Album
from bot.studio.archive import Archive
from bot.studio.characters import Casting
from bot.studio.collect import Collector
from bot.studio.control import Control
from bot.studio.critic import Critic
from bot.studio.delivery import Courier
from bot.studio.dossiers import Travel
from bot.studio.drafting import Drafting
from bot.studio.endings import Endings
from bot.studio.exhibition import Exhibition
from bot.studio.exporting import Exporter
from bot.studio.feed import Feed
from bot.studio.finishing import Finisher
from bot.studio.foreman import Foreman
from bot.studio.gate import Gate
from bot.studio.incidents import Incidents
from bot.studio.janitor import Janitor
from bot.studio.keeper import Keeper
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
from bot.workflows.loader import load_workflows
from cogs import COGS
from storage.archives import FolderArchives
from storage.backups import FolderBackups
from storage.database import Database
from storage.dossiers import ZippedDossiers
from storage.files import PictureShelf
from storage.stores import SqliteStores

log = structlog.get_logger("genga")

MIB = 1024 * 1024
SEEDS = 2**32
"""Chosen seeds stay below this, so that people can type them back and other tools take them."""
PULSE_S = 5.0
HOME = Path(__file__).resolve().parent
DRAIN_S = 3.0
"""How long leaving may take: what is drawn is fetched and posted, the rest is taken up at the next start."""
LAST_WORDS_S = 1.0
"""How long the card of what is being drawn may take to say that we leave."""


class App:
    """The whole bot, wired. `run` owns its loops; what `open_app` opened outlives them."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        renderer: ComfyRenderer,
        pool: ThreadPoolExecutor,
        clock: SystemClock,
        wire: Wire,
        places: Mapping[str, str],
    ) -> None:
        self.settings = settings
        self._database = database
        self.stores = stores = SqliteStores.over(database)
        self.feed = Feed()
        self._clock = clock
        self._renderer = renderer
        self._client: GengaClient | None = None
        budget = PixelBudget(pool, pixels=MOST_IN_MEMORY)
        self.pictures = PillowPictures(pool, budget=budget)
        self.darkroom = PillowDarkroom(pool, budget=budget)
        self.shelf = PictureShelf(settings.data_dir, pool)
        self.gate = Gate(self.feed)
        self.lane = Lane(self.feed)
        self.poster = DiscordPoster(lambda: self._client)
        self.incidents = Incidents(journal=stores.journal, clock=clock, new_code=lambda: secrets.token_hex(3))
        self.workshop = self._make_workshop()
        self.line = Line(
            jobs=stores.jobs, projects=stores.projects, lane=self.lane, gate=self.gate, clock=clock
        )
        self.library = Library(
            projects=stores.projects,
            settings=stores.settings,
            workshop=self.workshop,
            poster=self.poster,
            clock=clock,
        )
        self.room = Room(shelf=self.shelf, gate=self.gate, min_free_bytes=settings.min_free_disk_mib * MIB)
        self.vigil = Vigil(
            renderer=renderer,
            workshop=self.workshop,
            gate=self.gate,
            clock=clock,
            room=self.room,
        )
        self.alarm = Alarm(
            alerts=DiscordAlerts(self.poster, stores.settings.admin_channels),
            gate=self.gate,
            feed=self.feed,
            clock=clock,
        )
        backups = FolderBackups(settings.database, settings.backups, keep=settings.backups_kept)
        self.janitor = Janitor(discards=stores.discards, shelf=self.shelf, feed=self.feed)
        self.keeper = Keeper(backups=backups, clock=clock, every_hours=settings.backup_every_hours)
        self.courier = self._make_courier()
        self.casting = Casting(
            characters=stores.characters,
            projects=stores.projects,
            artifacts=stores.artifacts,
            reviews=stores.reviews,
            styles=stores.styles,
            workshop=self.workshop,
            clock=clock,
        )
        self.drafting = Drafting(
            casting=self.casting,
            characters=stores.characters,
            styles=stores.styles,
            reviews=stores.reviews,
            shelf=self.shelf,
            workshop=self.workshop,
        )
        submit = self._make_submit()
        self.control = Control(
            jobs=stores.jobs,
            settings=stores.settings,
            renderer=renderer,
            lane=self.lane,
            gate=self.gate,
            feed=self.feed,
            clock=clock,
        )
        self.planner = Planner(
            plans=stores.plans, casting=self.casting, submit=submit, line=self.line, clock=clock
        )
        self.foreman = self._make_foreman()
        self.board = StatusBoard(
            feed=self.feed,
            faces={
                Kind.JOB: JobFaces(
                    view=self.line.view,
                    may_be_shown=self.library.may_be_shown,
                    jobs=stores.jobs,
                    clock=clock,
                ),
                Kind.BATCH: BatchFaces(view=self.foreman.view, batches=stores.batches, clock=clock),
            },
            poster=self.poster,
            pictures=self.pictures,
            incidents=self.incidents,
            clock=clock,
        )
        self.exporter = self._make_exporter(pool)
        self.exhibition = Exhibition(shelf=self.shelf, pictures=self.pictures, darkroom=self.darkroom)
        self.touch = Touch(lambda: self._client)
        self.posts = Posts(
            jobs=stores.jobs,
            projects=stores.projects,
            reviews=stores.reviews,
            touch=self.touch,
            incidents=self.incidents,
        )
        self.inviting = Inviting(
            settings=stores.settings, touch=self.touch, feed=self.feed, incidents=self.incidents
        )
        self.desk = Desk(
            submit=submit,
            control=self.control,
            planner=self.planner,
            foreman=self.foreman,
            library=self.library,
            styles=StyleBook(
                styles=stores.styles,
                characters=stores.characters,
                projects=stores.projects,
                workshop=self.workshop,
                clock=clock,
            ),
            exporter=self.exporter,
            casting=self.casting,
            portraits=Portraits(
                characters=stores.characters,
                projects=stores.projects,
                artifacts=stores.artifacts,
                jobs=stores.jobs,
                control=self.control,
                pictures=self.pictures,
                shelf=self.shelf,
                darkroom=self.darkroom,
                clock=clock,
            ),
            travel=Travel(
                casting=self.casting,
                characters=stores.characters,
                reviews=stores.reviews,
                dossiers=ZippedDossiers(pool),
                pictures=self.pictures,
                shelf=self.shelf,
                clock=clock,
            ),
            album=self._make_album(),
            janitor=self.janitor,
            critic=self._make_critic(),
            exhibition=self.exhibition,
            refining=self._make_refining(submit),
            kinship=Kinship(jobs=stores.jobs, library=self.library, shelf=self.shelf, darkroom=self.darkroom),
            touch=self.touch,
            posts=self.posts,
            line=self.line,
            workshop=self.workshop,
            reporter=Reporter(
                jobs=stores.jobs,
                renderer=renderer,
                shelf=self.shelf,
                workshop=self.workshop,
                gate=self.gate,
                backups=backups,
                journal=stores.journal,
                clock=clock,
            ),
            incidents=self.incidents,
            journal=stores.journal,
            jobs=stores.jobs,
            settings=stores.settings,
            board=self.board,
            poster=self.poster,
            clock=clock,
            version=_build(),
            places=places,
            wire=wire,
            guilds=frozenset(settings.discord_guild_ids),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then leave in order; raise Misconfigured if Discord refuses for good."""
        await self._tidying().tidy()
        await self.control.remember()
        await self.workshop.remember()
        await self.vigil.first_look()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(None) as leaving:
                    await self._work(stop, leaving)
        except* Misconfigured as refused:
            raise refused.exceptions[0] from None

    async def alive(self) -> bool:
        """Tell whether the loop runs and the database takes a transaction, in good time."""
        try:
            async with asyncio.timeout(PULSE_S):
                await self._database.write(lambda _: None)
        except (TimeoutError, sqlite3.Error):
            return False
        return True

    async def _work(self, stop: asyncio.Event, leaving: asyncio.Timeout) -> None:
        """Run every loop; leaving, fetch and post what is drawn, and begin nothing new."""
        async with asyncio.TaskGroup() as loops:
            chat = loops.create_task(self._chat(), name="discord")
            showing = [
                loops.create_task(self.board.run(), name="board"),
                loops.create_task(self.alarm.run(), name="alarm"),
                loops.create_task(self.posts.run(), name="posts"),
                loops.create_task(self.inviting.run(), name="inviting"),
                loops.create_task(self.foreman.run(), name="foreman"),
            ]
            courier = loops.create_task(self.courier.run(), name="courier")
            async with asyncio.TaskGroup() as errands:
                inward = [
                    errands.create_task(self._worker(errands).run(), name="worker"),
                    errands.create_task(self.vigil.run(), name="vigil"),
                    errands.create_task(self.keeper.run(), name="keeper"),
                    errands.create_task(self.exporter.tidy(), name="exports"),
                    errands.create_task(self.janitor.run(), name="janitor"),
                ]
                await stop.wait()
                leaving.reschedule(asyncio.get_running_loop().time() + DRAIN_S)
                self._take_no_more()
                for loop in inward:
                    loop.cancel()
            self.courier.leave()
            await courier
            for loop in showing:
                loop.cancel()
            await asyncio.wait(showing)
            await self._say_that_we_leave()
            chat.cancel()

    def _take_no_more(self) -> None:
        if self._client is not None:
            self._client.door.shut()

    async def _say_that_we_leave(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self.board.leave()

    async def _chat(self) -> None:
        await serve(
            self._new_client,
            self.settings.discord_token.get_secret_value(),
            monotonic=self._clock.monotonic,
        )

    def _new_client(self) -> discord.Client:
        client = GengaClient(self.desk, cogs=COGS)
        client.add_listener(self._entered, "on_connect")
        self._client = client
        return client

    async def _entered(self) -> None:
        self.courier.wake()
        self.foreman.wake()

    def _make_workshop(self) -> Workshop:
        loaded = load_workflows(self.settings.data_dir / "workflows")
        for finding in loaded.findings:
            log.warning("workflow.unusable", file=finding.file, reason=finding.reason, hint=finding.hint)
        return Workshop(loaded.workflows, self.stores.settings, default_model=self.settings.default_model)

    def _make_submit(self) -> Submit:
        return Submit(
            jobs=self.stores.jobs,
            projects=self.stores.projects,
            shelf=self.shelf,
            pictures=self.pictures,
            workshop=self.workshop,
            drafting=self.drafting,
            line=self.line,
            gate=self.gate,
            feed=self.feed,
            clock=self._clock,
            limits=Limits(per_user=self.settings.max_waiting_per_user, in_all=self.settings.max_waiting),
            new_seed=_new_seed,
        )

    def _make_exporter(self, pool: ThreadPoolExecutor) -> Exporter:
        return Exporter(
            artifacts=self.stores.artifacts,
            jobs=self.stores.jobs,
            characters=self.stores.characters,
            styles=self.stores.styles,
            archives=FolderArchives(self.settings.data_dir, pool),
            darkroom=self.darkroom,
            shelf=self.shelf,
            clock=self._clock,
            min_free_bytes=self.settings.min_free_disk_mib * MIB,
        )

    def _make_foreman(self) -> Foreman:
        return Foreman(
            batches=self.stores.batches,
            planner=self.planner,
            jobs=self.stores.jobs,
            control=self.control,
            finisher=Finisher(
                batches=self.stores.batches, shelf=self.shelf, darkroom=self.darkroom, poster=self.poster
            ),
            line=self.line,
            gate=self.gate,
            feed=self.feed,
            incidents=self.incidents,
            clock=self._clock,
        )

    def _make_courier(self) -> Courier:
        return Courier(
            jobs=self.stores.jobs,
            outbox=self.stores.outbox,
            projects=self.stores.projects,
            settings=self.stores.settings,
            shelf=self.shelf,
            pictures=self.pictures,
            mounting=self._make_mounting(),
            poster=self.poster,
            incidents=self.incidents,
            feed=self.feed,
            clock=self._clock,
        )

    def _make_refining(self, submit: Submit) -> Refining:
        stores = self.stores
        return Refining(
            jobs=stores.jobs,
            artifacts=stores.artifacts,
            projects=stores.projects,
            pins=stores.pins,
            control=self.control,
            submit=submit,
            workshop=self.workshop,
            restoring=Restoring(
                jobs=stores.jobs,
                shelf=self.shelf,
                pictures=self.pictures,
                darkroom=self.darkroom,
                posts=self.touch,
            ),
            clock=self._clock,
        )

    def _make_mounting(self) -> Mounting:
        jobs = self.stores.jobs
        return Mounting(
            jobs=jobs,
            artifacts=self.stores.artifacts,
            shelf=self.shelf,
            darkroom=self.darkroom,
            reproduction=Reproduction(jobs=jobs, shelf=self.shelf, darkroom=self.darkroom),
            incidents=self.incidents,
        )

    def _make_critic(self) -> Critic:
        return Critic(
            artifacts=self.stores.artifacts,
            jobs=self.stores.jobs,
            reviews=self.stores.reviews,
            characters=self.stores.characters,
            projects=self.stores.projects,
            settings=self.stores.settings,
            clock=self._clock,
        )

    def _make_album(self) -> Album:
        return Album(
            jobs=self.stores.jobs,
            projects=self.stores.projects,
            artifacts=self.stores.artifacts,
            library=self.library,
            control=self.control,
            exhibition=self.exhibition,
            darkroom=self.darkroom,
            shelf=self.shelf,
        )

    def _tidying(self) -> Tidying:
        return Tidying(
            jobs=self.stores.jobs,
            archive=self._make_archive(),
            discards=self.stores.discards,
            shelf=self.shelf,
        )

    def _make_archive(self) -> Archive:
        return Archive(
            projects=self.stores.projects,
            artifacts=self.stores.artifacts,
            darkroom=self.darkroom,
            shelf=self.shelf,
            incidents=self.incidents,
        )

    def _worker(self, errands: asyncio.TaskGroup) -> Worker:
        collector = Collector(
            jobs=self.stores.jobs,
            renderer=self._renderer,
            workflows=self.workshop.workflows,
            darkroom=self.darkroom,
            archive=self._make_archive(),
            tidying=self._tidying(),
            resemblance=Resemblance(
                jobs=self.stores.jobs,
                characters=self.stores.characters,
                artifacts=self.stores.artifacts,
                darkroom=self.darkroom,
                shelf=self.shelf,
                incidents=self.incidents,
            ),
            feed=self.feed,
            clock=self._clock,
            collected=self.courier.take,
        )
        endings = Endings(
            jobs=self.stores.jobs,
            collector=collector,
            renderer=self._renderer,
            workshop=self.workshop,
            gate=self.gate,
            feed=self.feed,
            clock=self._clock,
            new_seed=_new_seed,
        )
        return Worker(
            jobs=self.stores.jobs,
            line=self.line,
            lane=self.lane,
            gate=self.gate,
            renderer=self._renderer,
            collector=collector,
            endings=endings,
            recovery=Recovery(
                jobs=self.stores.jobs,
                renderer=self._renderer,
                collector=collector,
                endings=endings,
                gate=self.gate,
                clock=self._clock,
            ),
            silence=Silence(renderer=self._renderer, line=self.line, alarm=self.alarm, clock=self._clock),
            room=self.room,
            workshop=self.workshop,
            drafting=self.drafting,
            shelf=self.shelf,
            incidents=self.incidents,
            feed=self.feed,
            clock=self._clock,
            tasks=errands,
        )


def _new_seed() -> Seed:
    return Seed(random.SystemRandom().randrange(SEEDS))


def _build() -> str:
    """Return the version and, run from a git checkout, the commit that it was at when we started."""
    commit = commit_of(HOME.parent / ".git")
    return f"{version('genga')} ({commit[:9]})" if commit else version("genga")


def commit_of(git: Path) -> str:
    """Read which commit is checked out without running git; nothing where that cannot be read."""
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        return (git / head.removeprefix("ref: ")).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


@asynccontextmanager
async def open_app(settings: Settings, *, wire: Wire | None = None) -> AsyncGenerator[App]:
    """Open everything that needs closing and wire the bot; raise Misconfigured for what cannot be opened."""
    clock = SystemClock()
    reach = wire or Wire(
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        proxy=settings.discord_proxy,
    )
    reach.point_discord_there()
    async with AsyncExitStack() as stack:
        stack.enter_context(alone_in(settings.data_dir))
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures"))
        database = await stack.enter_async_context(Database.open(settings.database))
        client = await stack.enter_async_context(ComfyClient(settings.comfyui_url, Timing()))
        renderer = await stack.enter_async_context(ComfyRenderer(client, clock))
        yield App(
            settings,
            database=database,
            renderer=renderer,
            pool=pool,
            clock=clock,
            wire=reach,
            places={"Genga": str(HOME), "ComfyUI": client.address},
        )


@contextmanager
def alone_in(data: Path) -> Generator[None]:
    """Hold the data folder's lock: a second process on it would do everything twice."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        with FileLock(data / "genga.lock", timeout=0):
            yield
    except Timeout:
        raise Misconfigured(
            f"Another Genga is running on {data}.",
            hint="Stop it first, or give this one another DATA_DIR.",
        ) from None
