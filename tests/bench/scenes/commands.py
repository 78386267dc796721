"""From a command to its acknowledgement, and from a keystroke to its choices."""

import asyncio
import time

from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import Interaction
from tests.bench.figures import Figures, lag_ms, percentile, spread, timed
from tests.bench.stage import Stage, a_stage

SMALL = {"size": "64x64", "steps": 4}
BURSTS = 3


async def acknowledgements(idle: int, burst: int, crowd: int) -> Figures:
    rushed: list[float] = []
    async with a_stage(Pace()) as stage:
        await (await stage.say(stage.director, "/queue pause")).answered()
        await stage.bot.tell()
        calm = [await _acknowledged(await stage.generate(**SMALL)) for _ in range(idle)]
        typed = await _typed(stage, idle)
        await _cleared(stage)
        idled = await stage.bot.tell()
        for _ in range(BURSTS):
            rushed += await _all_at_once(stage, burst)
        told = await stage.bot.tell()
        crowded = await _all_at_once(stage, crowd)
    return {
        "ack_ms_p50_idle": percentile(calm, 0.5),
        "ack_ms_p99_idle": percentile(calm, 0.99),
        f"ack_ms_p50_burst{burst}": percentile(rushed, 0.5),
        f"ack_ms_p99_burst{burst}": percentile(rushed, 0.99),
        f"ack_ms_max_burst{crowd}": max(crowded),
        "loop_lag_ms_p99_idle": lag_ms(idled.lags, 0.99),
        "loop_lag_ms_p99_burst": lag_ms(told.lags, 0.99),
        **spread("autocomplete_ms", typed),
    }


async def _all_at_once(stage: Stage, people: int) -> list[float]:
    asked = [await stage.generate(**SMALL) for _ in range(people)]
    took = await asyncio.gather(*(_acknowledged(one) for one in asked))
    await asyncio.gather(*(one.answered(timeout=120) for one in asked))
    await _cleared(stage)
    return took


async def _acknowledged(interaction: Interaction) -> float:
    await interaction.acked(timeout=60)
    return ((interaction.acked_at or time.monotonic()) - interaction.opened_at) * 1000


async def _typed(stage: Stage, rounds: int) -> list[float]:
    """Type into an option that ComfyUI answers for, and into one that the database does."""
    took: list[float] = []
    general = stage.discord.world.channel("general")
    for _ in range(rounds):
        with timed(took.append):
            await stage.artist.autocomplete("/generate", "model", "il", channel=general)
        with timed(took.append):
            await stage.artist.autocomplete("/job show", "job", "heron", channel=general)
    return took


async def _cleared(stage: Stage) -> None:
    await (await stage.say(stage.artist, "/queue clear")).answered(timeout=120)
