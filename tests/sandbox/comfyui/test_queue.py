"""Submitting, the order of runs, what leaves the queue and what is kept in the history."""

import uuid

import pytest

from bot.sandbox.comfyui import Pace
from tests.sandbox.comfyui.graphs import blank_image, text_to_image


@pytest.fixture
def slow(comfy):
    """A pace at which the first prompt runs until it is interrupted."""
    comfy.pace = Pace(step_s=60)


async def ids_in(person, part):
    return [item[1] for item in (await person.get("/queue"))[part]]


async def test_the_prompt_id_of_the_client_is_kept(person):
    wished = str(uuid.uuid4())
    assert await person.submit(blank_image(), prompt_id=wished) == wished


@pytest.mark.parametrize("wished", ["job-1", "", 7, "1FEC034A-0427-40A0-B1EF-F656A286244F", "ab48fb3c" * 4])
async def test_a_prompt_id_that_is_no_canonical_uuid_is_refused(person, wished):
    status, answer = await person.post("/prompt", {"prompt": blank_image(), "prompt_id": wished})
    assert (status, answer["error"]["type"]) == (400, "invalid_prompt_id")


async def test_the_same_id_twice_is_two_runs_and_one_history_entry(comfy, person):
    wished = str(uuid.uuid4())
    await person.run(blank_image(color=1), prompt_id=wished)
    entry = await person.run(blank_image(color=2), prompt_id=wished)
    assert [prompt.outcome for prompt in comfy.prompts] == ["success", "success"]
    assert entry["prompt"][0] == 1
    assert list(await person.get("/history")) == [wished]


async def test_numbers_grow_with_refused_prompts_too(person):
    for expected in range(3):
        status, answer = await person.post("/prompt", {"prompt": blank_image(color=expected)})
        assert (status, answer["number"]) == (200, expected * 2)
        assert await person.status("POST", "/prompt", json={"prompt": {}}) == 400


async def test_runs_go_by_number_though_the_queue_is_listed_as_a_heap(comfy, person, slow):
    await person.submit(text_to_image(steps=5))
    named = {}
    for name, more in {
        "n1": {},
        "n2": {},
        "front1": {"front": True},
        "front2": {"front": True},
        "half": {"number": 0.5},
        "first": {"number": -100},
        "last": {"front": False},
    }.items():
        named[await person.submit(blank_image(color=len(named)), **more)] = name
    listed = [named[prompt_id] for prompt_id in await ids_in(person, "queue_pending")]
    assert listed == ["first", "front1", "front2", "n2", "half", "n1", "last"]
    await person.post("/interrupt")
    await comfy.wait_for(lambda: all(prompt.ended for prompt in comfy.prompts))
    ran = sorted(comfy.prompts[1:], key=lambda prompt: prompt.started)
    assert [named[prompt.id] for prompt in ran] == ["first", "front2", "front1", "half", "n1", "n2", "last"]


async def test_equal_number_and_id_give_a_500_though_the_prompt_is_queued(person, slow):
    await person.submit(text_to_image(steps=5))
    same = {"prompt_id": str(uuid.uuid4()), "number": 1}
    assert await person.status("POST", "/prompt", json={"prompt": blank_image(color=1), **same}) == 200
    assert await person.status("POST", "/prompt", json={"prompt": blank_image(color=2), **same}) == 500
    assert len(await ids_in(person, "queue_pending")) == 2


async def test_equal_number_and_id_can_kill_the_worker_for_good(comfy, person, slow):
    await person.submit(text_to_image(steps=5))
    same = str(uuid.uuid4())
    for color, number in enumerate((1, 2, 5, 5)):
        more = {"number": number, "prompt_id": same if number == 5 else None}
        await person.submit(blank_image(color=color), **more)
    await person.post("/interrupt")
    await comfy.wait_for(lambda: comfy.prompts[1].ended)
    queue = await person.get("/queue")
    assert queue["queue_running"] == []
    assert queue["queue_pending"]
    await person.post("/queue", {"clear": True})
    await person.submit(blank_image(color=9))
    assert len(await ids_in(person, "queue_pending")) == 1


async def test_history_is_empty_for_pending_running_deleted_and_unknown_alike(person, slow):
    running = await person.submit(text_to_image())
    pending = await person.submit(blank_image())
    deleted = await person.submit(blank_image(color=1))
    await person.post("/queue", {"delete": [deleted]})
    for prompt_id in (running, pending, deleted, str(uuid.uuid4())):
        assert await person.get(f"/history/{prompt_id}") == {}
    assert await person.status("GET", f"/api/jobs/{deleted}") == 404
    assert (await person.get(f"/api/jobs/{pending}"))["status"] == "pending"
    assert (await person.get(f"/api/jobs/{running}"))["status"] == "in_progress"


async def test_a_deleted_prompt_never_runs(comfy, person, slow):
    await person.submit(text_to_image())
    deleted = await person.submit(blank_image())
    await person.post("/queue", {"delete": [deleted]})
    await person.post("/interrupt")
    await comfy.wait_for(lambda: comfy.prompts[0].ended)
    assert (comfy.prompts[1].outcome, comfy.prompts[1].started) == ("deleted", None)


async def test_an_interrupt_with_another_id_lets_the_run_go_on(comfy, person, slow):
    running = await person.submit(text_to_image())
    pending = await person.submit(blank_image())
    await person.post("/interrupt", {"prompt_id": pending})
    assert await ids_in(person, "queue_running") == [running]
    await person.post("/interrupt", {"prompt_id": running})
    await comfy.wait_for(lambda: comfy.prompts[1].ended)
    assert [prompt.outcome for prompt in comfy.prompts] == ["interrupted", "success"]


async def test_an_interrupt_of_an_idle_server_does_nothing_later(comfy, person):
    await person.post("/interrupt")
    await person.run(text_to_image())
    assert comfy.prompts[0].outcome == "success"


async def test_an_interrupted_run_reads_as_an_error_with_another_last_message(comfy, person, slow):
    prompt_id = await person.submit(text_to_image())
    await comfy.wait_for(lambda: comfy.prompts[0].started)
    await person.post(f"/api/jobs/{prompt_id}/cancel")
    await comfy.wait_for(lambda: comfy.prompts[0].ended)
    entry = (await person.get(f"/history/{prompt_id}"))[prompt_id]
    assert entry["status"]["status_str"] == "error"
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"
    assert (await person.get(f"/api/jobs/{prompt_id}"))["status"] == "cancelled"


async def test_max_items_takes_the_newest_and_offset_counts_from_the_oldest(person):
    ids = [(await person.run(blank_image(color=color)))["prompt"][1] for color in range(4)]
    assert list(await person.get("/history")) == ids
    assert list(await person.get("/history?max_items=1")) == ids[3:]
    assert list(await person.get("/history?max_items=2&offset=1")) == ids[1:3]
    assert list(await person.get("/history?offset=3")) == ids[3:]
    assert await person.get("/history?max_items=0") == {}


async def test_history_entries_can_be_deleted_and_cleared(person):
    ids = [(await person.run(blank_image(color=color)))["prompt"][1] for color in range(3)]
    await person.post("/history", {"delete": ids[:1]})
    assert list(await person.get("/history")) == ids[1:]
    await person.post("/history", {"clear": True})
    assert await person.get("/history") == {}


async def test_only_the_wished_outputs_are_run(person):
    graph = blank_image() | {"3": blank_image(prefix="other")["2"]}
    entry = await person.run(graph, partial_execution_targets=["3"])
    assert list(entry["outputs"]) == ["3"]
    body = {"prompt": graph, "partial_execution_targets": ["99"]}
    assert (await person.post("/prompt", body))[1]["error"]["type"] == "prompt_no_outputs"


async def test_keys_and_tokens_are_not_kept_and_everything_else_is(person):
    extra = {"auth_token_comfy_org": "a", "api_key_comfy_org": "b", "mine": "c"}
    entry = await person.run(blank_image(), client_id="me", extra_data=extra)
    kept = entry["prompt"][3]
    assert kept.pop("create_time") > 0
    assert kept == {"mine": "c", "client_id": "me"}


async def test_json_is_read_whatever_the_content_type_says(person):
    body = '{"prompt": {"1": {"class_type": "Nope", "inputs": {}}}}'
    assert await person.status("POST", "/prompt", data=body, headers={"Content-Type": "text/plain"}) == 400


@pytest.mark.parametrize(
    "body", [{"prompt": None}, {"prompt": {"nodes": []}}, {"prompt": {}, "number": "abc"}, 7, None]
)
async def test_what_comfyui_trips_over_is_a_500_in_plain_text(person, body):
    assert await person.status("POST", "/prompt", json=body) == 500


async def test_extra_data_that_is_no_object_is_a_500(person):
    assert await person.status("POST", "/prompt", json={"prompt": blank_image(), "extra_data": "x"}) == 500


async def test_an_invalid_branch_is_skipped_and_told_with_status_200(person):
    graph = blank_image() | {
        "3": {"class_type": "LoadImage", "inputs": {"image": "nofile.png"}},
        "4": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["3", 0]}},
    }
    status, answer = await person.post("/prompt", {"prompt": graph})
    assert (status, list(answer["node_errors"])) == (200, ["3"])


async def test_the_reason_is_in_the_details_when_the_output_itself_is_wrong(person):
    graph = text_to_image()
    graph["9"]["inputs"]["images"] = ["3", 0]
    _, answer = await person.post("/prompt", {"prompt": graph})
    assert answer["error"]["details"].endswith("received_type(LATENT) mismatch input_type(IMAGE)")


async def test_an_unchanged_prompt_writes_no_new_file(comfy, person):
    first = await person.run(text_to_image())
    again = await person.run(text_to_image())
    assert again["outputs"] == first["outputs"]
    assert again["status"]["messages"][1][1]["nodes"] == list(text_to_image())
    assert len(list((comfy.folders.output / "rig").iterdir())) == 1


async def test_only_the_last_prompt_is_remembered(person):
    await person.run(blank_image(color=1))
    await person.run(blank_image(color=2))
    entry = await person.run(blank_image(color=1))
    assert entry["status"]["messages"][1][1]["nodes"] == []


async def test_free_memory_empties_the_cache(person):
    await person.run(blank_image())
    await person.post("/free", {"free_memory": True})
    entry = await person.run(blank_image())
    assert entry["status"]["messages"][1][1]["nodes"] == []
