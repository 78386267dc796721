"""The composition root: settings in, parts wired, every task owned."""

import asyncio
import gc
import random
import secrets
import sqlite3
from collections.abc import AsyncGenerator, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
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
from bot.imaging.typefaces import typefaces_of
from bot.ports.all import Ports
from bot.settings import Settings
from bot.studio.foundation import Rules
from bot.studio.parts import Studio
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
        self.stores = SqliteStores.over(database)
        self._database = database
        self._clock = clock
        self._client: GengaClient | None = None
        self.poster = DiscordPoster(lambda: self._client)
        self.touch = Touch(lambda: self._client)
        self.ports = self._connect(renderer, pool)
        self.studio = Studio(self.ports, self._rules())
        self.board = self._make_board()
        self.posts = Posts(
            jobs=self.stores.jobs,
            projects=self.stores.projects,
            reviews=self.stores.reviews,
            touch=self.touch,
            incidents=self.studio.incidents,
        )
        self.inviting = Inviting(
            settings=self.stores.settings,
            touch=self.touch,
            feed=self.studio.feed,
            incidents=self.studio.incidents,
        )
        self.desk = Desk(
            self.studio,
            touch=self.touch,
            posts=self.posts,
            poster=self.poster,
            board=self.board,
            version=_build(),
            places=places,
            wire=wire,
            guilds=frozenset(settings.discord_guild_ids),
        )

    def _connect(self, renderer: ComfyRenderer, pool: ThreadPoolExecutor) -> Ports:
        settings, budget = self.settings, PixelBudget(pool, pixels=MOST_IN_MEMORY)
        return Ports(
            stores=self.stores,
            renderer=renderer,
            pictures=PillowPictures(pool, budget=budget),
            darkroom=PillowDarkroom(
                pool, budget=budget, typefaces=partial(typefaces_of, settings.sheet_font)
            ),
            shelf=PictureShelf(settings.data_dir, pool),
            archives=FolderArchives(settings.data_dir, pool),
            dossiers=ZippedDossiers(pool),
            backups=FolderBackups(settings.database, settings.backups, keep=settings.backups_kept),
            poster=self.poster,
            posts=self.touch,
            alerts=DiscordAlerts(self.poster, self.stores.settings.admin_channels),
            clock=self._clock,
            new_seed=_new_seed,
            new_code=lambda: secrets.token_hex(3),
        )

    def _rules(self) -> Rules:
        settings = self.settings
        loaded = load_workflows(settings.data_dir / "workflows")
        for finding in loaded.findings:
            log.warning("workflow.unusable", file=finding.file, reason=finding.reason, hint=finding.hint)
        return Rules(
            workflows=loaded.workflows,
            default_model=settings.default_model,
            limits=Limits(per_user=settings.max_waiting_per_user, in_all=settings.max_waiting),
            min_free_bytes=settings.min_free_disk_mib * MIB,
            backup_every_hours=settings.backup_every_hours,
        )

    def _make_board(self) -> StatusBoard:
        studio = self.studio
        jobs = JobFaces(
            view=studio.line.view,
            may_be_shown=studio.library.may_be_shown,
            jobs=self.stores.jobs,
            clock=self._clock,
        )
        batches = BatchFaces(view=studio.foreman.view, batches=self.stores.batches, clock=self._clock)
        return StatusBoard(
            feed=studio.feed,
            faces={Kind.JOB: jobs, Kind.BATCH: batches},
            poster=self.poster,
            pictures=self.ports.pictures,
            incidents=studio.incidents,
            clock=self._clock,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then leave in order; raise Misconfigured if Discord refuses for good."""
        await self.studio.tidying.tidy()
        await self.studio.control.remember()
        await self.studio.workshop.remember()
        await self.studio.vigil.first_look()
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
                loops.create_task(self.studio.alarm.run(), name="alarm"),
                loops.create_task(self.posts.run(), name="posts"),
                loops.create_task(self.inviting.run(), name="inviting"),
                loops.create_task(self.studio.foreman.run(), name="foreman"),
            ]
            courier = loops.create_task(self.studio.courier.run(), name="courier")
            async with asyncio.TaskGroup() as errands:
                inward = [
                    errands.create_task(self.studio.worker_with(errands).run(), name="worker"),
                    errands.create_task(self.studio.vigil.run(), name="vigil"),
                    errands.create_task(self.studio.keeper.run(), name="keeper"),
                    errands.create_task(self.studio.exporter.tidy(), name="exports"),
                    errands.create_task(self.studio.janitor.run(), name="janitor"),
                ]
                await stop.wait()
                leaving.reschedule(asyncio.get_running_loop().time() + DRAIN_S)
                self._take_no_more()
                for loop in inward:
                    loop.cancel()
            self.studio.courier.leave()
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
        self.studio.courier.wake()
        self.studio.foreman.wake()


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


def settle_in() -> None:
    """Leave what is imported and built by now out of all garbage collections: it lives as long as we do.

    Looking through it took 65 ms each time, in which nobody was answered. Once per process is enough.
    """
    gc.collect()
    gc.freeze()


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
