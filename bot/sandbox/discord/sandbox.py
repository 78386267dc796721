"""A Discord to start and stop: server, world, people and faults in one place."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from bot.sandbox.discord.archivist import Archivist
from bot.sandbox.discord.cdn import Cdn
from bot.sandbox.discord.changes import Change
from bot.sandbox.discord.compose import Composer, Ping
from bot.sandbox.discord.desk import Desk
from bot.sandbox.discord.dispatches import Dispatcher
from bot.sandbox.discord.faults import Faults
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.invocation import Invocation, parse_invocation
from bot.sandbox.discord.model import Attachment, Guild
from bot.sandbox.discord.payloads import Payloads
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.ratelimit import RateLimiter
from bot.sandbox.discord.record import Exchange
from bot.sandbox.discord.rest.messages import Nonces
from bot.sandbox.discord.rules import Rules
from bot.sandbox.discord.server import BASE, Hub, build_app
from bot.sandbox.discord.world import Subscription, World
from bot.sandbox.patience import PATIENCE_S

TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but this sandbox
T = TypeVar("T")


class SandboxDiscord:
    """A Discord on 127.0.0.1: `async with SandboxDiscord() as discord`."""

    def __init__(self, *, rules: Rules | None = None, world: World | None = None, port: int = 0) -> None:
        self.rules = rules or Rules()
        self.world = world or World.sandbox()
        self.faults = Faults()
        self.token = TOKEN
        self.violations: list[str] = []
        self.host = ""
        self._port = port
        self._people: dict[int, Person] = {}
        self._hub = self._furnished()
        self._archivist = Archivist(self.world, self.rules)
        self._runner: web.AppRunner | None = None

    def _furnished(self) -> Hub:
        cdn = Cdn(self.rules)
        payloads = Payloads(self.world, cdn, self.rules)
        composer = Composer(cdn, self.world.snowflakes)
        dispatcher = Dispatcher(self.world, payloads, self.rules)
        return Hub(
            world=self.world,
            rules=self.rules,
            faults=self.faults,
            cdn=cdn,
            payloads=payloads,
            dispatcher=dispatcher,
            composer=composer,
            desk=Desk(self.world, composer, self.rules),
            gateway=Gateway(self.world, dispatcher, self.rules, self.faults, self.token),
            limiter=RateLimiter(self.rules, self.violations),
            token=self.token,
            nonces=Nonces(self.rules.nonce_memory_s),
            violations=self.violations,
        )

    # ── addresses

    @property
    def api_url(self) -> str:
        return f"http://{self.host}{BASE}"

    @property
    def gateway_url(self) -> str:
        return f"ws://{self.host}/gateway"

    @property
    def cdn_url(self) -> str:
        return f"http://{self.host}/cdn"

    # ── what tests and the page read

    @property
    def gateway(self) -> Gateway:
        return self._hub.gateway

    @property
    def log(self) -> list[Exchange]:
        return self._hub.log

    @property
    def pings(self) -> list[Ping]:
        return self._hub.composer.pings

    def link(self, attachment: Attachment) -> str:
        """Sign a fresh address of a file."""
        return self._hub.cdn.link(attachment)

    def person(self, name: str) -> Person:
        user = self.world.user(name)
        return self._people.setdefault(user.id, Person(self._hub, user))

    def parse_command(self, text: str, guild: Guild | None = None) -> Invocation:
        """Raise `NotPossible` with what would be possible instead."""
        return parse_invocation(self.world.commands, guild or self.world.guild, text)

    def subscribe(self) -> Subscription:
        """All changes of the world from now on."""
        return self.world.subscribe()

    async def wait_for(self, predicate: "Callable[[World], T | None]", *, timeout: float = PATIENCE_S) -> T:  # noqa: ASYNC109 - the callers wait, with their own patience
        """Return the predicate's first truthy value, asked now and after every change and request."""
        changed = asyncio.Event()

        def wake(_: Change) -> None:
            changed.set()

        unlisten = self.world.listen(wake)
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate(self.world)):
                    changed.clear()
                    await changed.wait()
                return found
        finally:
            unlisten()

    async def connected(self, *, timeout: float = PATIENCE_S) -> None:  # noqa: ASYNC109 - the callers wait, with their own patience
        """Return once a bot has a live gateway session."""
        await self.wait_for(lambda _: self.gateway.connected, timeout=timeout)

    async def synced(self, *, timeout: float = PATIENCE_S) -> None:  # noqa: ASYNC109 - the callers wait, with their own patience
        """Return once commands were synced and a bot is there to hear of them."""
        await self.wait_for(
            lambda world: self.gateway.connected and world.commands.visible_in(world.guild.id),
            timeout=timeout,
        )

    # ── life

    async def __aenter__(self) -> Self:
        self.faults.when_dropped(self.gateway.drop)
        self._runner = web.AppRunner(build_app(self._hub), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.host = f"{host}:{port}"
        self.gateway.url, self._hub.cdn.base_url = self.gateway_url, self.cdn_url
        self._archivist.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archivist.close()
        self._hub.desk.close()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
