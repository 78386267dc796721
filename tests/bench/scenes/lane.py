"""How long the GPU stands idle between two queued jobs, beside ComfyUI's own queue in the same run."""

from typing import Any

import aiohttp

from bot.sandbox.comfyui import Pace
from tests.bench.figures import Figures, percentile
from tests.bench.scenes.commands import SMALL
from tests.bench.stage import Stage, a_stage


async def gaps(jobs: int) -> Figures:
    async with a_stage(Pace(step_s=0.01)) as stage:
        await (await stage.say(stage.director, "/queue pause")).answered()
        for _ in range(jobs):
            await (await stage.generate(**SMALL)).answered()
        await (await stage.say(stage.director, "/queue resume")).answered()
        await stage.drawn(jobs)
        ours = [gap * 1000 for gap in stage.comfy.idle_gaps[: jobs - 1]]
        await _queue_directly(stage, jobs)
        await stage.drawn(jobs * 2)
        comfys = [gap * 1000 for gap in stage.comfy.idle_gaps[jobs:]]
    return {
        "gpu_gap_ms_p50": percentile(ours, 0.5),
        "gpu_gap_ms_p95": percentile(ours, 0.95),
        "comfyui_own_gap_ms_p50": percentile(comfys, 0.5),
    }


async def _queue_directly(stage: Stage, jobs: int) -> None:
    """Give ComfyUI the same drawings at once, with other seeds, for its own queue to order."""
    graphs = [prompt.graph for prompt in stage.comfy.prompts[:jobs]]
    async with aiohttp.ClientSession() as session:
        for number, graph in enumerate(graphs):
            again = _reseeded(graph, 10_000 + number)
            async with session.post(f"{stage.comfy.url}/prompt", json={"prompt": again}) as response:
                response.raise_for_status()


def _reseeded(graph: dict[str, Any], seed: int) -> dict[str, Any]:
    return {node_id: _with_seed(node, seed) for node_id, node in graph.items()}


def _with_seed(node: dict[str, Any], seed: int) -> dict[str, Any]:
    if node["class_type"] != "KSampler":
        return node
    return {**node, "inputs": {**node["inputs"], "seed": seed}}
