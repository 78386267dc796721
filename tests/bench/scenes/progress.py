"""How old what a card shows is, with many live jobs in one channel."""

import asyncio
import re
import time
from dataclasses import dataclass, field

from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import Message
from tests.bench.figures import Figures, lag_ms, percentile
from tests.bench.stage import Stage, a_stage


async def staleness(jobs: int, seconds: float) -> Figures:
    pace = Pace(step_s=0.25)
    async with a_stage(pace) as stage:
        cards = [await (await stage.generate(size="512x512", steps=20)).answered() for _ in range(jobs)]
        await stage.bot.tell()
        watch = Watch(stage=stage, cards=cards, step_s=pace.step_s)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            watch.look()
            await asyncio.sleep(0.05)
        refused = stage.too_many
        told = await stage.bot.tell()
    return {
        "progress_staleness_ms_p50": percentile(watch.ages, 0.5) * 1000,
        "progress_staleness_ms_p99": percentile(watch.ages, 0.99) * 1000,
        "http_429": float(refused),
        "loop_lag_ms_p99": lag_ms(told.lags, 0.99),
        "loop_lag_ms_max": max(told.lags) * 1000,
        "rss_mib_working": told.rss_mib,
    }


@dataclass(slots=True, kw_only=True)
class Watch:
    """Compares the step that the drawn job's card shows with the step that ComfyUI is at.

    One person's jobs are drawn in the order in which they were taken: card and prompt have the same number.
    """

    stage: Stage
    cards: list[Message]
    step_s: float
    ages: list[float] = field(default_factory=list[float])

    def look(self) -> None:
        """Note how long ago the first step that is not shown yet was taken; 0 if all are shown."""
        running = [
            (number, p) for number, p in enumerate(self.stage.comfy.prompts) if p.started and not p.ended
        ]
        for number, prompt in running:
            elapsed = time.monotonic() - (prompt.started or 0.0)
            taken = int(elapsed / self.step_s)
            shown = shown_step(self.cards[number])
            unseen_since = elapsed - (shown + 1) * self.step_s
            self.ages.append(max(unseen_since, 0.0) if taken > shown else 0.0)


def shown_step(card: Message) -> int:
    """Return k of `sampling k/n` as the card shows it, 0 if it shows none yet."""
    found = re.search(r"sampling (\d+)/\d+", card.text)
    return int(found[1]) if found else 0
