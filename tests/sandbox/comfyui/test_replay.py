"""The sandbox answers recorded traffic as the real ComfyUI did: same statuses, same messages in the same order, same shapes."""

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.comfyui import Models, Pace, SandboxComfyUI
from tests.sandbox.comfyui.graphs import text_to_image
from tests.sandbox.comfyui.person import Person
from tests.sandbox.comfyui.replay import Replay, recorded

MODELS = Models(checkpoints=("random_sd15.safetensors",), loras=(), upscalers=(), embeddings=())
UNHURRIED = Pace(step_s=0.1)
"""Slow enough for a request to arrive between two steps."""


def before(**changes: object) -> dict[str, object]:
    """What had run on the recorded server just before: the loader and the prompts are in its cache."""
    graph = text_to_image(checkpoint="random_sd15.safetensors", seed=0, steps=1)
    for node_id, inputs in changes.items():
        graph[node_id.removeprefix("node_")]["inputs"] |= inputs
    return graph


def shown(name: str) -> dict[str, object]:
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": name}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }


async def replayed(name, *graphs, version="0.33.0", statuses=True) -> int:
    async with (
        SandboxComfyUI(version=version, models=MODELS) as comfy,
        aiohttp.ClientSession() as http,
    ):
        (comfy.folders.input / "corrupt.png").write_bytes(b"no picture")
        Image.new("RGB", (16, 16)).save(comfy.folders.input / "other.png")
        for graph in graphs:
            await Person(comfy, http).run(graph, client_id="client-A")
        comfy.pace = UNHURRIED
        replay = Replay(comfy, http, statuses=statuses)
        await replay.play(name)
        return replay.compared


@pytest.mark.parametrize(
    "name", ["without_flags", "flags_too_late", "cached", "batch_of_four", "two_clients", "sid_of_the_server"]
)
async def test_a_run_is_told_as_recorded(name):
    assert await replayed(name, before()) > 20


async def test_two_prompts_in_a_row_and_all_their_answers_are_as_recorded():
    assert await replayed("text_to_image", before(), statuses=False) > 60


async def test_refusals_are_worded_as_recorded():
    assert await replayed("refusals") > 60


async def test_run_time_errors_are_told_as_recorded():
    assert await replayed("run_time_errors") > 25


async def test_interrupts_and_cancels_act_as_recorded():
    larger = before(node_5={"batch_size": 4})
    assert await replayed("interrupts", larger) > 150


async def test_pending_prompts_vanish_as_recorded():
    assert await replayed("queue_delete_clear", before()) > 50


async def test_information_is_shaped_as_recorded():
    seven_runs = [shown("example.png"), shown("other.png")] * 3 + [shown("example.png")]
    assert await replayed("information", *seven_runs) > 20


async def test_the_older_server_differs_as_recorded():
    assert await replayed("old_version", version="0.3.64") > 100


def test_the_recordings_name_no_machine():
    assert not [row for row in recorded("run_time_errors") if "traceback" in str(row) and "File " in str(row)]
