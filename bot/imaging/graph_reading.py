"""What ComfyUI drew a picture with, found by walking its graph upstream from the sampler.

Graphs in the wild are made of thousands of kinds of nodes, so the walk goes by the names of inputs rather
than by the kinds of nodes, and what is not found stays None. A graph with two passes tells of its first one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from bot.core.generation import Lora, Size
from bot.core.inscription import Parameters
from bot.core.workflow import Json, Link, Node

MOST_NODES = 5_000
_DEEPEST = 200
"""Nodes on one way upstream."""
_MOST_WAYS = 50
_LONGEST_SIDE = 65_535

_VALUES = ("value", "number", "int", "float", "text", "string", "seed", "Value")
"""Where nodes that do nothing but hold a value have it."""
_SEEDS = ("seed", "noise_seed", "rand_seed")
_SAMPLER_INPUTS = (
    {"guider", "latent_image"},
    *(
        {model, latent, seed}
        for model in ("model", "pipe", "basic_pipe")
        for latent in ("latent_image", "latent")
        for seed in _SEEDS
    ),
    *({"pipe", seed} for seed in _SEEDS),
)
_ASIDE = ("noise", "guider", "sigmas", "sampler", "pipe", "basic_pipe", "settings")
"""The inputs through which a sampler gets its settings from other nodes."""
_MODELS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name", "gguf_name")
_TO_MODEL = (
    "model",
    "unet",
    "pipe",
    "basic_pipe",
    "optional_lora_stack",
    "lora_stack",
    "model1",
    "guider",
    "",
)
_TO_LATENT = ("latent_image", "latent", "samples", "optional_latent", "latents", "")
_SIDES = {"positive": ("positive", "conditioning", "cond1"), "negative": ("negative",)}
"""What samplers and guiders call the inputs for the words."""
_WORDS = (
    "text", "prompt", "text_g", "text_l", "clip_l", "t5xxl", "string", "value", "populated_text",
    "wildcard_text", "text1", "text2", "text_a", "text_b", "text_c", "string_a", "string_b", "string1",
    "string2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Canvas:
    """A graph to walk in; ways that lead nowhere are simply no ways."""

    nodes: Mapping[str, Node]

    def fed(self, node: Node, name: str) -> Node | None:
        """Return the node that feeds the input."""
        link = _link(node.inputs.get(name))
        return self.nodes.get(link.node) if link else None

    def value(self, node: Node, name: str) -> Json:
        """Return the input's value; where another node holds it, that one's."""
        for _ in range(_DEEPEST):
            given = node.inputs.get(name)
            source = self.fed(node, name)
            if source is None:
                return None if _link(given) else given
            name = next((key for key in (name, *_VALUES) if key in source.inputs), _only_way(source))
            node = source
        return None

    def upstream(self, *starts: Node, ways: tuple[str, ...] | None = None) -> Iterator[Node]:
        """Yield the nodes and all that feed them, nearest first, each once.

        `ways`: only through inputs of these names, in this order.
        """
        line, seen = list(starts), {id(start) for start in starts}
        for node in line:
            yield node
            for name in node.inputs if ways is None else ways:
                source = self.fed(node, name)
                if source is not None and id(source) not in seen:
                    seen.add(id(source))
                    line.append(source)


def parameters_of(nodes: Mapping[str, Node]) -> Parameters | None:
    """Return None if nothing in the graph samples."""
    canvas = Canvas(nodes)
    sampler = _first_pass(canvas)
    return None if sampler is None else _told_by(canvas, sampler)


def nodes_of(document: Json) -> dict[str, Node]:
    """Read the API format and pass over what is no node."""
    if not isinstance(document, dict):
        return {}
    return {
        key: node for key, entry in list(document.items())[:MOST_NODES] if (node := _node(entry)) is not None
    }


def _node(entry: Json) -> Node | None:
    match entry:
        case {"class_type": str(kind), "inputs": dict(inputs)}:
            return Node(class_type=kind, inputs=inputs, title=kind)
        case _:
            return None


def _link(value: Json) -> Link | None:
    match value:
        case [str() | int() as node, int(slot)]:
            return Link(node=str(node), slot=slot)
        case _:
            return None


def _only_way(node: Node) -> str:
    """Name the one input of a reroute; an input that is not there otherwise."""
    ways = [name for name, value in node.inputs.items() if _link(value)]
    return ways[0] if len(ways) == 1 else ""


# ── the sampler


def _first_pass(canvas: Canvas) -> Node | None:
    """Return the sampler that begins the picture that is saved, or else any that begins one."""
    saved = [node for node in canvas.nodes.values() if _saves(node)]
    drawn = (node for node in canvas.upstream(*saved) if _samples(node))
    stray = (node for node in canvas.nodes.values() if _samples(node))
    sampler = next(drawn, None) or next(stray, None)
    return None if sampler is None else _beginning(canvas, sampler)


def _samples(node: Node) -> bool:
    """Tell a sampler by what goes in: a model, a latent and a seed, in one way or another."""
    inputs = node.inputs.keys()
    return any(inputs >= needed for needed in _SAMPLER_INPUTS)


def _saves(node: Node) -> bool:
    return "images" in node.inputs and ("Save" in node.class_type or "Preview" in node.class_type)


def _beginning(canvas: Canvas, sampler: Node) -> Node:
    ways = (*_TO_LATENT, "pixels", "image", "images", "upscale_image")
    return [node for node in canvas.upstream(sampler, ways=ways) if _samples(node)][-1]


# ── what it tells


def _told_by(canvas: Canvas, sampler: Node) -> Parameters:
    settings = list(canvas.upstream(sampler, ways=_ASIDE))
    chain = list(canvas.upstream(sampler, ways=_TO_MODEL))
    return Parameters(
        prompt=_words(canvas, settings, "positive"),
        negative=_words(canvas, settings, "negative"),
        seed=_whole(_told(canvas, settings, _SEEDS)),
        steps=_whole(_told(canvas, settings, ("steps",))),
        cfg=_number(_told(canvas, settings, ("cfg", "cfg_conds"))),
        sampler=_name(_told(canvas, settings, ("sampler_name",))),
        scheduler=_name(_told(canvas, settings, ("scheduler",))),
        denoise=_number(_told(canvas, settings, ("denoise",))),
        model=_name(_told(canvas, chain, _MODELS)),
        loras=tuple(lora for node in reversed(chain) for lora in _loras(canvas, node)),
        size=_size(canvas, sampler),
    )


def _told(canvas: Canvas, nodes: list[Node], names: tuple[str, ...]) -> Json:
    """Return the nearest value that an input of one of these names has."""
    values = (canvas.value(node, name) for node in nodes for name in names if name in node.inputs)
    return next((value for value in values if isinstance(value, int | float | str)), None)


def _whole(value: Json) -> int | None:
    match value:
        case bool():
            return None
        case int() if 0 <= value < 2**64:
            return value
        case _:
            return None


def _number(value: Json) -> float | None:
    match value:
        case bool():
            return None
        case int() if abs(value) < 2**53:
            return float(value)
        case float() if isfinite(value):
            return value
        case _:
            return None


def _name(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _size(canvas: Canvas, sampler: Node) -> Size | None:
    for node in canvas.upstream(sampler, ways=_TO_LATENT):
        for prefix in ("", "empty_latent_"):
            sides = [_whole(canvas.value(node, prefix + side)) for side in ("width", "height")]
            match sides:
                case [int(width), int(height)] if _fits(width) and _fits(height):
                    return Size(width=width, height=height)
                case _:
                    continue
    return None


def _fits(side: int) -> bool:
    return 0 < side <= _LONGEST_SIDE


def _loras(canvas: Canvas, node: Node) -> Iterator[Lora]:
    yield from _lora(
        canvas.value(node, "lora_name"),
        _told(canvas, [node], ("strength_model", "lora_model_strength", "strength")),
    )
    for key, entry in node.inputs.items():
        match entry:
            case {"on": True, "lora": name, "strength": strength}:
                yield from _lora(name, strength)
            case str() if key.startswith("lora_name_"):
                number = key.removeprefix("lora_name_")
                yield from _lora(entry, _told(canvas, [node], (f"lora_wt_{number}", f"model_str_{number}")))
            case _:
                continue


def _lora(name: Json, strength: Json) -> Iterator[Lora]:
    """Leave out what is switched off."""
    weight = 1.0 if strength is None else _number(strength)
    if isinstance(name, str) and name not in ("", "None") and weight:
        yield Lora(name=name, strength=weight)


# ── the words


def _words(canvas: Canvas, settings: list[Node], side: str) -> str | None:
    """Return the texts that reach this side of the sampler, each once; None if the way is lost."""
    for node in settings:
        for name in _SIDES[side]:
            given = node.inputs.get(name)
            if isinstance(given, str):
                return given
            source = canvas.fed(node, name)
            if source is not None:
                return _encoded(canvas, source, side)
    return None


def _encoded(canvas: Canvas, source: Node, side: str) -> str | None:
    found: list[str] = []
    seen: set[int] = set()
    for node in canvas.upstream(source, ways=_to_conditioning(canvas, side)):
        if "ZeroOut" in node.class_type:
            return ""
        loaded = node.inputs.get(side)
        found += [loaded] if isinstance(loaded, str) else _texts(canvas, node, seen)
    return ", ".join(dict.fromkeys(text.strip() for text in found if text.strip())) if found else None


def _to_conditioning(canvas: Canvas, side: str) -> tuple[str, ...]:
    """Name the ways on to further conditionings; never across to the other side."""
    named = {name for node in canvas.nodes.values() for name in node.inputs if name.startswith("cond")}
    return (*sorted(named)[:_MOST_WAYS], side, "pipe", "basic_pipe", "")


def _texts(canvas: Canvas, node: Node, seen: set[int], *, depth: int = 0) -> list[str]:
    """Collect the texts of an encoder, also where other nodes put them together."""
    if id(node) in seen or depth > _DEEPEST:
        return []
    seen.add(id(node))
    found: list[str] = []
    for name in _WORDS:
        given, source = node.inputs.get(name), canvas.fed(node, name)
        if isinstance(given, str):
            found.append(given)
        elif source is not None:
            found += _texts(canvas, source, seen, depth=depth + 1)
    return found
