"""Every misfortune that can be ordered happens once, as ordered, and then no more."""

import io
import time

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.comfyui import Pace
from tests.sandbox.comfyui.graphs import blank_image, text_to_image


async def ended(comfy, person, graph, **more):
    prompt_id = await person.submit(graph, **more)
    await comfy.wait_for(lambda: comfy.prompts[-1].ended)
    return prompt_id


async def test_dropped_websockets_end_without_a_close_frame(comfy, person):
    async with person.ear("me") as ear:
        comfy.faults.drop_websockets()
        assert await ear.next() is None
        assert ear.socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE


async def test_deafened_sockets_stay_open_and_hear_nothing(comfy, person):
    async with person.ear("me") as ear:
        comfy.faults.deafen()
        await ended(comfy, person, blank_image(), client_id="me")
        await ear.silence()
        assert not ear.socket.closed


async def test_a_delay_holds_every_request_below_its_path_until_it_is_lifted(comfy, person):
    comfy.faults.delay("/history", 0.05)
    started = time.monotonic()
    await person.get("/history/nobody")
    await person.get("/api/history")
    assert time.monotonic() - started >= 0.1
    comfy.faults.delay("/history", 3600)
    comfy.faults.delay("/history", 0)
    assert await person.get("/history") == {}


async def test_a_failed_request_has_no_effect_and_the_next_one_has(comfy, person):
    comfy.faults.fail_next("POST", "/prompt", 503, "overloaded")
    assert await person.post("/prompt", {"prompt": blank_image()}) == (503, "overloaded")
    assert comfy.prompts == []
    await person.run(blank_image())


async def test_a_failure_waits_for_its_own_method_and_path(comfy, person):
    comfy.faults.fail_next("GET", "/view", 500)
    assert await person.status("GET", "/queue") == 200
    assert await person.status("GET", "/view?filename=x.png") == 500
    assert await person.status("GET", "/view?filename=x.png") == 404


@pytest.mark.parametrize(("moment", "accepted"), [("before_effect", 0), ("after_effect", 1)])
async def test_a_reset_can_come_before_or_after_the_effect(comfy, person, moment, accepted):
    comfy.faults.reset_next("/prompt", moment)
    with pytest.raises(aiohttp.ClientError):
        await person.post("/prompt", {"prompt": blank_image()})
    assert len(comfy.prompts) == accepted
    assert (await person.post("/prompt", {"prompt": blank_image()}))[0] == 200


async def test_out_of_memory_is_an_execution_error_of_the_sampler_with_tips(comfy, person):
    comfy.faults.out_of_memory_next()
    entry = await person.run(text_to_image())
    event, data = entry["status"]["messages"][-1]
    assert (event, data["node_type"]) == ("execution_error", "KSampler")
    assert data["exception_type"] == "torch.OutOfMemoryError"
    assert "TIPS" in data["exception_message"]
    assert (await person.run(text_to_image()))["status"]["completed"]


async def test_an_ordered_error_waits_for_its_node_class(comfy, person):
    comfy.faults.execution_error_next("VAEDecode", "the colours have run")
    assert (await person.run(blank_image()))["status"]["completed"]
    entry = await person.run(text_to_image())
    assert entry["status"]["messages"][-1][1]["exception_message"] == "the colours have run\n"
    assert (await person.get(f"/api/jobs/{entry['prompt'][1]}"))["status"] == "failed"


async def test_an_error_without_client_id_is_told_by_history_alone(comfy, person):
    comfy.faults.execution_error_next("KSampler", "no")
    async with person.ear("me") as ear:
        await person.run(text_to_image())
        heard = [await ear.next() for _ in range(ear.heard.qsize())]
    assert "execution_error" not in [event for event, _ in heard]


async def test_a_stalled_run_says_nothing_more_until_it_is_interrupted(comfy, person):
    comfy.faults.stall_next()
    async with person.ear("me") as ear:
        prompt_id = await person.submit(text_to_image(), client_id="me")
        await ear.until("executing")
        await ear.silence()
        assert [item[1] for item in (await person.get("/queue"))["queue_running"]] == [prompt_id]
        await person.post("/interrupt", {"prompt_id": prompt_id})
        await ear.until("execution_interrupted")


async def test_history_loses_the_race_while_the_prompt_is_still_running(comfy, person):
    comfy.faults.lose_history_race(2)
    async with person.ear("me") as ear:
        prompt_id = await person.submit(blank_image(), client_id="me")
        await ear.until("execution_success")
        assert [item[1] for item in (await person.get("/queue"))["queue_running"]] == [prompt_id]
        assert await person.get(f"/history/{prompt_id}") == {}
        assert await person.get(f"/history/{prompt_id}") == {}
        await ear.end_of(prompt_id)
        assert (await person.get(f"/history/{prompt_id}"))[prompt_id]["status"]["completed"]


async def test_a_lost_cancel_is_answered_as_done_and_the_run_goes_on(comfy, person):
    comfy.pace = Pace(step_s=0.2)
    comfy.faults.lose_next_cancel()
    prompt_id = await person.submit(text_to_image(steps=20))
    await comfy.wait_for(lambda: comfy.prompts[-1].started)
    assert await person.post(f"/api/jobs/{prompt_id}/cancel") == (200, {"cancelled": True})
    comfy.pace = Pace()
    await comfy.wait_for(lambda: comfy.prompts[-1].ended)
    assert comfy.prompts[-1].outcome == "success"


async def test_with_a_dead_worker_prompts_pile_up_until_a_restart(comfy, person):
    comfy.faults.kill_worker()
    prompt_id = await person.submit(blank_image())
    queue = await person.get("/queue")
    assert queue["queue_running"] == []
    assert [item[1] for item in queue["queue_pending"]] == [prompt_id]
    await comfy.restart()
    await person.run(blank_image())


async def test_a_blank_output_is_all_black(comfy, person):
    comfy.faults.blank_output_next()
    assert (await person.picture(text_to_image())).getextrema() == ((0, 0), (0, 0), (0, 0))


async def test_a_corrupt_output_breaks_off(comfy, person):
    comfy.faults.corrupt_output_next()
    entry = await person.run(text_to_image())
    content = await person.view(entry["outputs"]["9"]["images"][0])
    with pytest.raises(OSError, match=r"truncated|broken"):
        Image.open(io.BytesIO(content)).load()


async def test_a_missing_output_is_announced_and_404(comfy, person):
    comfy.faults.missing_output_next()
    entry = await person.run(text_to_image())
    assert entry["status"]["completed"]
    assert await person.status("GET", "/view", params=entry["outputs"]["9"]["images"][0]) == 404
