"""A cancel reaches its own prompt, whatever state it is in, and no other."""

from contextlib import aclosing

import aiohttp
import pytest

from bot.core.progress import Accepted, Interrupted, Rendered, Sampled
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from tests.comfy.harness import (
    STUCK,
    a_renderer,
    a_small_graph,
    an_order,
    drawn,
    given_by_somebody_else,
    until,
)


async def test_a_waiting_prompt_that_is_cancelled_ends_interrupted(server, renderer):
    server.pace = STUCK
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
    server.pace = STUCK
    await given_by_somebody_else(server)
    order = an_order()
    async with aclosing(renderer.render(order)) as events:
        await until(events, Accepted)
        async with aiohttp.ClientSession() as session:
            await session.post(f"{server.url}/queue", json={"clear": True})
        rest = [event async for event in events]

    assert rest[-1] == Interrupted()


async def test_a_prompt_that_nobody_follows_can_be_cancelled(server, renderer):
    server.pace = STUCK
    prompt_id = await given_by_somebody_else(server)
    await server.wait_for(lambda: server.prompts[0].outcome == "running")

    await renderer.cancel(prompt_id)

    await server.wait_for(lambda: server.prompts[0].outcome == "interrupted")


@pytest.mark.parametrize("version", ["0.3.45", "0.3.64", "0.6.0", "0.33.0"])
async def test_a_cancel_hits_nobody_else_on_any_version(version):
    async with SandboxComfyUI(version=version, pace=STUCK) as server, a_renderer(server) as renderer:
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
