"""An order is given to ComfyUI once, whatever becomes of the answer."""

from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.clock import SystemClock
from bot.comfy.client import ComfyClient
from bot.comfy.renderer import ComfyRenderer
from bot.core.errors import OutOfMemory, Refused, RendererAway
from bot.core.progress import Rendered, Sampled
from bot.sandbox.comfyui import Pace
from tests.comfy.harness import (
    SLOW,
    a_late_door,
    a_renderer,
    a_small_graph,
    an_order,
    brisk,
    drawn,
    ids,
    kinds,
    until,
)


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

        assert kinds(events)[:2] == ["Accepted", "Started"]
        assert events[-1] == Rendered()
        assert await after.outputs(order.prompt_id)
    assert ids(server) == [order.prompt_id]


async def test_the_steps_of_a_running_prompt_are_told_after_our_restart(server):
    server.pace = SLOW
    order = an_order(graph=a_small_graph(steps=100))
    async with a_renderer(server) as before, aclosing(before.render(order)) as events:
        await until(events, Sampled)
    async with a_renderer(server) as after, aclosing(after.render(replace(order, fresh=False))) as events:
        await until(events, Sampled)
        server.pace = Pace()
        assert [event async for event in events][-1] == Rendered()
    await server.wait_for(lambda: not server.listeners)


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
