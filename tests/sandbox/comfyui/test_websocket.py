"""Who hears what: sids, reconnects, deaf sockets, other people's traffic."""

import asyncio
import io
import socket

from PIL import Image

from bot.sandbox.comfyui import Pace
from tests.sandbox.comfyui.graphs import blank_image, text_to_image
from tests.sandbox.comfyui.person import Preview


async def test_the_first_frame_alone_tells_the_sid(person):
    async with person.ear("me", flags=False) as ear:
        assert await ear.next() == ("status", {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "me"})
        await person.run(blank_image())
        assert await ear.next() == ("status", {"status": {"exec_info": {"queue_remaining": 1}}})


async def test_without_a_client_id_the_server_makes_one_that_works(person):
    async with person.ear(flags=False) as ear:
        message = await ear.next()
        sid = message[1]["sid"]
        assert len(sid) == 32
        await ear.end_of(await person.submit(blank_image(), client_id=sid))


async def test_success_comes_before_the_status_and_executing_null_comes_last(person):
    async with person.ear("me") as ear:
        told = await ear.end_of(await person.submit(blank_image(), client_id="me"))
    assert [event for event, _ in told][-3:] == ["execution_success", "status", "executing"]


async def test_a_reconnected_socket_is_told_the_node_without_a_prompt_id_and_progress_goes_on(comfy, person):
    comfy.pace = Pace(step_s=0.1)
    async with person.ear("me") as ear:
        prompt_id = await person.submit(text_to_image(steps=60), client_id="me")
        await ear.until("progress", value=2)
    await comfy.wait_for(lambda: not comfy.listeners)
    async with person.ear("me", flags=False) as again:
        assert (await again.next())[1]["sid"] == "me"
        assert await again.next() == ("executing", {"node": "3"})
        comfy.pace = Pace()
        told = await again.end_of(prompt_id)
    values = [data["value"] for event, data in told if event == "progress"]
    assert values[0] > 2
    assert values[-1] == 60


async def test_nothing_is_told_again_when_the_run_ended_meanwhile(comfy, person):
    async with person.ear("me"):
        pass
    await comfy.wait_for(lambda: not comfy.listeners)
    await person.run(blank_image(), client_id="me")
    async with person.ear("me", flags=False) as ear:
        assert (await ear.next())[1]["sid"] == "me"
        await ear.silence()


async def test_of_two_sockets_with_one_id_only_the_newer_hears(comfy, person):
    async with person.ear("me") as old, person.ear("me") as new:
        await new.end_of(await person.submit(blank_image(), client_id="me"))
        await old.silence()


async def test_the_end_of_an_old_socket_makes_the_newer_one_deaf_though_it_still_answers_pings(comfy, person):
    async with person.ear("me") as old, person.ear("me") as new:
        await old.close()
        await comfy.wait_for(lambda: "me" not in comfy.listeners)
        await person.run(blank_image(), client_id="me")
        await new.silence()
        assert not new.socket.closed


async def test_flags_to_a_deaf_socket_are_not_answered(comfy, person):
    async with person.ear("me", flags=False) as old, person.ear("me", flags=False) as new:
        await old.close()
        await comfy.wait_for(lambda: "me" not in comfy.listeners)
        assert (await new.next())[0] == "status"
        await new.socket.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
        await new.silence()


async def test_a_prompt_without_client_id_is_told_to_all_but_without_start_and_end(person):
    async with person.ear("me") as ear:
        await person.run(text_to_image(steps=2))
        heard = [await ear.next() for _ in range(ear.heard.qsize())]
    previews = [message for message in heard if isinstance(message, Preview)]
    events = {message[0] for message in heard if not isinstance(message, Preview)}
    assert events == {"status", "progress_state", "progress"}
    assert {preview.kind for preview in previews} == {1}, "a preview of a nameless prompt has no metadata"


async def test_what_is_for_a_client_that_is_not_there_is_lost(person):
    async with person.ear("me") as ear:
        await person.run(text_to_image(), client_id="somebody else")
        heard = [await ear.next() for _ in range(ear.heard.qsize())]
    assert {event for event, _ in heard} == {"status"}


async def test_previews_name_their_prompt_and_fit_512(comfy, person):
    async with person.ear("me") as ear:
        prompt_id = await person.submit(text_to_image(width=128, height=64, steps=3), client_id="me")
        await comfy.wait_for(lambda: comfy.prompts[-1].ended)
        heard = [await ear.next() for _ in range(ear.heard.qsize())]
    previews = [message for message in heard if isinstance(message, Preview)]
    assert len(previews) == 3
    assert {preview.about["prompt_id"] for preview in previews} == {prompt_id}
    assert Image.open(io.BytesIO(previews[0].picture)).size == (512, 256)


async def test_previews_get_sharper_with_the_steps(comfy, person):
    async with person.ear("me") as ear:
        await person.run(text_to_image(width=128, height=128, steps=10), client_id="me")
        heard = [await ear.next() for _ in range(ear.heard.qsize())]
    shown = [Image.open(io.BytesIO(m.picture)).convert("RGB") for m in heard if isinstance(m, Preview)]
    last = shown[-1]

    def distance(picture: Image.Image) -> int:
        pairs = zip(picture.tobytes(), last.tobytes(), strict=True)
        return sum(abs(one - other) for one, other in pairs)

    assert distance(shown[0]) > distance(shown[4]) > distance(shown[8])


async def test_previews_can_be_switched_off_for_one_prompt(comfy, person):
    async with person.ear("me") as ear:
        await person.run(text_to_image(), client_id="me", extra_data={"preview_method": "none"})
        heard = [await ear.next() for _ in range(ear.heard.qsize())]
    assert not [message for message in heard if isinstance(message, Preview)]


async def test_one_reader_that_never_reads_silences_everybody_while_runs_go_on(comfy, person):
    host, port = comfy.url.removeprefix("http://").split(":")
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(lazy, (host, int(port)))
        handshake = (
            f"GET /ws?clientId=lazy HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await loop.sock_sendall(lazy, handshake.encode())
        await comfy.wait_for(lambda: "lazy" in comfy.listeners)
        async with person.ear("me") as ear:
            await person.run(text_to_image(steps=250), client_id="lazy")
            prompt_id = await person.submit(blank_image(), client_id="me")
            await comfy.wait_for(lambda: comfy.prompts[-1].outcome == "success")
            heard = [await ear.next() for _ in range(ear.heard.qsize())]
            assert "execution_start" not in [message[0] for message in heard]
            lazy.close()
            await ear.end_of(prompt_id)
