"""Workflows and their graphs."""

from typing import Any

from bot.core.workflow import Defaults, Graph, Link, LoraAnchor, Node, Place, Workflow
from tests.builders.basics import built


def a_node(class_type: str = "KSampler", *, title: str | None = None, **inputs: Any) -> Node:
    return Node(class_type=class_type, inputs=inputs, title=title or class_type)


def a_graph(**changes: Any) -> Graph:
    """Return text to image in its seven nodes."""
    checkpoint, latent, sampler, decoded = ("4", "5", "3", "8")
    nodes = {
        "4": a_node("CheckpointLoaderSimple", title="Checkpoint", ckpt_name="illustrious_xl.safetensors"),
        "5": a_node("EmptyLatentImage", title="Latent", width=832, height=1216, batch_size=1),
        "6": a_node("CLIPTextEncode", title="Prompt", text="", clip=_link(checkpoint, 1)),
        "7": a_node("CLIPTextEncode", title="Negative", text="", clip=_link(checkpoint, 1)),
        "3": a_node(
            "KSampler",
            title="Sampler",
            seed=0,
            steps=25,
            cfg=5.0,
            sampler_name="euler_ancestral",
            scheduler="normal",
            denoise=1.0,
            model=_link(checkpoint),
            positive=_link("6"),
            negative=_link("7"),
            latent_image=_link(latent),
        ),
        "8": a_node("VAEDecode", title="Decode", samples=_link(sampler), vae=_link(checkpoint, 2)),
        "9": a_node("SaveImage", title="Save", filename_prefix="genga", images=_link(decoded)),
    }
    return built(Graph, changes, nodes=nodes)


def _link(node: str, slot: int = 0) -> Any:
    return Link(node=node, slot=slot).to_api()


def some_defaults(**changes: Any) -> Defaults:
    return built(Defaults, changes, steps=25, cfg=5.0, sampler="euler_ancestral", scheduler="normal")


def a_workflow(**changes: Any) -> Workflow:
    """Return text to image with all its places and a LoRA anchor."""
    sampler = {
        "seed": "seed",
        "steps": "steps",
        "cfg": "cfg",
        "sampler": "sampler_name",
        "scheduler": "scheduler",
    }
    places = {
        "prompt": Place(node="Prompt", input="text"),
        "negative": Place(node="Negative", input="text"),
        "model": Place(node="Checkpoint", input="ckpt_name"),
        "width": Place(node="Latent", input="width"),
        "height": Place(node="Latent", input="height"),
        "count": Place(node="Latent", input="batch_size"),
        "filename_prefix": Place(node="Save", input="filename_prefix"),
        **{name: Place(node="Sampler", input=target) for name, target in sampler.items()},
    }
    return built(
        Workflow,
        changes,
        name="txt2img",
        title="Text to image",
        description="Draws what the prompt says.",
        graph=a_graph(),
        places=places,
        defaults=some_defaults(),
        lora_anchor=LoraAnchor(after="Checkpoint"),
    )


def an_img2img_workflow(**changes: Any) -> Workflow:
    """Return image to image: its size is that of the picture it starts from."""
    plain = a_workflow()
    graph = (
        plain.graph.with_node("5", a_node("VAEEncode", title="Encode", pixels=_link("10"), vae=_link("4", 2)))
        .with_node("10", a_node("LoadImage", title="Reference", image=""))
        .with_input("3", "denoise", 0.6)
    )
    places = {name: place for name, place in plain.places.items() if place.node != "Latent"}
    places |= {
        "reference": Place(node="Reference", input="image"),
        "denoise": Place(node="Sampler", input="denoise"),
    }
    return built(
        a_workflow,
        changes,
        name="img2img",
        title="Image to image",
        graph=graph,
        places=places,
        defaults=some_defaults(denoise=0.6),
    )
