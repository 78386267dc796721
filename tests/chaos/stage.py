"""The stage of the kill loop: both servers live on here while the bot beside them dies and comes back."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Change, Rules, SandboxDiscord
from tests.chaos.cradle import Cradle, Life, a_cradle
from tests.chaos.crowd import Crowd
from tests.chaos.keepers import Keepers
from tests.chaos.moments import AT_COMFYUI, AT_DISCORD
from tests.chaos.plan import PATIENCE_S, Blow, Moment
from tests.chaos.verdict import Verdict, is_settled, stale_cards, verdict

SETTLING_S = 120.0
CARDS_S = 10.0
"""So long the cards may take to show what has long become of the jobs."""
LEAVING_S = 10.0


@dataclass(slots=True, kw_only=True)
class Stage:
    discord: SandboxDiscord
    comfy: SandboxComfyUI
    cradle: Cradle
    crowd: Crowd
    keepers: Keepers
    data: Path
    log: Path
    kills: int = 0
    deaths: list[float] = field(default_factory=list[float])
    """When ComfyUI was killed, in monotonic seconds."""
    came: Counter[Moment] = field(default_factory=Counter[Moment])
    """How often a moment was met, and the blow did not just fall because nothing happened."""

    async def suffer(self, plan: Iterable[Blow]) -> None:
        """Have the bot killed as planned, life after life, while people go on asking."""
        people = [asyncio.create_task(life) for life in (self.crowd.live(), self.keepers.live())]
        try:
            for blow in plan:
                await self._one_life(blow)
        finally:
            for somebody in people:
                somebody.cancel()
            ended = await asyncio.gather(*people, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    async def _one_life(self, blow: Blow) -> None:
        life = await self.cradle.bear()
        async with asyncio.TaskGroup() as beside:
            if blow.comfyui_down_s is not None:
                beside.create_task(self._kill_comfyui(blow.comfyui_down_s))
            await self._strike(life, blow)
            code = await life.ended
        if code != -9:
            raise AssertionError(f"the bot ended by itself with {code}:\n{self.last_words()}")
        self.kills += 1

    async def _kill_comfyui(self, down_s: float) -> None:
        self.deaths.append(time.monotonic())
        await self.comfy.restart(down_s=down_s)

    async def _strike(self, life: Life, blow: Blow) -> None:
        """Wait for the moment and kill; at Discord that is before the answer leaves."""
        come = asyncio.Event()

        def hear(change: Change) -> None:
            if not come.is_set() and AT_DISCORD[blow.moment](change):
                come.set()
                if not blow.delay_s:
                    life.kill()

        try:
            await self._moment(blow.moment, come, hear)
            self.came[blow.moment] += 1
        except TimeoutError:
            pass
        await asyncio.sleep(blow.delay_s)
        life.kill()

    async def _moment(self, moment: Moment, come: asyncio.Event, hear: Callable[[Change], None]) -> None:
        if moment in AT_DISCORD:
            unlisten = self.discord.world.listen(hear)
            try:
                async with asyncio.timeout(PATIENCE_S[moment]):
                    await come.wait()
            finally:
                unlisten()
        elif moment in AT_COMFYUI:
            since, has_come = time.monotonic(), AT_COMFYUI[moment]
            await self.comfy.wait_for(lambda: has_come(self.comfy, since), timeout=PATIENCE_S[moment])

    async def settle(self, patience_s: float = SETTLING_S) -> None:
        """Leave the bot alone until nothing is left to do, then ask it to leave."""
        known = self.discord.gateway.identifies
        life = await self.cradle.bear()
        try:
            async with asyncio.timeout(patience_s):
                await self.discord.wait_for(
                    lambda _: self.discord.gateway.identifies > known, timeout=patience_s
                )
                await self.discord.synced(timeout=patience_s)
                await self.keepers.let_go_on()
                while not is_settled(self.data):
                    if life.is_over:
                        raise AssertionError(f"the bot ended by itself:\n{self.last_words()}")
                    await asyncio.sleep(0.1)
            await self.discord.wait_for(lambda _: not stale_cards(self.discord), timeout=CARDS_S)
        except TimeoutError:
            pass
        life.ask_to_leave()
        async with asyncio.timeout(LEAVING_S):
            code = await asyncio.shield(life.ended)
        if code:
            raise AssertionError(f"leaving, the bot ended with {code}:\n{self.last_words()}")

    def judge(self) -> Verdict:
        return verdict(
            self.discord,
            self.comfy,
            self.data,
            seen=self.crowd.seen,
            told=self.crowd.told_cancelled(),
            deaths=self.deaths,
        )

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


@asynccontextmanager
async def a_stage(folder: Path, seed: int, **more: str) -> AsyncGenerator[Stage]:
    """Set everything up; `more` goes into the environment of every life."""
    rules = Rules(resume_window_s=0.2, log_limit=2000, identify_budget=10**9).without_rate_limits()
    pace = Pace(load_s=0.02, step_s=0.01)
    data, log = folder / "data", folder / "bot.log"
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(SandboxDiscord(rules=rules))
        comfy = await stack.enter_async_context(SandboxComfyUI(pace=pace, previews=False))
        told = {**environment(discord, comfy, data), **more}
        cradle = await stack.enter_async_context(a_cradle(told, log=log))
        stage = Stage(
            discord=discord,
            comfy=comfy,
            cradle=cradle,
            crowd=Crowd(discord, Random(f"crowd {seed}"), pause_s=0.05),
            keepers=Keepers(discord, Random(f"keepers {seed}"), pause_s=0.05),
            data=data,
            log=log,
        )
        await _furnish(stage)
        yield stage


async def _furnish(stage: Stage) -> None:
    """Give the server a gallery, so that pictures land in a thread."""
    life = await stage.cradle.bear()
    await stage.discord.synced()
    place = stage.discord.world.channel("gallery")
    director = stage.discord.person("director")
    asked = await director.slash(
        "settings gallery", channel=stage.discord.world.channel("general"), options={"channel": place}
    )
    await asked.answered()
    life.kill()
    await life.ended


def environment(discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path) -> dict[str, str]:
    """Return what the bot is told to find both servers."""
    return {
        **os.environ,
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "COMFYUI_URL": comfy.url,
        "DATA_DIR": str(data),
        "MAX_WAITING": "200",
        "MAX_WAITING_PER_USER": "200",
        "MIN_FREE_DISK_MIB": "0",
        "LOG_LEVEL": "WARNING",
    }
