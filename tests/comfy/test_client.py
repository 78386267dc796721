import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSMsgType, web

from bot.clock import SystemClock
from bot.comfy.client import AnswerLost, ComfyClient
from bot.comfy.facts import all_facts, facts_of
from bot.comfy.renderer import ComfyRenderer
from bot.core.artifact import Output
from bot.core.catalogue import ModelFacts
from bot.core.errors import Misconfigured, NoOutput, Refused, RendererAway
from bot.core.families import ModelFamily
from bot.core.progress import Preview, Rendered
from bot.sandbox.comfyui import SandboxComfyUI
from tests.builders import an_upload, png
from tests.comfy.harness import a_renderer, a_small_graph, an_order, brisk, drawn
from tests.comfy.recordings import document, preview_frame, said

PICTURE = Output(filename="a.png")


@asynccontextmanager
async def answering(*routes):
    """Serve these routes and nothing else; yield the address."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def always(answer, *, status=200):
    async def handler(_):
        return web.json_response(answer, status=status)

    return handler


@pytest.fixture
async def client(server):
    async with ComfyClient(server.url, brisk()) as client:
        yield client


# ── who answers there


@pytest.mark.parametrize("answer", [{}, {"system": {}}, {"message": "hello"}, [], "ok"])
async def test_something_else_at_the_address_is_named(answer):
    async with (
        answering(web.get("/system_stats", always(answer))) as url,
        ComfyClient(url, brisk()) as client,
    ):
        with pytest.raises(Misconfigured) as wrong:
            await ComfyRenderer(client, SystemClock()).health()

    assert wrong.value.message == "What answers at ComfyUI's address is not ComfyUI."
    assert url not in wrong.value.message + wrong.value.hint


async def test_a_server_without_that_page_is_not_comfyui():
    async with answering() as url, ComfyClient(url, brisk()) as client:
        with pytest.raises(Misconfigured):
            await ComfyRenderer(client, SystemClock()).health()


async def test_a_comfyui_that_is_too_old_is_told_with_both_versions():
    async with SandboxComfyUI(version="0.3.40") as server, ComfyClient(server.url, brisk()) as client:
        renderer = ComfyRenderer(client, SystemClock())
        with pytest.raises(Misconfigured) as wrong:
            await renderer.health()
        with pytest.raises(RendererAway):
            await drawn(renderer, an_order())

    assert "0.3.40" in wrong.value.message
    assert "0.3.45" in wrong.value.message
    assert server.prompts == []


async def test_what_comfyui_tells_of_itself_is_read():
    async with (
        answering(web.get("/system_stats", always(document("system_stats.json")))) as url,
        ComfyClient(url, brisk()) as client,
    ):
        system = await client.system()

    assert system.system.comfyui_version == "0.33.0"
    assert system.devices[0].name == "cpu"


async def test_nobody_at_the_address_is_away(unused_tcp_port):
    async with ComfyClient(f"http://127.0.0.1:{unused_tcp_port}", brisk()) as client:
        with pytest.raises(RendererAway) as away:
            await client.queue()

    assert not isinstance(away.value, AnswerLost)
    assert away.value.message == "ComfyUI does not answer."
    assert away.value.hint


def test_the_address_that_is_told_has_no_password_in_it():
    assert ComfyClient("http://me:secret@127.0.0.1:8188/gpu/").address == "http://127.0.0.1:8188/gpu"


async def test_an_answer_that_does_not_come_is_lost():
    async def never(_):
        await asyncio.sleep(5)
        return web.Response()

    async with answering(web.get("/queue", never)) as url, ComfyClient(url, brisk(answer=0.05)) as client:
        with pytest.raises(AnswerLost):
            await client.queue()


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"queue_running": 3}'])
async def test_a_queue_that_is_none_is_no_queue(body):
    async def odd(_):
        return web.Response(text=body)

    async with answering(web.get("/queue", odd)) as url, ComfyClient(url, brisk()) as client:
        with pytest.raises(RendererAway):
            await client.queue()


@pytest.mark.parametrize("body", ["<html>", "[]"])
async def test_a_history_that_is_none_does_not_mean_that_nothing_is_known(body):
    async def odd(_):
        return web.Response(text=body)

    async with answering(web.get("/history/p", odd)) as url, ComfyClient(url, brisk()) as client:
        with pytest.raises(RendererAway):
            await client.history("p")


async def test_a_comfyui_that_is_busy_failing_is_away():
    async with (
        answering(web.get("/system_stats", always({}, status=503))) as url,
        ComfyClient(url, brisk()) as client,
    ):
        with pytest.raises(RendererAway):
            await client.system()


# ── prompts


@pytest.mark.parametrize(("status", "error"), [(200, RendererAway), (404, RendererAway), (413, Refused)])
async def test_an_answer_that_accepts_nothing_is_no_acceptance(status, error):
    async with (
        answering(web.post("/prompt", always({}, status=status))) as url,
        ComfyClient(url, brisk()) as client,
    ):
        with pytest.raises(error):
            await client.submit(a_small_graph(), prompt_id="p", client_id="c", extra={})


async def test_a_prompt_that_got_another_name_is_taken_back():
    dequeued = []

    async def take_out(request):
        dequeued.append((await request.json())["delete"])
        return web.Response()

    old = {**document("system_stats.json"), "system": {"comfyui_version": "0.3.57"}}
    routes = (
        web.get("/system_stats", always(old)),
        web.post("/prompt", always({"prompt_id": "theirs", "number": 1, "node_errors": {}})),
        web.post("/queue", take_out),
        web.post("/interrupt", always({})),
        web.get("/queue", always({"queue_running": [], "queue_pending": []})),
    )
    async with answering(*routes) as url, ComfyClient(url, brisk()) as client:
        with pytest.raises(RendererAway, match="names prompts itself"):
            await drawn(ComfyRenderer(client, SystemClock()), an_order())

    assert dequeued == [["theirs"]]


async def test_a_prompt_goes_out_under_our_id_and_never_with_a_number():
    seen = []

    async def take(request):
        seen.append(await request.json())
        return web.json_response({"prompt_id": seen[0]["prompt_id"], "number": 1, "node_errors": {}})

    async with answering(web.post("/prompt", take)) as url, ComfyClient(url, brisk()) as client:
        await client.submit(a_small_graph(), prompt_id="p", client_id="c", extra={"preview_method": "auto"})

    (body,) = seen
    assert body.keys() == {"prompt", "prompt_id", "client_id", "extra_data"}
    assert (body["prompt_id"], body["client_id"]) == ("p", "c")
    assert body["prompt"] == a_small_graph().to_api()


async def test_a_name_that_is_not_in_a_long_list_gets_the_nearest_ones(client):
    graph = a_small_graph().with_input("3", "sampler_name", "euler_ancestrall")

    with pytest.raises(Refused) as refusal:
        await client.submit(graph, prompt_id="7f1a3b2e-0d0c-4f66-9a55-3f1f6f5a1e11", client_id="c", extra={})

    assert "`euler_ancestral`" in refusal.value.hint


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_door_before_comfyui_that_answers_for_it_leaves_the_fate_open(status):
    async with (
        answering(web.post("/prompt", always({}, status=status))) as url,
        ComfyClient(url, brisk()) as client,
    ):
        with pytest.raises(AnswerLost):
            await client.submit(a_small_graph(), prompt_id="p", client_id="c", extra={})


async def test_memory_is_given_back_on_request(server, client):
    await client.free()

    assert server.log[-1].path == "/free"
    assert server.log[-1].status == 200


# ── files


async def test_a_picture_is_fetched_by_all_three_names(server, client):
    folder = server.folders.temp / "a b" / "ä"
    folder.mkdir(parents=True)
    (folder / "x&y=1 #2.png").write_bytes(png())

    content = await client.view(Output(filename="x&y=1 #2.png", subfolder="a b/ä", type="temp"))

    assert content == png()


async def test_a_file_that_is_not_there_is_no_output(client):
    with pytest.raises(NoOutput, match=r"no longer has the file `a\.png`"):
        await client.view(PICTURE)


@pytest.mark.parametrize(
    "output",
    [
        Output(filename="a..b.png"),
        Output(filename="a.png", subfolder="../.."),
        Output(filename="a", type="x"),
    ],
)
async def test_a_name_that_comfyui_refuses_is_no_output(client, output):
    with pytest.raises(NoOutput):
        await client.view(output)


async def test_an_empty_file_is_no_output(server, client):
    (server.folders.output / "a.png").write_bytes(b"")

    with pytest.raises(NoOutput, match="empty"):
        await client.view(PICTURE)


async def test_a_file_beyond_all_measure_is_not_read_to_its_end(monkeypatch, server, client):
    monkeypatch.setattr("bot.comfy.client.MOST_BYTES", 1000)
    (server.folders.output / "a.png").write_bytes(bytes(5000))

    with pytest.raises(NoOutput, match="too large"):
        await client.view(PICTURE)


async def test_a_file_that_breaks_off_is_asked_for_again_later():
    async def cut(request):
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"only this")
        request.transport.abort()
        return response

    async with answering(web.get("/view", cut)) as url, ComfyClient(url, brisk()) as client:
        with pytest.raises(RendererAway):
            await client.view(PICTURE)


async def test_an_upload_goes_over_one_of_its_name(server, client):
    await client.upload("genga_1.png", png())

    assert await client.upload("genga_1.png", png(grey=3)) == "genga_1.png"
    assert (server.folders.input / "genga_1.png").read_bytes() == png(grey=3)


async def test_an_upload_that_was_named_otherwise_is_not_drawn_from(server):
    async def rename(_):
        return web.json_response({"name": "genga (1).png", "subfolder": "", "type": "input"})

    routes = (web.post("/upload/image", rename), web.post("/prompt", always({"prompt_id": "p"})))
    async with answering(*routes) as url, ComfyClient(url, brisk()) as client:
        with pytest.raises(Refused, match=r"genga \(1\)\.png"):
            await drawn(ComfyRenderer(client, SystemClock()), an_order(uploads=(an_upload(),)))


async def test_an_upload_too_large_for_comfyui_is_refused():
    async with (
        answering(web.post("/upload/image", always({}, status=413))) as url,
        ComfyClient(url, brisk()) as client,
    ):
        with pytest.raises(Refused):
            await client.upload("a.png", png())


# ── the websocket


async def test_the_first_thing_said_on_the_websocket_are_our_flags():
    first = asyncio.get_running_loop().create_future()

    async def listen(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        first.set_result((request.query["clientId"], json.loads((await socket.receive()).data)))
        return socket

    async with (
        answering(web.get("/ws", listen)) as url,
        ComfyClient(url, brisk(reconnect_first=9)) as client,
        ComfyRenderer(client, SystemClock()),
    ):
        client_id, message = await first

    assert client_id
    assert message == {"type": "feature_flags", "data": {"supports_preview_metadata": True}}


async def test_a_websocket_that_does_not_answer_our_flags_is_given_up():
    ids = []
    twice = asyncio.Event()

    async def listen(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        ids.append(request.query["clientId"])
        if len(ids) == 2:
            twice.set()
        async for _ in socket:
            pass
        return socket

    async with (
        answering(web.get("/ws", listen)) as url,
        ComfyClient(url, brisk(connect=0.05)) as client,
        ComfyRenderer(client, SystemClock()),
    ):
        await twice.wait()

    assert ids[0] != ids[1]


async def test_a_picture_of_many_megabytes_does_not_end_the_websocket():
    heard = asyncio.Event()
    given = asyncio.get_running_loop().create_future()

    async def listen(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(said("feature_flags"))
                heard.set()
                prompt_id = await given
                picture = preview_frame({"prompt_id": prompt_id, "image_type": "image/png"}, bytes(9_000_000))
                await socket.send_bytes(picture)
                await socket.send_str(said("execution_success", prompt_id=prompt_id))
        return socket

    async def take(request):
        prompt_id = (await request.json())["prompt_id"]
        given.set_result(prompt_id)
        return web.json_response({"prompt_id": prompt_id, "number": 0, "node_errors": {}})

    routes = (
        web.get("/ws", listen),
        web.post("/prompt", take),
        web.get("/system_stats", always(document("system_stats.json"))),
        web.get("/queue", always({"queue_running": [[0, "other"]], "queue_pending": []})),
        web.get("/history/{id}", always({})),
    )
    async with (
        answering(*routes) as url,
        ComfyClient(url, brisk(confirmations=1000)) as client,
        ComfyRenderer(client, SystemClock()) as renderer,
    ):
        await heard.wait()
        events = await drawn(renderer, an_order())

    assert [len(event.image) for event in events if isinstance(event, Preview)] == [9_000_000]
    assert events[-1] == Rendered()


async def test_the_catalogue_asks_for_all_nodes_once(server):
    async with a_renderer(server) as renderer:
        await renderer.catalogue()
        await renderer.catalogue()

    assert [request.path for request in server.log].count("/object_info") == 1


@pytest.mark.parametrize(
    ("header", "facts"),
    [
        (
            {"modelspec.architecture": "stable-diffusion-xl-v1-base/lora", "modelspec.hash_sha256": "0xab"},
            ModelFacts(family=ModelFamily.SDXL, hash="ab"),
        ),
        (
            {"ss_base_model_version": "sd_v1", "sshs_model_hash": "cd"},
            ModelFacts(family=ModelFamily.SD15, hash="cd"),
        ),
        ({"modelspec.architecture": "stable-cascade", "sshs_model_hash": 7}, ModelFacts()),
        ({}, ModelFacts()),
        ([1], ModelFacts()),
        (None, ModelFacts()),
    ],
)
def test_a_header_is_read_as_far_as_it_is_understood(header, facts):
    assert facts_of(header) == facts


async def test_a_header_that_is_nonsense_or_comes_too_late_says_nothing():
    async def header(request):
        match request.query["filename"]:
            case "late":
                await asyncio.sleep(5)
            case "nonsense":
                return web.Response(body=b"\xff{")
            case _:
                pass
        return web.Response(status=404)

    async with (
        answering(web.get("/view_metadata/{folder}", header)) as url,
        ComfyClient(url, brisk(answer=0.1)) as client,
    ):
        facts = await all_facts(client, {"loras": ("late", "nonsense", "none")}, known={})

    assert facts == {"nonsense": ModelFacts(), "none": ModelFacts()}
