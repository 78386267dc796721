"""Whatever befalls the connection, each order is drawn once and ends well."""

import random
from contextlib import suppress

import pytest

from bot.comfy.renderer import ComfyRenderer
from bot.core.errors import RendererAway
from bot.core.progress import Accepted, Rendered, RenderEvent
from bot.ports.renderer import Order
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from tests.comfy.harness import a_renderer, a_small_graph, an_order, drawn

DRAWINGS = 6


def befall(server: SandboxComfyUI, chance: random.Random) -> None:
    """Order one misfortune, or none."""
    faults = server.faults
    misfortunes = (
        lambda: None,
        faults.drop_websockets,
        faults.deafen,
        lambda: faults.reset_next("/prompt", "before_effect"),
        lambda: faults.reset_next("/prompt", "after_effect"),
        lambda: faults.reset_next("/queue"),
        lambda: faults.reset_next("/history"),
        lambda: faults.fail_next("GET", "/queue", 500),
        lambda: faults.fail_next("GET", "/history", 502),
        lambda: faults.lose_history_race(2),
        lambda: faults.delay("/queue", 0.03),
        lambda: faults.delay("/queue", 0.0),
    )
    chance.choice(misfortunes)()


async def drawn_at_last(renderer: ComfyRenderer, order: Order) -> list[RenderEvent]:
    """Give the order again, as the worker does, when ComfyUI was away."""
    while True:
        with suppress(RendererAway):
            return await drawn(renderer, order)


@pytest.mark.parametrize("seed", range(5))
async def test_each_order_is_drawn_once_and_ends_well(seed):
    chance = random.Random(seed)
    async with SandboxComfyUI(pace=Pace(step_s=0.01)) as server, a_renderer(server) as renderer:
        orders = [an_order(graph=a_small_graph(seed=number)) for number in range(DRAWINGS)]
        for order in orders:
            befall(server, chance)
            befall(server, chance)
            events = await drawn_at_last(renderer, order)

            assert isinstance(events[0], Accepted)
            assert events[-1] == Rendered()
            assert len(await renderer.outputs(order.prompt_id)) == 1

        assert [prompt.id for prompt in server.prompts] == [order.prompt_id for order in orders]
        assert {prompt.outcome for prompt in server.prompts} == {"success"}
