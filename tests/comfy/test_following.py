"""A drawing is followed: every step is told, and nobody else's."""

import asyncio
import time
from contextlib import aclosing

import pytest

from bot.core.progress import (
    Accepted,
    NodeStarted,
    Preview,
    Rendered,
    Sampled,
    Started,
)
from bot.sandbox.comfyui import Pace
from tests.comfy.harness import (
    SLOW,
    STUCK,
    a_small_graph,
    an_order,
    drawn,
    given_by_somebody_else,
    kinds,
    until,
)


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


async def test_a_fault_of_our_own_reaches_whoever_follows(server, renderer, monkeypatch):
    async def trip(_prompt_id):
        raise ZeroDivisionError

    server.pace = STUCK
    monkeypatch.setattr(renderer._server, "standing", trip)

    with pytest.raises(ZeroDivisionError):
        await drawn(renderer, an_order())
