"""What a ComfyUI that was restarted has forgotten, and what lies in its folders all the same."""

import pytest

from bot.core.errors import InDoubt, RendererAway
from tests.comfy.harness import a_small_graph, an_order, drawn


async def left(server, renderer, *, count, asked):
    graph = a_small_graph(count=count).with_input("9", "filename_prefix", "genga/abc")
    await drawn(renderer, an_order(graph=graph))
    await server.restart()
    await server.wait_for(lambda: server.listeners)
    return await renderer.left_behind("genga/abc", count=asked)


async def test_pictures_lie_there_under_the_jobs_own_name(server, renderer):
    outputs = await left(server, renderer, count=2, asked=2)
    assert [output.filename for output in outputs] == ["abc_00001_.png", "abc_00002_.png"]
    assert all([(await renderer.fetch(output)).startswith(b"\x89PNG") for output in outputs])


@pytest.mark.parametrize("asked", [1, 3])
async def test_more_or_fewer_than_were_asked_for_are_none(server, renderer, asked):
    assert await left(server, renderer, count=2, asked=asked) == ()


async def test_a_comfyui_that_fails_to_look_for_a_file_says_nothing_of_it(server, renderer):
    server.faults.fail_next("HEAD", "/view", 500)
    with pytest.raises(RendererAway):
        await renderer.left_behind("genga/abc", count=1)


async def test_an_order_that_nobody_can_be_asked_about_is_in_doubt(server, renderer):
    server.faults.reset_next("/prompt", "after_effect")
    for _ in range(4):
        server.faults.fail_next("GET", "/queue", 500)
    with pytest.raises(InDoubt):
        await drawn(renderer, an_order())
    assert len(server.prompts) == 1


async def test_an_order_unanswered_twice_is_in_doubt(server, renderer):
    for _ in range(2):
        server.faults.reset_next("/prompt", "before_effect")
    with pytest.raises(InDoubt):
        await drawn(renderer, an_order())
