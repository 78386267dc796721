"""What an older ComfyUI cannot do, the sandbox of that version cannot either."""

from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.sandbox.comfyui import Pace, SandboxComfyUI
from tests.sandbox.comfyui.graphs import blank_image, text_to_image
from tests.sandbox.comfyui.person import Person


@asynccontextmanager
async def someone_at(version: str, **options):
    async with SandboxComfyUI(version=version, **options) as comfy, aiohttp.ClientSession() as http:
        yield Person(comfy, http)


async def test_before_0_3_45_there_are_no_flags_no_progress_state_and_no_ids_of_ones_own():
    async with someone_at("0.3.40") as person, person.ear("me", flags=False) as ear:
        assert await person.status("GET", "/features") == 404
        await ear.socket.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
        prompt_id = await person.submit(blank_image(), client_id="me", prompt_id="mine")
        assert prompt_id != "mine"
        events = {event for event, _ in await ear.end_of(prompt_id)}
        assert not events & {"feature_flags", "progress_state"}


async def test_before_0_3_57_an_interrupt_hits_whatever_runs():
    async with someone_at("0.3.56", pace=Pace(step_s=0.02)) as person:
        await person.submit(text_to_image(steps=50))
        await person.comfy.wait_for(lambda: person.comfy.prompts[-1].started)
        await person.post("/interrupt", {"prompt_id": "another"})
        await person.comfy.wait_for(lambda: person.comfy.prompts[-1].ended)
        assert person.comfy.prompts[-1].outcome == "interrupted"


async def test_before_0_25_any_text_is_a_prompt_id():
    async with someone_at("0.24.0") as person:
        assert await person.submit(blank_image(), prompt_id=7) == "7"


async def test_between_0_19_and_0_28_a_cached_prompt_without_client_id_has_no_outputs():
    for version, remembered in (("0.18.0", True), ("0.20.0", False), ("0.28.0", True)):
        async with someone_at(version) as person:
            await person.run(blank_image())
            assert bool((await person.run(blank_image()))["outputs"]) is remembered


@pytest.mark.parametrize(
    ("version", "method", "path", "status"),
    [
        ("0.5.0", "GET", "/api/jobs", 404),
        ("0.6.0", "GET", "/api/jobs", 200),
        ("0.25.0", "POST", "/api/jobs/x/cancel", 405),
        ("0.26.0", "POST", "/api/jobs/x/cancel", 200),
        ("0.3.45", "GET", "/features", 200),
    ],
)
async def test_routes_appear_with_their_version(version, method, path, status):
    async with someone_at(version) as person:
        assert await person.status(method, path) == status


async def test_before_0_12_a_missing_node_is_an_invalid_prompt():
    async with someone_at("0.11.0") as person:
        _, answer = await person.post("/prompt", {"prompt": {"1": {"class_type": "Nope", "inputs": {}}}})
        assert answer["error"]["type"] == "invalid_prompt"
