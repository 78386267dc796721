"""A batch of many drawings: how long until it waits, what it takes, and who is drawn next meanwhile."""

import json
import time

from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import Message
from tests.bench.figures import Figures, lag_ms
from tests.bench.stage import Stage, a_stage

SINGLES = 5
PATIENCE_S = 120
SMALL = {"size": "64x64", "steps": 4}


async def batch(drawings: int) -> Figures:
    """Start a batch, then ask for single drawings for somebody else while it is drawn."""
    async with a_stage(Pace(step_s=0.05)) as stage:
        await stage.bot.tell()
        before = (await stage.bot.tell()).rss_mib
        planned, plan = await _planned(stage, drawings)
        began = time.monotonic()
        await (await stage.artist.click(plan, "Start")).answered(timeout=PATIENCE_S)
        started = (time.monotonic() - began) * 1000
        told = await stage.bot.tell()
        places = [await _before_a_single(stage, number) for number in range(SINGLES)]
    return {
        f"batch_plan_ms_{drawings}": planned,
        f"batch_start_ms_{drawings}": started,
        f"batch_rss_growth_mib_{drawings}": told.rss_mib - before,
        f"batch_loop_lag_ms_p99_{drawings}": lag_ms(told.lags, 0.99),
        "batch_drawings_before_a_single": max(places),
    }


async def _planned(stage: Stage, drawings: int) -> tuple[float, Message]:
    """Return how long the plan took, in milliseconds, and the message that shows it."""
    content = "\n".join(f"a heron under paper lanterns, rain, number {number}" for number in range(drawings))
    asked = await stage.artist.slash(
        "/batch prompts",
        channel=stage.discord.world.channel("general"),
        attachments={"file": ("herons.txt", content.encode())},
        options={"size": "64x64"},
    )
    plan = await asked.answered(timeout=PATIENCE_S)
    return (time.monotonic() - asked.opened_at) * 1000, plan


async def _before_a_single(stage: Stage, number: int) -> float:
    """Ask for somebody else's drawing; return how many of the batch begin between that and its turn."""
    words = f"a fox, number {number}"
    asked = await stage.director.slash(
        "generate", channel=stage.discord.world.channel("general"), prompt=words, **SMALL
    )
    await asked.answered(timeout=PATIENCE_S)
    known = len(stage.comfy.prompts)
    place = await stage.comfy.wait_for(lambda: _place_of(stage, words), timeout=PATIENCE_S)
    return max(place - known - 1, 0)


def _place_of(stage: Stage, words: str) -> int | None:
    """Return which prompt it was that draws these words, the first being 1."""
    places = enumerate(stage.comfy.prompts, start=1)
    return next((place for place, prompt in places if words in json.dumps(prompt.graph)), None)
