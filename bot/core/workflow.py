"""A workflow: ComfyUI's graph as exported, and the places in it that a recipe fills."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self, TypeAlias

from bot.core.errors import BadRequest, UnusedOption
from bot.core.generation import Aspect, GenerationRequest, Lora, Recipe, Seed

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class BadWorkflow(BadRequest):
    """A workflow's files do not fit together; found when they are loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An output of another node: its id and the slot."""

    node: str
    slot: int

    def to_api(self) -> list[Json]:
        return [self.node, self.slot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node of a graph in ComfyUI's API format."""

    class_type: str
    inputs: Mapping[str, Json]
    title: str

    def links(self) -> Iterator[tuple[str, Link]]:
        """Yield each input that is fed by another node."""
        for name, value in self.inputs.items():
            match value:
                case [str(node), int(slot)]:
                    yield name, Link(node=node, slot=slot)
                case _:
                    pass

    def with_inputs(self, **values: Json) -> Self:
        return replace(self, inputs={**self.inputs, **values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A graph as `POST /prompt` takes it: nodes by id."""

    nodes: Mapping[str, Node]

    @classmethod
    def parse(cls, document: Json) -> Self:
        """Read ComfyUI's API format; raise BadWorkflow for anything else."""
        if not isinstance(document, dict) or not document:
            raise BadWorkflow("This is not a ComfyUI workflow.", hint="Export it with “Export (API)”.")
        if "nodes" in document and "links" in document:
            raise BadWorkflow(
                "This workflow is in the editor's own format.",
                hint="In ComfyUI choose Workflow → Export (API) and use that file.",
            )
        return cls(nodes={node_id: _parse_node(node_id, node) for node_id, node in document.items()})

    def to_api(self) -> dict[str, Json]:
        return {
            node_id: {
                "class_type": node.class_type,
                "inputs": dict(node.inputs),
                "_meta": {"title": node.title},
            }
            for node_id, node in self.nodes.items()
        }

    def titled(self, title: str) -> str:
        """Return the id of the one node with this title; raise BadWorkflow if there is not exactly one."""
        found = [node_id for node_id, node in self.nodes.items() if node.title == title]
        if len(found) != 1:
            raise BadWorkflow(
                f"{len(found) or 'No'} nodes are titled “{title}”, where exactly one must be.",
                hint="Give the node that title in ComfyUI and export again.",
            )
        return found[0]

    def class_types(self) -> frozenset[str]:
        return frozenset(node.class_type for node in self.nodes.values())

    def with_input(self, node_id: str, name: str, value: Json) -> Self:
        return replace(self, nodes={**self.nodes, node_id: self.nodes[node_id].with_inputs(**{name: value})})

    def rewired(self, old: Link, new: Link) -> Self:
        """Return the graph in which everything that was fed by `old` is fed by `new`."""
        return replace(
            self,
            nodes={
                node_id: node.with_inputs(
                    **{name: new.to_api() for name, link in node.links() if link == old}
                )
                for node_id, node in self.nodes.items()
            },
        )

    def with_node(self, node_id: str, node: Node) -> Self:
        return replace(self, nodes={**self.nodes, node_id: node})


def _parse_node(node_id: str, node: Json) -> Node:
    match node:
        case {"class_type": str(class_type), "inputs": dict(inputs)}:
            match node.get("_meta"):
                case {"title": str(title)}:
                    pass
                case _:
                    title = class_type
            return Node(class_type=class_type, inputs=MappingProxyType(inputs), title=title)
        case _:
            raise BadWorkflow(
                f"Node {node_id} has no class_type and inputs.", hint="Export the workflow again."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An input of the node with this title."""

    node: str
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraAnchor:
    """Where a chain of LoRA loaders is inserted: behind a node that gives model and clip."""

    after: str
    class_type: str = "LoraLoader"
    model_slot: int = 0
    clip_slot: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What is drawn with where nobody said otherwise."""

    steps: int
    cfg: float
    sampler: str
    scheduler: str
    aspect: Aspect = Aspect.PORTRAIT
    negative: str = ""
    denoise: float = 1.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A named graph with its places: what its two files say, checked against each other.

    `places` maps a canonical parameter (prompt, negative, seed, steps, cfg, sampler, scheduler, model,
    width, height, count, denoise, reference, scale, upscaler, filename_prefix) to an input of a titled node.
    `from_picture` names the workflow that draws the same from a picture, where this one cannot.
    """

    name: str
    title: str
    description: str
    graph: Graph
    places: Mapping[str, Place]
    defaults: Defaults
    lora_anchor: LoraAnchor | None = None
    tuned_for: tuple[str, ...] = field(default=())
    from_picture: str | None = None

    @property
    def options(self) -> frozenset[str]:
        """Name the options of a request that this workflow reads."""
        always = {"prompt", *_ALWAYS}
        by_place = {_OPTION_OF_PLACE.get(place, place) for place in self.places} - {"filename_prefix"}
        if self.enlarges:
            by_place = by_place - {"size"} | {"scale"}
        loras: set[str] = {"loras"} if self.lora_anchor else set()
        return frozenset(always | by_place | loras)

    @property
    def enlarges(self) -> bool:
        """Tell whether it makes a picture larger, so that its size follows from that picture's."""
        return not self.places.keys().isdisjoint({"scale", "upscaler"})

    @property
    def needs_model(self) -> bool:
        """Tell whether it draws with a checkpoint of the asker's choice; others bring their own models."""
        return "model" in self.places

    def filled(self, place: str) -> str:
        """Return what its own graph has in a place."""
        at = self.places[place]
        return str(self.graph.nodes[self.graph.titled(at.node)].inputs[at.input])

    def is_decided(self, recipe: Recipe) -> bool:
        """Tell whether everything is known that the graph is bound from."""
        return recipe.model is not None or not self.needs_model

    @property
    def needs_reference(self) -> bool:
        return "reference" in self.places

    def check_options(self, request: GenerationRequest) -> None:
        """Raise UnusedOption for an option that would be silently ignored."""
        unused = sorted(request.given() - self.options)
        if unused:
            spoken = {_SPOKEN.get(option, option) for option in self.options - _ALWAYS}
            raise UnusedOption(_SPOKEN.get(unused[0], unused[0]), self.name, spoken)

    def reseeded(self, graph: Graph, *, seed: Seed, filename_prefix: str) -> Graph:
        """Return a graph once bound from this workflow with another seed and place for its files."""
        values: dict[str, Json] = {"seed": seed, "filename_prefix": filename_prefix}
        for name in values.keys() & self.places.keys():
            place = self.places[name]
            graph = graph.with_input(graph.titled(place.node), place.input, values[name])
        return graph

    def class_types(self) -> frozenset[str]:
        """Name the node classes that ComfyUI must have for this workflow."""
        extra = {self.lora_anchor.class_type} if self.lora_anchor else set[str]()
        return self.graph.class_types() | extra


_ALWAYS = frozenset(
    {"project", "workflow", "allow_smaller", "style", "characters", "variations", "contact_sheet"}
)
"""Options that are the studio's to read, whatever the workflow."""
_OPTION_OF_PLACE = {"width": "size", "height": "size"}
_SPOKEN = {"loras": "lora"}

PLACES = frozenset(
    {
        "prompt",
        "negative",
        "seed",
        "steps",
        "cfg",
        "sampler",
        "scheduler",
        "model",
        "width",
        "height",
        "count",
        "denoise",
        "reference",
        "scale",
        "upscaler",
        "filename_prefix",
    }
)


def bind(workflow: Workflow, recipe: Recipe, *, filename_prefix: str) -> Graph:
    """Fill the workflow's places from the recipe and insert its LoRAs: the exact graph that is sent."""
    values: dict[str, Json] = {
        "prompt": recipe.prompt,
        "negative": recipe.negative,
        "seed": recipe.seed,
        "steps": recipe.steps,
        "cfg": recipe.cfg,
        "sampler": recipe.sampler,
        "scheduler": recipe.scheduler,
        "model": recipe.model,
        "width": recipe.size.width,
        "height": recipe.size.height,
        "count": recipe.count,
        "denoise": recipe.denoise,
        "reference": recipe.reference.upload_name if recipe.reference else None,
        "scale": recipe.scale,
        "upscaler": recipe.upscaler,
        "filename_prefix": filename_prefix,
    }
    graph = workflow.graph
    for name, place in workflow.places.items():
        graph = graph.with_input(graph.titled(place.node), place.input, values[name])
    if workflow.lora_anchor and recipe.loras:
        graph = _with_loras(graph, workflow.lora_anchor, recipe.loras)
    return graph


def _with_loras(graph: Graph, anchor: LoraAnchor, loras: tuple[Lora, ...]) -> Graph:
    source = graph.titled(anchor.after)
    model, clip = Link(node=source, slot=anchor.model_slot), Link(node=source, slot=anchor.clip_slot)
    last = f"lora_{len(loras)}"
    graph = graph.rewired(model, Link(node=last, slot=0)).rewired(clip, Link(node=last, slot=1))
    for number, lora in enumerate(loras, start=1):
        node_id = f"lora_{number}"
        graph = graph.with_node(node_id, _lora_node(anchor, lora, model=model, clip=clip))
        model, clip = Link(node=node_id, slot=0), Link(node=node_id, slot=1)
    return graph


def _lora_node(anchor: LoraAnchor, lora: Lora, *, model: Link, clip: Link) -> Node:
    inputs: dict[str, Json] = {
        "lora_name": lora.name,
        "strength_model": lora.strength,
        "strength_clip": lora.strength,
        "model": model.to_api(),
        "clip": clip.to_api(),
    }
    return Node(class_type=anchor.class_type, inputs=inputs, title=f"LoRA {lora.name}")
