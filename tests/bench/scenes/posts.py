"""From ComfyUI's last word to the picture in its thread, with previews and Discord's rate limits on."""

import time

from bot.sandbox.comfyui import Pace
from tests.bench.figures import Figures, percentile
from tests.bench.stage import a_stage, pictures_in

LARGE = {"size": "1024x1024", "steps": 12}


async def posts(jobs: int) -> Figures:
    async with a_stage(Pace(step_s=0.12)) as stage:
        await (await stage.say(stage.director, "/settings gallery channel:gallery")).answered()
        delays: list[float] = []
        with stage.discord.subscribe() as changes:
            for number in range(jobs):
                await (await stage.generate(**LARGE)).answered()
                async for change in changes:
                    if pictures_in(change):
                        break
                ended = stage.comfy.prompts[number].ended or 0.0
                delays.append((time.monotonic() - ended) * 1000)
        refused = stage.too_many
    return {
        "finish_to_post_ms_p50": percentile(delays, 0.5),
        "finish_to_post_ms_p95": percentile(delays, 0.95),
        "http_429_posting": float(refused),
    }
