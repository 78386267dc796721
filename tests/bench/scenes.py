"""The measurements: each sets a stage, acts on it, and returns figures; times are milliseconds."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from statistics import median

import aiohttp

from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import Interaction, Message
from tests.bench.stage import Stage, a_stage, pictures_in

Figures = dict[str, float]

SMALL = {"size": "64x64", "steps": 4}
LARGE = {"size": "1024x1024", "steps": 12}


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of all are not above."""
    ranked = sorted(values)
    return ranked[min(round(share * (len(ranked) - 1)), len(ranked) - 1)]


# ── the floor: plain round trips, which no bot can undercut


async def floor(rounds: int) -> Figures:
    async with a_stage(Pace()) as stage, aiohttp.ClientSession() as session:
        http = [await _http_round(session, f"{stage.comfy.url}/prompt") for _ in range(rounds)]
        async with session.ws_connect(f"{stage.comfy.url}/ws?clientId=bench", autoping=False) as socket:
            websocket = [await _ws_round(socket) for _ in range(rounds)]
    return {
        "floor_http_ms_p50": median(http),
        "floor_ws_ms_p50": median(websocket),
        "ready_s": stage.ready_s,
        "rss_mib": stage.told["rss_mib"],
    }


async def _http_round(session: aiohttp.ClientSession, url: str) -> float:
    began = time.monotonic()
    async with session.get(url) as response:
        await response.read()
    return (time.monotonic() - began) * 1000


async def _ws_round(socket: aiohttp.ClientWebSocketResponse) -> float:
    began = time.monotonic()
    await socket.ping()
    while (await socket.receive()).type is not aiohttp.WSMsgType.PONG:
        pass
    return (time.monotonic() - began) * 1000


# ── from the command to its acknowledgement


async def acknowledgements(idle: int, burst: int) -> Figures:
    async with a_stage(Pace()) as stage:
        await (await stage.say(stage.director, "/queue pause")).answered()
        calm = [await _acknowledged(await stage.generate(**SMALL)) for _ in range(idle)]
        crowd = [await stage.generate(**SMALL) for _ in range(burst)]
        rushed = await asyncio.gather(*(_acknowledged(one) for one in crowd))
        await asyncio.gather(*(one.answered(timeout=120) for one in crowd))
    return {
        "ack_ms_p50_idle": median(calm),
        "ack_ms_p99_idle": percentile(calm, 0.99),
        f"ack_ms_p50_burst{burst}": median(rushed),
        f"ack_ms_p99_burst{burst}": percentile(rushed, 0.99),
        "loop_lag_ms_p99_burst": percentile(stage.told["lags"], 0.99) * 1000,
    }


async def _acknowledged(interaction: Interaction) -> float:
    await interaction.acked(timeout=60)
    return ((interaction.acked_at or time.monotonic()) - interaction.opened_at) * 1000


# ── how long the GPU stands idle between two queued jobs


async def gaps(jobs: int) -> Figures:
    pace = Pace(step_s=0.01)
    async with a_stage(pace) as stage:
        await (await stage.say(stage.director, "/queue pause")).answered()
        for _ in range(jobs):
            await (await stage.generate(**SMALL)).answered()
        await (await stage.say(stage.director, "/queue resume")).answered()
        await stage.drawn(jobs)
        ours = stage.comfy.idle_gaps[: jobs - 1]
        await _queue_directly(stage, jobs)
        await stage.drawn(jobs * 2)
        comfys = stage.comfy.idle_gaps[jobs:]
    return {
        "gpu_gap_ms_p50": median(ours) * 1000,
        "gpu_gap_ms_p95": percentile(ours, 0.95) * 1000,
        "comfyui_own_gap_ms_p50": median(comfys) * 1000,
    }


async def _queue_directly(stage: Stage, jobs: int) -> None:
    """Give ComfyUI the same drawings at once, with other seeds, for its own queue to order."""
    graphs = [prompt.graph for prompt in stage.comfy.prompts[:jobs]]
    async with aiohttp.ClientSession() as session:
        for number, graph in enumerate(graphs):
            await session.post(
                f"{stage.comfy.url}/prompt", json={"prompt": _reseeded(graph, 10_000 + number)}
            )


def _reseeded(graph: dict[str, dict[str, object]], seed: int) -> dict[str, dict[str, object]]:
    return {
        node_id: {**node, "inputs": {**node["inputs"], "seed": seed}}  # type: ignore[dict-item]
        if node["class_type"] == "KSampler"
        else node
        for node_id, node in graph.items()
    }


# ── from ComfyUI's last word to the picture in the thread


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
        "finish_to_post_ms_p50": median(delays),
        "finish_to_post_ms_p95": percentile(delays, 0.95),
        "http_429_posting": float(refused),
    }


# ── how old what a card shows is, with many live jobs in one channel


async def staleness(jobs: int, seconds: float) -> Figures:
    pace = Pace(step_s=0.25)
    async with a_stage(pace) as stage:
        asked = [await stage.generate(size="512x512", steps=20) for _ in range(jobs)]
        cards = [await one.answered() for one in asked]
        watch = Watch(stage=stage, cards=cards, step_s=pace.step_s)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            watch.look()
            await asyncio.sleep(0.05)
        refused = stage.too_many
    return {
        "progress_staleness_ms_p50": median(watch.ages) * 1000,
        "progress_staleness_ms_p99": percentile(watch.ages, 0.99) * 1000,
        "http_429": float(refused),
        "loop_lag_ms_p99": percentile(stage.told["lags"], 0.99) * 1000,
        "loop_lag_ms_max": max(stage.told["lags"]) * 1000,
        "rss_mib_working": stage.told["rss_mib"],
    }


@dataclass(slots=True, kw_only=True)
class Watch:
    """Compares the step that the drawn job's card shows with the step that ComfyUI is at."""

    stage: Stage
    cards: list[Message]
    step_s: float
    ages: list[float] = field(default_factory=list)

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
