"""How long after its start a killed bot shows people anything new, with a long line of jobs waiting."""

import asyncio
import time

from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import MessageUpdated
from tests.bench.figures import Figures
from tests.bench.stage import a_stage

AT_ONCE = 50


async def recovery(waiting: int) -> Figures:
    """Kill the bot while one job is drawn, and start it: the first edit of any card is what counts."""
    async with a_stage(Pace(step_s=2.0)) as stage:
        for asked in range(0, waiting + 1, AT_ONCE):
            some = min(AT_ONCE, waiting + 1 - asked)
            crowd = [await stage.generate(size="64x64", steps=150) for _ in range(some)]
            await asyncio.gather(*(one.answered(timeout=300) for one in crowd))
        began = await stage.killed_and_started()
        with stage.discord.subscribe() as changes:
            async with asyncio.timeout(120):
                async for change in changes:
                    if isinstance(change, MessageUpdated):
                        break
        recovered = time.monotonic() - began
    return {f"recovery_s_{waiting}_waiting": recovered}
