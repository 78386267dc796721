"""The sandbox as its users hold it: start, restart, what it says about itself, what it remembers."""

import asyncio
import io

import aiohttp
import pytest

from bot.sandbox.comfyui import Models, Pace, SandboxComfyUI
from tests.sandbox.comfyui.graphs import SD15, SDXL, blank_image, text_to_image
from tests.sandbox.comfyui.person import Person


async def test_a_restart_forgets_the_queue_the_history_and_the_numbers_and_keeps_the_files(comfy, person):
    entry = await person.run(blank_image())
    comfy.pace = Pace(step_s=60)
    running, pending = await person.submit(text_to_image()), await person.submit(blank_image(color=2))
    await comfy.wait_for(lambda: comfy.prompts[1].started)
    before = comfy.url
    await comfy.restart()
    assert comfy.url == before
    assert await person.get("/queue") == {"queue_running": [], "queue_pending": []}
    assert await person.get("/history") == {}
    assert [await person.get(f"/history/{prompt_id}") for prompt_id in (running, pending)] == [{}, {}]
    assert [prompt.outcome for prompt in comfy.prompts] == ["success", "lost", "lost"]
    await person.view(entry["outputs"]["2"]["images"][0])
    assert (await person.post("/prompt", {"prompt": blank_image(color=3)}))[1]["number"] == 0


async def test_a_restart_ends_websockets_without_a_close_frame_and_refuses_meanwhile(comfy, person):
    async with person.ear("me") as ear:
        restart = asyncio.create_task(comfy.restart(down_s=0.15))
        assert await ear.next() is None
        assert ear.socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
        with pytest.raises(aiohttp.ClientConnectorError):
            await person.get("/queue")
        await restart
    assert (await person.get("/prompt"))["exec_info"]["queue_remaining"] == 0


async def test_a_restart_cuts_a_request_in_the_middle(comfy, person):
    comfy.faults.delay("/queue", 60)
    asking = asyncio.create_task(person.get("/queue"))
    await asyncio.sleep(0.02)
    await comfy.restart()
    with pytest.raises(aiohttp.ClientError):
        await asking


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind(comfy):
    port = int(comfy.url.rpartition(":")[2])
    taken = SandboxComfyUI(port=port)
    with pytest.raises(OSError, match="in use"):
        await taken.__aenter__()
    assert not taken.folders.input.exists()


async def test_every_route_exists_with_api_in_front_too(person):
    for path in ("/queue", "/history", "/prompt", "/system_stats", "/object_info", "/models", "/features"):
        assert await person.get(path) == await person.get(f"/api{path}")


async def test_a_page_of_another_site_is_turned_away(comfy, person):
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert await person.status("GET", "/queue", headers=headers) == 403
    for headers in ({"Origin": comfy.url}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
        assert await person.status("GET", "/queue", headers=headers) == 200


async def test_it_says_that_it_is_simulated(person):
    stats = await person.get("/system_stats")
    assert stats["system"]["comfyui_version"] == "0.33.0"
    assert "simulated" in stats["devices"][0]["name"]


async def test_model_files_tell_their_family_as_real_ones_do(person):
    checkpoints = await person.get("/models/checkpoints")
    assert checkpoints == [SD15, SDXL]
    families = [
        (await person.get(f"/view_metadata/{folder}?filename={name}"))["modelspec.architecture"]
        for folder, name in (
            ("checkpoints", SDXL),
            ("checkpoints", SD15),
            ("loras", "ink_lines_sdxl.safetensors"),
            ("loras", "watercolor_sd15.safetensors"),
        )
    ]
    assert families == [
        "stable-diffusion-xl-v1-base",
        "stable-diffusion-v1",
        "stable-diffusion-xl-v1-base/lora",
        "stable-diffusion-v1/lora",
    ]
    assert await person.status("GET", "/view_metadata/checkpoints?filename=nope.safetensors") == 404
    assert await person.get("/embeddings") == ["easynegative"]


async def test_other_models_can_be_put_in():
    models = Models(checkpoints=("mine.safetensors",))
    async with SandboxComfyUI(models=models) as comfy, aiohttp.ClientSession() as http:
        described = await Person(comfy, http).get("/object_info/CheckpointLoaderSimple")
    assert described["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0] == ["mine.safetensors"]


async def test_pictures_can_be_saved_in_a_folder_of_ones_own(tmp_path):
    async with SandboxComfyUI(output=tmp_path) as comfy, aiohttp.ClientSession() as http:
        await Person(comfy, http).run(blank_image(prefix="x"))
    assert (tmp_path / "x_00001_.png").is_file()


async def test_one_prompt_runs_at_a_time_and_the_gap_between_two_is_known(comfy, person):
    for color in range(4):
        await person.submit(blank_image(color=color))
    await comfy.wait_for(lambda: all(prompt.ended for prompt in comfy.prompts))
    assert len(comfy.idle_gaps) == 3
    assert min(comfy.idle_gaps) >= 0


async def test_a_checkpoint_is_loaded_once_until_it_is_freed(comfy, person):
    await person.run(text_to_image(seed=1))
    comfy.pace = Pace(load_s=3600)
    await person.run(text_to_image(seed=2))
    await person.post("/free", {"unload_models": True})
    await person.submit(text_to_image(seed=3))
    await comfy.wait_for(lambda: comfy.prompts[-1].started)
    await person.post("/interrupt")
    await comfy.wait_for(lambda: comfy.prompts[-1].ended)
    assert [prompt.outcome for prompt in comfy.prompts] == ["success", "success", "interrupted"]


async def test_a_body_over_the_limit_is_refused_and_the_limit_is_told():
    async with SandboxComfyUI(max_upload_mb=1) as comfy, aiohttp.ClientSession() as http:
        person = Person(comfy, http)
        assert (await person.get("/features"))["max_upload_size"] == 2**20
        assert await person.status("POST", "/prompt", data=io.BytesIO(b" " * (2**20 + 1))) == 413
        assert await person.upload(b" " * 2**20, "large.png") == 413


async def test_requests_are_remembered_without_api(comfy, person):
    await person.get("/api/queue?x=1")
    seen = comfy.log[-1]
    assert (seen.method, seen.path, seen.query, seen.status) == ("GET", "/queue", "x=1", 200)


async def test_waiting_for_what_never_comes_ends_with_a_timeout(comfy):
    with pytest.raises(TimeoutError):
        await comfy.wait_for(lambda: False, timeout=0.01)


async def test_http_is_answered_while_a_large_picture_is_drawn(comfy, person):
    await person.submit(text_to_image(width=1024, height=1024))
    answered = 0
    while not comfy.prompts[-1].ended:
        await asyncio.wait_for(person.get("/queue"), 1)
        answered += 1
    assert answered > 1
