"""The workflows that come with Genga, against what ComfyUI says of its nodes and against the sandbox."""

import json
from pathlib import Path

import pytest

from bot.comfy.choices import choices_in
from bot.core.generation import Lora, Seed, Size
from bot.core.progress import Rendered, Sampled
from bot.core.workflow import Link, bind
from bot.sandbox.comfyui import SandboxComfyUI
from bot.workflows.loader import load_workflows
from tests.builders import a_recipe, a_reference, png
from tests.comfy.harness import CHECKPOINT, a_renderer, an_order, drawn

WORKFLOWS = load_workflows().workflows
LORA = Lora(name="watercolor_sd15.safetensors", strength=0.5)
UPSCALER = "RealESRGAN_x4plus_anime_6B.pth"
OBJECT_INFO = Path(__file__).parent / "object_info.json"


@pytest.fixture(scope="module")
def object_info():
    return json.loads(OBJECT_INFO.read_text(encoding="utf-8"))


def bound(name, **changes):
    workflow = WORKFLOWS[name]
    reference = a_reference() if workflow.needs_reference else None
    values = {
        "workflow": name,
        "model": CHECKPOINT,
        "size": Size(width=64, height=96),
        "steps": 3,
        "reference": reference,
        "denoise": workflow.defaults.denoise,
        "scale": workflow.defaults.scale,
        "upscaler": UPSCALER,
        **changes,
    }
    return bind(workflow, a_recipe(**values), filename_prefix="genga/u_")


def pictures(name):
    """Return how many pictures a workflow can be asked for at once."""
    return (1, 3) if "count" in WORKFLOWS[name].places else (1,)


def with_loras(name):
    return ((), (LORA, LORA)) if WORKFLOWS[name].lora_anchor else ((),)


every = pytest.mark.parametrize("name", WORKFLOWS)
with_and_without_loras = pytest.mark.parametrize(
    ("name", "loras"),
    [
        pytest.param(name, loras, id=f"{name}-{len(loras)} LoRAs")
        for name in WORKFLOWS
        for loras in with_loras(name)
    ],
)


@with_and_without_loras
def test_every_required_input_is_there_and_fits_its_declaration(name, loras, object_info):
    for node in bound(name, loras=loras).nodes.values():
        required = object_info[node.class_type]["input"]["required"]
        assert required.keys() <= node.inputs.keys()
        for input_name, declaration in required.items():
            value = node.inputs[input_name]
            if str(declaration[0]) in {"INT", "FLOAT"}:
                assert declaration[1]["min"] <= value <= declaration[1]["max"], input_name
            elif choices_in(declaration) and input_name not in {
                "ckpt_name",
                "lora_name",
                "image",
                "model_name",
            }:
                assert value in choices_in(declaration), input_name


@with_and_without_loras
def test_links_join_outputs_and_inputs_of_one_type(name, loras, object_info):
    graph = bound(name, loras=loras)
    for node in graph.nodes.values():
        declared = object_info[node.class_type]["input"]["required"]
        for input_name, link in node.links():
            source = object_info[graph.nodes[link.node].class_type]
            assert source["output"][link.slot] == declared[input_name][0]


@every
def test_the_defaults_are_names_that_comfyui_knows(name, object_info):
    required = object_info["KSampler"]["input"]["required"]
    defaults = WORKFLOWS[name].defaults

    assert defaults.sampler in choices_in(required["sampler_name"])
    assert defaults.scheduler in choices_in(required["scheduler"])


@every
def test_the_nodes_speak_in_words(name):
    titles = [node.title for node in WORKFLOWS[name].graph.nodes.values()]

    assert len(set(titles)) == len(titles)
    assert not set(titles) & WORKFLOWS[name].graph.class_types()


@pytest.mark.parametrize("name", [name for name in WORKFLOWS if WORKFLOWS[name].lora_anchor])
def test_loras_stand_between_the_checkpoint_and_all_it_fed(name):
    graph = bound(name, loras=(LORA, LORA))
    checkpoint = graph.titled("Checkpoint")
    model, clip = Link(node=checkpoint, slot=0), Link(node=checkpoint, slot=1)

    fed = [
        node_id for node_id, node in graph.nodes.items() for _, link in node.links() if link in {model, clip}
    ]

    assert set(fed) == {"lora_1"}


def test_a_picture_to_start_from_is_brought_to_the_size_and_the_count_that_were_asked_for():
    graph = bound("img2img", count=4)

    assert graph.nodes["10"].inputs["image"] == a_reference().upload_name
    assert (graph.nodes["11"].inputs["width"], graph.nodes["11"].inputs["height"]) == (64, 96)
    assert graph.nodes["13"].inputs["amount"] == 4
    assert graph.nodes["3"].inputs["denoise"] == 0.6


def test_a_picture_is_enlarged_by_a_model_to_the_size_that_was_asked_for():
    graph = bound("upscale", size=Size(width=1664, height=2432), upscaler="4x-UltraSharp.pth")

    assert graph.nodes["1"].inputs["image"] == a_reference().upload_name
    assert graph.nodes["2"].inputs["model_name"] == "4x-UltraSharp.pth"
    assert (graph.nodes["4"].inputs["width"], graph.nodes["4"].inputs["height"]) == (1664, 2432)


def test_a_picture_is_drawn_over_as_many_times_as_large_as_was_asked_for():
    graph = bound("upscale_latent", scale=1.75)

    assert graph.nodes["12"].inputs["scale_by"] == 1.75
    assert graph.nodes["3"].inputs["denoise"] == 0.5


def test_each_that_cannot_start_from_a_picture_names_one_that_can():
    named = [workflow.from_picture for workflow in WORKFLOWS.values() if not workflow.needs_reference]

    assert all(name is not None and WORKFLOWS[name].needs_reference for name in named)


@pytest.mark.parametrize(
    ("name", "loras", "count"),
    [(name, loras, count) for name in WORKFLOWS for loras in with_loras(name) for count in pictures(name)],
    ids=lambda value: len(value) if isinstance(value, tuple) else value,
)
async def test_the_sandbox_draws_them(name, loras, count):
    workflow = WORKFLOWS[name]
    order = an_order(graph=bound(name, loras=loras, count=count, seed=Seed(7)))
    async with SandboxComfyUI() as server, a_renderer(server) as renderer:
        if workflow.needs_reference:
            (server.folders.input / a_reference().upload_name).write_bytes(png())
        assert (await renderer.catalogue()).missing_for(workflow) == ()
        events = await drawn(renderer, order)

        assert events[-1] == Rendered()
        assert any(isinstance(event, Sampled) for event in events) or "steps" not in workflow.places
        assert len(await renderer.outputs(order.prompt_id)) == count
