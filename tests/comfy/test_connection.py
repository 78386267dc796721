"""Connections break, go deaf and come back; no end is lost by it."""

import asyncio
from contextlib import aclosing

import pytest

from bot.clock import SystemClock
from bot.comfy.client import ComfyClient
from bot.comfy.renderer import ComfyRenderer
from bot.core.errors import Lost, RendererAway, RenderError
from bot.core.progress import (
    Accepted,
    Interrupted,
    Rendered,
    Sampled,
    Started,
)
from bot.sandbox.comfyui import Pace
from tests.comfy.harness import (
    SLOW,
    STUCK,
    a_renderer,
    a_small_graph,
    an_order,
    brisk,
    drawn,
    given_by_somebody_else,
    until,
)


async def test_a_dropped_websocket_loses_no_end(server, renderer):
    server.pace = SLOW
    order = an_order()
    async with aclosing(renderer.render(order)) as events:
        await until(events, Sampled)
        server.faults.drop_websockets()
        rest = [event async for event in events]

    assert rest[-1] == Rendered()


async def test_the_steps_of_a_drawing_are_told_on_after_a_drop(server, renderer):
    server.pace = Pace(step_s=0.03)
    async with aclosing(renderer.render(an_order(graph=a_small_graph(steps=100)))) as events:
        await until(events, Sampled)
        server.faults.drop_websockets()
        while (await until(events, Sampled)).step < 50:
            pass
        server.pace = Pace()
        assert [event async for event in events][-1] == Rendered()
    await server.wait_for(lambda: len(server.listeners) == 1)


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
    server.pace = Pace(step_s=0.1)
    live = await drawn(renderer, an_order(graph=a_small_graph(seed=8)))
    assert any(isinstance(event, Sampled) for event in live)


async def test_a_restarted_comfyui_has_lost_the_drawing(server, renderer):
    server.pace = STUCK
    async with aclosing(renderer.render(an_order())) as events:
        await until(events, Started)
        await server.restart(down_s=0.1)
        rest = [event async for event in events]

    assert isinstance(rest[-1].error, Lost)


async def test_a_waiting_drawing_is_lost_by_a_restart_and_not_taken_for_cancelled(server, renderer):
    server.pace = STUCK
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
    await server.wait_for(lambda: server.listeners)
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


async def test_a_dead_worker_is_felt_without_a_drawing_of_ours(server, renderer):
    server.faults.kill_worker()
    await given_by_somebody_else(server)
    assert (await renderer.health()).pending == 1

    await asyncio.sleep(brisk().stuck)
    with pytest.raises(RendererAway, match="worker"):
        await renderer.health()
