"""What whoever draws must do, whether by script or with a ComfyUI."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.core.catalogue import ModelFacts
from bot.core.errors import NoOutput, Refused, RendererAway, RenderError
from bot.core.families import ModelFamily
from bot.core.progress import (
    Accepted,
    Interrupted,
    NodeStarted,
    Progress,
    Rendered,
    RenderFailed,
    Sampled,
    Started,
    advance,
)
from bot.core.recovery import Standing
from bot.ports.renderer import Order
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from tests.builders import a_graph, a_job, an_upload, png
from tests.comfy.harness import a_renderer, a_small_graph, nobody_listens
from tests.fakes import FakeRenderer, Gate

PROMPT = a_job().prompt_id
OTHER = a_job(attempt=2).prompt_id


class Scripted:
    """The fake, and how its world is moved."""

    def __init__(self):
        self.renderer = FakeRenderer()
        self.gates = []

    def graph(self):
        return a_graph()

    def hold(self):
        gate = Gate()
        self.gates.append(gate)
        sampling = Sampled(node="3", step=1, of=3)
        self.renderer.play(Accepted(), Started(), NodeStarted(node="3"), sampling, gate, Rendered())

    def let_go(self):
        self.gates[-1].open.set()

    def refuse(self):
        self.renderer.refusal = Refused("no", hint="never")

    def ask_for_nonsense(self):
        return a_graph()

    @asynccontextmanager
    async def gone(self):
        self.renderer.away = True
        yield
        self.renderer.away = False

    async def given(self):
        return self.renderer.given


class Real:
    """The true renderer, and a ComfyUI that is the sandbox."""

    def __init__(self, server, renderer):
        self.server = server
        self.renderer = renderer

    def graph(self):
        return a_small_graph()

    def hold(self):
        self.server.pace = Pace(step_s=0.05)

    def let_go(self):
        self.server.pace = Pace()

    def refuse(self):
        pass

    def ask_for_nonsense(self):
        return a_small_graph().with_input("4", "ckpt_name", "none.safetensors")

    @asynccontextmanager
    async def gone(self):
        restart = asyncio.create_task(self.server.restart(down_s=0.6))
        await nobody_listens(self.server.url)
        yield
        await restart

    async def given(self):
        return [prompt.id for prompt in self.server.prompts]


@pytest.fixture(params=["script", "comfyui"])
async def world(request):
    if request.param == "script":
        yield Scripted()
        return
    async with SandboxComfyUI() as server, a_renderer(server) as renderer:
        yield Real(server, renderer)


async def drawn(world, prompt_id=PROMPT, **changes):
    order = Order(**{"prompt_id": prompt_id, "graph": world.graph(), **changes})
    return [event async for event in world.renderer.render(order)]


def is_end(event):
    return isinstance(event, Rendered | RenderFailed | Interrupted)


async def test_a_drawing_begins_with_its_acceptance_and_has_one_end(world):
    events = await drawn(world)

    assert isinstance(events[0], Accepted)
    assert events[-1] == Rendered()
    assert [event for event in events if is_end(event)] == [Rendered()]


async def test_a_drawing_is_started_before_it_is_sampled(world):
    events = await drawn(world)
    started = next(index for index, event in enumerate(events) if isinstance(event, Started))
    sampled = [index for index, event in enumerate(events) if isinstance(event, Sampled)]

    assert sampled
    assert started < sampled[0]


async def test_progress_folds_to_the_whole(world):
    progress = Progress.of_graph(world.graph())
    for at, event in enumerate(await drawn(world)):
        progress = advance(progress, event, at=at)

    assert progress.fraction == pytest.approx(1.0)
    assert progress.ended is not None


async def test_a_finished_drawing_has_outputs_that_can_be_fetched(world):
    await drawn(world)

    outputs = await world.renderer.outputs(PROMPT)

    assert outputs
    for output in outputs:
        assert (await world.renderer.fetch(output)).startswith(b"\x89PNG")


async def test_a_file_that_is_not_there_is_said_to_be_missing(world):
    await drawn(world)
    (output, *_) = await world.renderer.outputs(PROMPT)

    with pytest.raises(NoOutput):
        await world.renderer.fetch(type(output)(filename="nothing.png"))


async def test_a_prompt_that_was_never_drawn_has_no_outputs(world):
    with pytest.raises(RenderError):
        await world.renderer.outputs(OTHER)


async def test_a_refused_order_says_why_and_is_not_drawn(world):
    world.refuse()
    order = Order(prompt_id=PROMPT, graph=world.ask_for_nonsense())

    with pytest.raises(Refused) as refusal:
        [event async for event in world.renderer.render(order)]

    assert refusal.value.message
    assert await world.given() == []


async def test_a_cancelled_drawing_ends_interrupted(world):
    world.hold()
    events = []
    async for event in world.renderer.render(Order(prompt_id=PROMPT, graph=world.graph())):
        events.append(event)
        if isinstance(event, Sampled):
            await world.renderer.cancel(PROMPT)

    assert events[-1] == Interrupted()


async def test_a_cancel_hits_only_its_own_prompt(world):
    world.hold()
    events = []
    async for event in world.renderer.render(Order(prompt_id=PROMPT, graph=world.graph())):
        events.append(event)
        if isinstance(event, Started):
            await world.renderer.cancel(OTHER)
            world.let_go()

    assert events[-1] == Rendered()


async def test_a_picture_to_start_from_is_brought_along(world):
    assert (await drawn(world, uploads=(an_upload(content=png()),)))[-1] == Rendered()


async def test_an_order_given_before_is_not_given_again(world):
    await drawn(world)

    events = await drawn(world, fresh=False)

    assert events[-1] == Rendered()
    assert await world.given() == [PROMPT]


async def test_an_order_that_may_have_been_given_and_was_not_is_given_now(world):
    assert (await drawn(world, fresh=False))[-1] == Rendered()
    assert await world.given() == [PROMPT]


async def test_nobody_there_is_said_before_anything_is_taken(world):
    async with world.gone():
        with pytest.raises(RendererAway):
            await drawn(world)
        with pytest.raises(RendererAway):
            await world.renderer.health()
        with pytest.raises(RendererAway):
            await world.renderer.catalogue()

    assert await world.given() == []


async def test_the_catalogue_names_what_there_is(world):
    catalogue = await world.renderer.catalogue()

    assert catalogue.checkpoints
    assert catalogue.loras
    assert "euler_ancestral" in catalogue.samplers
    assert "normal" in catalogue.schedulers
    assert a_graph().class_types() <= catalogue.nodes
    assert catalogue.seen > 0
    assert catalogue.upscalers
    assert catalogue.version == "0.33.0"


async def test_the_catalogue_tells_the_families_that_the_files_tell(world):
    catalogue = await world.renderer.catalogue()

    told = {name: catalogue.facts[name].family for name in (*catalogue.checkpoints, *catalogue.loras)}
    assert {ModelFamily.SD15, ModelFamily.SDXL} <= set(told.values())


async def test_what_is_known_of_a_model_is_not_asked_for_again(world):
    seen = await world.renderer.catalogue()
    first = seen.checkpoints[0]
    known = replace(seen, facts={first: ModelFacts(hash="known")})

    again = await world.renderer.catalogue(known)
    assert again.facts[first] == ModelFacts(hash="known")
    assert again.facts.keys() == seen.facts.keys()


async def test_health_tells_the_version_and_the_queue(world):
    health = await world.renderer.health()

    assert health.version == "0.33.0"
    assert health.device
    assert (health.running, health.pending) == (0, 0)


async def test_where_a_prompt_stands_is_known_before_while_and_after_it_is_drawn(world):
    assert await world.renderer.standing(PROMPT) is Standing.GONE
    world.hold()
    async for event in world.renderer.render(Order(prompt_id=PROMPT, graph=world.graph())):
        if isinstance(event, Sampled):
            assert await world.renderer.standing(PROMPT) is Standing.RUNNING
            world.let_go()
    assert await world.renderer.standing(PROMPT) is Standing.ENDED


async def test_nobody_there_has_no_standing_and_gives_no_memory_back(world):
    async with world.gone():
        for ask in (world.renderer.standing(PROMPT), world.renderer.left_behind("genga/x", count=1)):
            with pytest.raises(RendererAway):
                await ask
        with pytest.raises(RendererAway):
            await world.renderer.free()


async def test_nothing_is_left_behind_under_a_name_that_was_never_used(world):
    assert await world.renderer.left_behind("genga/nobody", count=1) == ()
