"""The stage of the kill loop: both servers live on here while the bot beside them dies and comes back."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Change, Rules, SandboxDiscord
from tests.chaos.cradle import Cradle, Life, a_cradle
from tests.chaos.crowd import Crowd
from tests.chaos.moments import AT_COMFYUI, AT_DISCORD
from tests.chaos.plan import Blow
from tests.chaos.verdict import Verdict, is_settled, verdict

PATIENCE_S = 1.5
"""A moment that has not come within this is not waited for: the blow falls anyway."""
SETTLING_S = 120.0
LEAVING_S = 10.0


@dataclass(slots=True, kw_only=True)
class Stage:
    discord: SandboxDiscord
    comfy: SandboxComfyUI
    cradle: Cradle
    crowd: Crowd
    data: Path
    log: Path
    kills: int = 0

    async def suffer(self, plan: Sequence[Blow]) -> None:
        """Have the bot killed as planned, life after life, while people go on asking."""
        asking = asyncio.create_task(self.crowd.live())
        try:
            for blow in plan:
                await self._one_life(blow)
        finally:
            asking.cancel()
            await asyncio.wait({asking})

    async def _one_life(self, blow: Blow) -> None:
        life = await self.cradle.bear()
        async with asyncio.TaskGroup() as beside:
            if blow.comfyui_down_s is not None:
                beside.create_task(self.comfy.restart(down_s=blow.comfyui_down_s))
            await self._strike(life, blow)
            code = await life.ended
        if code != -9:
            raise AssertionError(f"the bot ended by itself with {code}:\n{self.last_words()}")
        self.kills += 1

    async def _strike(self, life: Life, blow: Blow) -> None:
        """Wait for the moment and kill; at Discord that is before the answer leaves."""
        come = asyncio.Event()

        def hear(change: Change) -> None:
            if not come.is_set() and AT_DISCORD[blow.moment](change):
                come.set()
                if not blow.delay_s:
                    life.kill()

        try:
            async with asyncio.timeout(PATIENCE_S):
                if blow.moment in AT_DISCORD:
                    unlisten = self.discord.world.listen(hear)
                    try:
                        await come.wait()
                    finally:
                        unlisten()
                elif blow.moment in AT_COMFYUI:
                    since, has_come = time.monotonic(), AT_COMFYUI[blow.moment]
                    await self.comfy.wait_for(lambda: has_come(self.comfy, since), timeout=PATIENCE_S)
        except TimeoutError:
            pass
        await asyncio.sleep(blow.delay_s)
        life.kill()

    async def settle(self) -> None:
        """Leave the bot alone until nothing is left to do, then ask it to leave."""
        life = await self.cradle.bear()
        try:
            async with asyncio.timeout(SETTLING_S):
                while not is_settled(self.data):
                    if life.is_over:
                        raise AssertionError(f"the bot ended by itself:\n{self.last_words()}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pass
        life.ask_to_leave()
        async with asyncio.timeout(LEAVING_S):
            code = await asyncio.shield(life.ended)
        if code:
            raise AssertionError(f"leaving, the bot ended with {code}:\n{self.last_words()}")

    def judge(self) -> Verdict:
        return verdict(self.discord, self.comfy, self.data, self.crowd.seen, self.crowd.told_cancelled())

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


@asynccontextmanager
async def a_stage(folder: Path, seed: int) -> AsyncGenerator[Stage]:
    rules = Rules(resume_window_s=0.2, log_limit=2000).without_rate_limits()
    pace = Pace(load_s=0.02, step_s=0.01)
    data, log = folder / "data", folder / "bot.log"
    async with SandboxDiscord(rules=rules) as discord, SandboxComfyUI(pace=pace, previews=False) as comfy:
        async with a_cradle(_environment(discord, comfy, data), log=log) as cradle:
            crowd = Crowd(discord, Random(f"crowd {seed}"), pause_s=0.05)
            stage = Stage(discord=discord, comfy=comfy, cradle=cradle, crowd=crowd, data=data, log=log)
            await _furnish(stage)
            yield stage


async def _furnish(stage: Stage) -> None:
    """Give the server a gallery, so that pictures land in a thread."""
    life = await stage.cradle.bear()
    await stage.discord.synced(timeout=30)
    place = stage.discord.world.channel("gallery")
    director = stage.discord.person("director")
    asked = await director.slash(
        "settings gallery", channel=stage.discord.world.channel("general"), options={"channel": place}
    )
    await asked.answered()
    life.kill()
    await life.ended


def _environment(discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path) -> dict[str, str]:
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
