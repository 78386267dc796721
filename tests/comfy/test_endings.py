"""How a drawing may end, and what is told of it."""

import pytest

from bot.core.errors import ExecutionFailed, NoOutput, OutOfMemory, Refused
from bot.core.progress import RenderFailed
from tests.builders import an_upload
from tests.comfy.harness import a_small_graph, an_order, drawn


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
