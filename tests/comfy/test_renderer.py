"""What the renderer owes to ComfyUI's habits, each against the sandbox that has them too."""

import asyncio
import time
from contextlib import aclosing

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.comfy.client import ComfyClient
from bot.comfy.renderer import ComfyRenderer
from bot.core.errors import ExecutionFailed, Lost, NoOutput, OutOfMemory, Refused, RendererAway, RenderError
from bot.core.progress import (
    Accepted,
    Interrupted,
    NodeStarted,
    Preview,
    Rendered,
    RenderFailed,
    Sampled,
    Started,
)
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from tests.builders import an_upload
from tests.comfy.harness import a_late_door, a_renderer, a_small_graph, an_order, brisk, drawn, kinds

SLOW = Pace(step_s=0.1)
STUCK_IN = Pace(step_s=30)


@pytest.fixture
async def server():
    async with SandboxComfyUI() as server:
        yield server


@pytest.fixture
async def renderer(server):
    async with a_renderer(server) as renderer:
        yield renderer


async def given_by_somebody_else(server, graph=None, prompt_id=None):
    body = {"prompt": (graph or a_small_graph(seed=77, steps=2)).to_api(), "client_id": "somebody"}
    if prompt_id:
        body["prompt_id"] = prompt_id
    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/prompt", json=body) as answer:
        return (await answer.json())["prompt_id"]


async def until(events, kind):
    """Read events until one of this kind comes, and return it."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__} came")


def ids(server):
    return [prompt.id for prompt in server.prompts]


# ── following


async def test_every_step_and_every_node_is_told(server, renderer):
    events = await drawn(renderer, an_order(graph=a_small_graph(steps=4)))

    assert [event.step for event in events if isinstance(event, Sampled)] == [1, 2, 3, 4]
    assert {event.node for event in events if isinstance(event, NodeStarted)} == set("3456789")


async def test_previews_are_asked_for_and_come(server, renderer):
    server.pace = Pace(step_s=0.02)
    events = await drawn(renderer, an_order())

    assert any(isinstance(event, Preview) and event.image.startswith(b"\xff\xd8") for event in events)


async def test_a_drawing_that_comfyui_has_cached_is_a_drawing(server, renderer):
    first, second = an_order(), an_order()
    await drawn(renderer, first)

    events = await drawn(renderer, second)

    assert Started(cached=frozenset("3456789")) in events
    assert events[-1] == Rendered()
    assert await renderer.outputs(second.prompt_id) == await renderer.outputs(first.prompt_id)


async def test_a_batch_has_all_its_pictures_in_order(renderer):
    order = an_order(graph=a_small_graph(count=3))
    await drawn(renderer, order)

    names = [output.filename for output in await renderer.outputs(order.prompt_id)]

    assert len(names) == 3
    assert names == sorted(names)


async def test_foreign_prompts_ahead_are_counted(server, renderer):
    server.pace = SLOW
    await given_by_somebody_else(server, a_small_graph(seed=5))
    await given_by_somebody_else(server, a_small_graph(seed=6))

    events = await drawn(renderer, an_order())
    ahead = [event.ahead for event in events if isinstance(event, Accepted)]

    assert 2 in ahead
    assert ahead.index(2) < ahead.index(1)
    assert kinds(events).index("Started") > kinds(events).index("Accepted")


async def test_what_somebody_else_draws_is_not_told_as_ours(server, renderer):
    server.pace = Pace(step_s=0.03)
    theirs = asyncio.create_task(given_by_somebody_else(server, a_small_graph(steps=9, seed=9)))

    events = await drawn(renderer, an_order(graph=a_small_graph(steps=3)))
    await theirs

    assert {event.of for event in events if isinstance(event, Sampled)} == {3}


async def test_two_orders_followed_at_once_have_each_their_own_story(server, renderer):
    server.pace = Pace(step_s=0.01)
    one, two = await asyncio.gather(
        drawn(renderer, an_order(graph=a_small_graph(steps=3))),
        drawn(renderer, an_order(graph=a_small_graph(steps=5, seed=2))),
    )

    assert {event.of for event in one if isinstance(event, Sampled)} == {3}
    assert {event.of for event in two if isinstance(event, Sampled)} == {5}
    assert one[-1] == two[-1] == Rendered()


async def test_a_slow_reader_holds_nothing_up(server, renderer):
    server.pace = Pace(step_s=0.005)
    order = an_order(graph=a_small_graph(steps=20))
    async with aclosing(renderer.render(order)) as events:
        await until(events, Started)
        await server.wait_for(lambda: server.prompts[0].outcome == "success")
        other = await asyncio.wait_for(drawn(renderer, an_order(graph=a_small_graph(seed=3))), 5)
        rest = [event async for event in events]

    assert other[-1] == Rendered()
    assert rest[-1] == Rendered()
    assert len([event for event in rest if isinstance(event, Preview)]) <= 1
    assert [event.step for event in rest if isinstance(event, Sampled)][-1] == 20


async def test_the_end_is_told_within_milliseconds(server, renderer):
    late = []
    for seed in range(5):
        await drawn(renderer, an_order(graph=a_small_graph(seed=seed)))
        late.append(time.monotonic() - (server.prompts[-1].ended or 0))

    assert min(late) < 0.05


async def test_a_file_of_ours_is_never_dropped_for_its_folder(server, renderer):
    order = an_order(graph=a_small_graph().with_input("9", "filename_prefix", "genga/day/x"))
    await drawn(renderer, order)

    (output,) = await renderer.outputs(order.prompt_id)

    assert output.subfolder == "genga/day"
    assert (await renderer.fetch(output)).startswith(b"\x89PNG")


# ── the end, in all its kinds


async def test_a_history_that_is_written_late_is_waited_for(server, renderer):
    server.faults.lose_history_race(3)
    order = an_order()
    await drawn(renderer, order)

    assert await renderer.outputs(order.prompt_id)


async def test_a_full_gpu_is_called_by_its_name(server, renderer):
    server.faults.out_of_memory_next()
    order = an_order()
    (*_, last) = await drawn(renderer, order)

    assert isinstance(last, RenderFailed)
    assert isinstance(last.error, OutOfMemory)
    with pytest.raises(OutOfMemory):
        await renderer.outputs(order.prompt_id)


async def test_a_failed_node_is_named_by_its_title(server, renderer):
    server.faults.execution_error_next("VAEDecode", "NaN in latent")
    (*_, last) = await drawn(renderer, an_order())

    assert isinstance(last.error, ExecutionFailed)
    assert "Decode" in last.error.message
    assert "NaN in latent" in last.error.message


async def test_an_output_that_vanished_is_missing(server, renderer):
    server.faults.missing_output_next()
    order = an_order()
    await drawn(renderer, order)

    with pytest.raises(NoOutput):
        await renderer.fetch((await renderer.outputs(order.prompt_id))[0])


async def test_a_prompt_of_which_only_a_part_would_be_drawn_is_taken_back(server, renderer):
    graph = a_small_graph()
    broken = graph.with_node("20", graph.nodes["9"]).with_input("20", "images", ["21", 0])
    broken = broken.with_node("21", graph.nodes["8"].with_inputs(samples=["5", 0], vae=["5", 0]))

    with pytest.raises(Refused) as refusal:
        await drawn(renderer, an_order(graph=broken))

    assert "vae" in refusal.value.message
    assert server.prompts[-1].outcome in {"deleted", "interrupted", "success"}


async def test_a_reference_is_in_comfyui_before_the_prompt_is(server, renderer):
    upload = an_upload()
    await drawn(renderer, an_order(uploads=(upload,)))

    assert (server.folders.input / upload.name).read_bytes() == upload.content
    paths = [request.path for request in server.log if request.method == "POST"]
    assert paths.index("/upload/image") < paths.index("/prompt")


# ── taking back


async def test_a_waiting_prompt_that_is_cancelled_ends_interrupted(server, renderer):
    server.pace = STUCK_IN
    foreign = await given_by_somebody_else(server)
    order = an_order()
    async with aclosing(renderer.render(order)) as events:
        await until(events, Accepted)
        await renderer.cancel(order.prompt_id)
        rest = [event async for event in events]

    assert rest[-1] == Interrupted()
    assert [prompt.outcome for prompt in server.prompts if prompt.id == foreign] == ["running"]


async def test_a_lost_cancel_is_repeated(server, renderer):
    server.pace = Pace(step_s=0.2)
    server.faults.lose_next_cancel()
    order = an_order(graph=a_small_graph(steps=30))
    async with aclosing(renderer.render(order)) as events:
        await until(events, Sampled)
        await renderer.cancel(order.prompt_id)
        rest = [event async for event in events]

    assert rest[-1] == Interrupted()


async def test_a_prompt_that_somebody_took_out_of_the_queue_was_interrupted(server, renderer):
    server.pace = STUCK_IN
    await given_by_somebody_else(server)
    order = an_order()
    async with aclosing(renderer.render(order)) as events:
        await until(events, Accepted)
        async with aiohttp.ClientSession() as session:
            await session.post(f"{server.url}/queue", json={"clear": True})
        rest = [event async for event in events]

    assert rest[-1] == Interrupted()


async def test_a_prompt_that_nobody_follows_can_be_cancelled(server, renderer):
    server.pace = STUCK_IN
    prompt_id = await given_by_somebody_else(server)
    await server.wait_for(lambda: server.prompts[0].outcome == "running")

    await renderer.cancel(prompt_id)

    await server.wait_for(lambda: server.prompts[0].outcome == "interrupted")


@pytest.mark.parametrize("version", ["0.3.45", "0.3.64", "0.6.0", "0.33.0"])
async def test_a_cancel_hits_nobody_else_on_any_version(version):
    async with SandboxComfyUI(version=version, pace=STUCK_IN) as server, a_renderer(server) as renderer:
        foreign = await given_by_somebody_else(server)
        await server.wait_for(lambda: server.prompts[0].outcome == "running")
        order = an_order()
        async with aclosing(renderer.render(order)) as events:
            await until(events, Accepted)
            await renderer.cancel(order.prompt_id)
            assert [event async for event in events][-1] == Interrupted()

        assert [prompt.outcome for prompt in server.prompts if prompt.id == foreign] == ["running"]


@pytest.mark.parametrize("version", ["0.3.45", "0.3.64", "0.6.0", "0.25.0"])
async def test_older_versions_draw_as_well(version):
    async with SandboxComfyUI(version=version) as server, a_renderer(server) as renderer:
        order = an_order()
        events = await drawn(renderer, order)

        assert events[-1] == Rendered()
        assert any(isinstance(event, Sampled) for event in events)
        assert await renderer.outputs(order.prompt_id)


# ── given at most once


@pytest.mark.parametrize("moment", ["before_effect", "after_effect"])
async def test_an_unanswered_order_is_looked_for_before_it_is_given_again(server, renderer, moment):
    server.faults.reset_next("/prompt", moment)
    order = an_order()
    events = await drawn(renderer, order)

    assert events[-1] == Rendered()
    assert ids(server) == [order.prompt_id]
    assert await renderer.outputs(order.prompt_id)


async def test_an_order_answered_too_late_is_not_given_twice(server):
    patience = brisk(post=0.05, looks_after_post=(0.05, 0.1, 0.2, 0.4))
    async with a_late_door(server, seconds=0.15) as url, ComfyClient(url, patience) as client:
        order = an_order()
        events = await drawn(ComfyRenderer(client, SystemClock()), order)

    assert events[-1] == Rendered()
    assert ids(server) == [order.prompt_id]


async def test_an_order_left_open_is_looked_for_when_it_comes_again(server, renderer):
    server.pace = SLOW
    order = an_order()
    server.faults.reset_next("/prompt", "after_effect")
    for path in ("/queue", "/history"):
        for _ in range(3):
            server.faults.fail_next("GET", path, 503)
    with pytest.raises(RendererAway):
        await drawn(renderer, order)

    events = await drawn(renderer, order)

    assert events[-1] == Rendered()
    assert ids(server) == [order.prompt_id]


async def test_a_running_prompt_is_adopted_after_our_restart(server):
    server.pace = Pace(step_s=0.15)
    order = an_order()
    async with a_renderer(server) as before, aclosing(before.render(order)) as events:
        await until(events, Sampled)
    async with a_renderer(server) as after:
        events = await drawn(after, an_order(prompt_id=order.prompt_id, fresh=False))

        assert kinds(events) == ["Accepted", "Started", "Rendered"]
        assert await after.outputs(order.prompt_id)
    assert ids(server) == [order.prompt_id]


async def test_a_prompt_that_failed_while_we_were_away_has_failed(server):
    order = an_order()
    server.faults.out_of_memory_next()
    async with a_renderer(server) as before:
        await drawn(before, order)
    async with a_renderer(server) as after:
        (*_, last) = await drawn(after, an_order(prompt_id=order.prompt_id, fresh=False))

    assert isinstance(last.error, OutOfMemory)


async def test_a_500_is_no_outage(server, renderer):
    server.faults.fail_next("POST", "/prompt", 500, "500 Internal Server Error")

    with pytest.raises(Refused):
        await drawn(renderer, an_order())


# ── a bad connection


async def test_a_dropped_websocket_loses_no_end(server, renderer):
    server.pace = SLOW
    order = an_order()
    async with aclosing(renderer.render(order)) as events:
        await until(events, Sampled)
        server.faults.drop_websockets()
        rest = [event async for event in events]

    assert rest[-1] == Rendered()


async def test_after_a_drop_the_next_drawing_is_followed_live_again(server, renderer):
    await drawn(renderer, an_order())
    before = server.listeners
    server.faults.drop_websockets()
    await server.wait_for(lambda: server.listeners and not server.listeners & before)

    events = await drawn(renderer, an_order(graph=a_small_graph(seed=4)))

    assert any(isinstance(event, Sampled) for event in events)


async def test_every_connection_has_a_client_id_of_its_own(server, renderer):
    seen = set(server.listeners)
    for _ in range(3):
        before = server.listeners
        server.faults.drop_websockets()
        await server.wait_for(lambda: server.listeners and not server.listeners & before)  # noqa: B023 - called at once
        assert not server.listeners & seen
        seen |= server.listeners


async def test_a_deaf_websocket_is_replaced_and_the_drawing_ends(server, renderer):
    server.pace = Pace(step_s=0.5)
    server.faults.deafen()
    events = await drawn(renderer, an_order(graph=a_small_graph(steps=2)))

    assert events[-1] == Rendered()
    await server.wait_for(lambda: server.listeners)
    server.pace = Pace()
    live = await drawn(renderer, an_order(graph=a_small_graph(seed=8)))
    assert any(isinstance(event, Sampled) for event in live)


async def test_a_restarted_comfyui_has_lost_the_drawing(server, renderer):
    server.pace = STUCK_IN
    async with aclosing(renderer.render(an_order())) as events:
        await until(events, Started)
        await server.restart(down_s=0.1)
        rest = [event async for event in events]

    assert isinstance(rest[-1].error, Lost)


async def test_a_waiting_drawing_is_lost_by_a_restart_and_not_taken_for_cancelled(server, renderer):
    server.pace = STUCK_IN
    await given_by_somebody_else(server)
    async with aclosing(renderer.render(an_order())) as events:
        await until(events, Accepted)
        await server.restart()
        rest = [event async for event in events]

    assert isinstance(rest[-1].error, Lost)


async def test_answers_that_fail_for_a_while_lose_nothing(server, renderer):
    server.pace = SLOW
    for path in ("/queue", "/history"):
        for _ in range(4):
            server.faults.fail_next("GET", path, 500, "500 Internal Server Error")

    assert (await drawn(renderer, an_order()))[-1] == Rendered()


async def test_a_dead_worker_is_said_and_nothing_is_left_behind(server, renderer):
    server.faults.kill_worker()

    with pytest.raises(RendererAway) as away:
        await drawn(renderer, an_order())

    assert "worker" in away.value.message
    assert server.prompts[-1].outcome == "deleted"


async def test_a_comfyui_with_a_dead_worker_counts_as_away_while_prompts_wait(server, renderer):
    await given_by_somebody_else(server, a_small_graph(seed=50))
    await server.wait_for(lambda: server.prompts[0].outcome == "success")
    server.faults.kill_worker()
    await given_by_somebody_else(server, a_small_graph(seed=51))
    with pytest.raises(RendererAway):
        await drawn(renderer, an_order())

    with pytest.raises(RendererAway):
        await renderer.health()
    await server.restart()
    assert (await renderer.health()).pending == 0


async def test_a_lost_prompt_has_no_outputs(server, renderer):
    order = an_order()
    await drawn(renderer, order)
    await server.restart()

    with pytest.raises(Lost):
        await renderer.outputs(order.prompt_id)


async def test_an_interrupted_prompt_has_no_outputs(server, renderer):
    server.pace = SLOW
    order = an_order()
    async with aclosing(renderer.render(order)) as events:
        await until(events, Sampled)
        await renderer.cancel(order.prompt_id)
        await until(events, Interrupted)

    with pytest.raises(RenderError):
        await renderer.outputs(order.prompt_id)


async def test_without_any_websocket_drawings_are_followed_by_looking(server):
    async with ComfyClient(server.url, brisk()) as client:
        renderer = ComfyRenderer(client, SystemClock())
        events = await drawn(renderer, an_order())

    assert events[0] == Accepted()
    assert events[-1] == Rendered()


async def test_leaving_a_drawing_in_the_middle_leaves_comfyui_drawing(server):
    server.pace = SLOW
    order = an_order()
    async with a_renderer(server) as renderer, aclosing(renderer.render(order)) as events:
        await until(events, Sampled)
    await server.wait_for(lambda: server.prompts[0].outcome == "success")

    assert not [request for request in server.log if "interrupt" in request.path or "cancel" in request.path]
