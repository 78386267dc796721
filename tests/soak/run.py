"""Thousands of jobs through the whole bot, whose process is looked at in between and must stay as it was."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Person, Rules, SandboxDiscord
from tests.bench.bot import BotProcess, Told
from tests.bench.bot_process import TRACE
from tests.bench.stage import pictures_in

IN_FLIGHT = 16
PEOPLE = ("artist", "director", "colourist", "animator")
CHANNELS = 40
"""So many that each card gets its last edit in time: a channel takes about one edit a second."""
PATIENCE_S = 120.0
LULL_S = 3.0
"""Cards are edited and tasks end for a moment after the last picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The bot's process when so many jobs were delivered and nothing was going on."""

    jobs: int
    seconds: float
    told: Told


@dataclass(slots=True, kw_only=True)
class Soak:
    discord: SandboxDiscord
    comfy: SandboxComfyUI
    bot: BotProcess
    asked: int = 0
    posted: int = 0
    began: float = field(default_factory=time.monotonic)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    _calm: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, change: object) -> None:
        if pictures_in(change) is None:
            return
        self.posted += 1
        self._room.release()
        if self.posted == self.asked:
            self._calm.set()

    async def draw(self, jobs: int) -> Look:
        """Have so many more jobs drawn, then look."""
        for _ in range(jobs):
            async with asyncio.timeout(PATIENCE_S):
                await self._room.acquire()
            await self._ask()
        async with asyncio.timeout(PATIENCE_S):
            await self._calm.wait()
        await asyncio.sleep(LULL_S)
        return Look(jobs=self.posted, seconds=time.monotonic() - self.began, told=await self.bot.tell())

    async def _ask(self) -> None:
        """Ask for a drawing; every now and then somebody looks around as well."""
        self.asked += 1
        self._calm.clear()
        who = self.discord.person(PEOPLE[self.asked % len(PEOPLE)])
        channel = self.discord.world.channel(f"scene-{self.asked % CHANNELS}")
        prompt = f"a heron under paper lanterns, {self.asked}"
        await who.slash("generate", channel=channel, prompt=prompt, size="64x64", steps=1)
        if self.asked % 10 == 0:
            await self._look_around(who)

    async def _look_around(self, who: Person) -> None:
        general = self.discord.world.channel("general")
        for command in ("/queue show", "/job list", f"/job show job:{max(self.asked - 50, 1)}"):
            await (await who.slash(command, channel=general)).answered()


async def soak(
    jobs: int, looks: int, *, warm_up: int, trace: bool = False, tell: Callable[[Look], None] = lambda _: None
) -> list[Look]:
    """Return what was seen after the warm-up and then at equal distances."""
    async with _a_soak(trace=trace) as run:
        seen: list[Look] = []
        for share in (warm_up, *([(jobs - warm_up) // looks] * looks)):
            seen.append(await run.draw(share))
            tell(seen[-1])
        return seen


@asynccontextmanager
async def _a_soak(*, trace: bool) -> AsyncGenerator[Soak]:
    rules = Rules(log_limit=1000).without_hurry().without_rate_limits()
    with TemporaryDirectory(prefix="genga-soak-") as data:
        async with (
            SandboxDiscord(rules=rules) as discord,
            SandboxComfyUI(pace=Pace(), previews=False) as comfy,
        ):
            for name in PEOPLE[2:]:
                discord.world.add_person(name)
            for number in range(CHANNELS):
                discord.world.add_channel(discord.world.guild, f"scene-{number}")
            bot = await BotProcess.start(discord, comfy, Path(data), *([TRACE] if trace else []))
            try:
                await bot.ready(discord)
                run = Soak(discord=discord, comfy=comfy, bot=bot)
                discord.world.listen(run.hear)
                yield run
                await bot.leave()
            finally:
                await bot.kill()
