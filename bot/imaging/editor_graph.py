"""ComfyUI's editor format as nodes: a picture may carry only the `workflow`, with values that have no names.

What the values are called is known for the nodes that most graphs are made of; newer editors also tell it in
the file. Muted nodes are left out; of bypassed ones only the ways through them are left.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from bot.core.workflow import Json, Node
from bot.imaging.graph_reading import MOST_NODES

_MUTED: Final = 2
_BYPASSED: Final = 4
_UNUSED: Final = "control_after_generate"

_VALUE_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "KSampler": ("seed", _UNUSED, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise", "noise_seed", _UNUSED, "steps", "cfg", "sampler_name", "scheduler",
        "start_at_step", "end_at_step",
    ),
    "SamplerCustom": ("add_noise", "noise_seed", _UNUSED, "cfg"),
    "RandomNoise": ("noise_seed", _UNUSED),
    "CFGGuider": ("cfg",),
    "KSamplerSelect": ("sampler_name",),
    "DualCFGGuider": ("cfg_conds", "cfg_cond2_negative"),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "SDTurboScheduler": ("steps", "denoise"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "ImageOnlyCheckpointLoader": ("ckpt_name",),
    "unCLIPCheckpointLoader": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "TextEncodeQwenImageEdit": ("prompt",),
    "TextEncodeQwenImageEditPlus": ("prompt",),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "EmptyHunyuanLatentVideo": ("width", "height", "length", "batch_size"),
    "StableCascade_EmptyLatentImage": ("width", "height", "compression", "batch_size"),
    "WanImageToVideo": ("width", "height", "length", "batch_size"),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "PrimitiveNode": ("value",),
})  # fmt: skip


def nodes_of(document: Json) -> dict[str, Node]:
    """Return no nodes for what is not in this format; pass over what is no node."""
    match document:
        case {"nodes": list(entries), "links": list(links)}:
            sources = dict(_sources(links))
            return dict(_nodes(entries[:MOST_NODES], sources))
        case _:
            return {}


def _sources(links: list[Json]) -> Iterator[tuple[int, Json]]:
    """Yield each link's number, and where it comes from as the API format writes it."""
    for link in links:
        match link:
            case [int(number), int() | str() as node, int(slot), *_]:
                yield number, [str(node), slot]
            case {"id": int(number), "origin_id": int() | str() as node, "origin_slot": int(slot)}:
                yield number, [str(node), slot]
            case _:
                continue


def _nodes(entries: list[Json], sources: Mapping[int, Json]) -> Iterator[tuple[str, Node]]:
    for entry in entries:
        match entry:
            case {"id": int(), "mode": int(mode)} if mode == _MUTED:
                continue
            case {"id": int() | str() as key, "mode": int(mode)} if mode == _BYPASSED:
                yield str(key), Node(class_type="", inputs=dict(_links(entry, sources)), title="")
            case {"id": int() | str() as key, "type": str(kind)}:
                inputs = {**_values(kind, entry), **dict(_links(entry, sources))}
                yield str(key), Node(class_type=kind, inputs=inputs, title=kind)
            case _:
                continue


def _values(kind: str, entry: Mapping[str, Json]) -> dict[str, Json]:
    match entry.get("widgets_values"):
        case list(values):
            return dict(zip(_VALUE_NAMES.get(kind) or _named_in_file(entry), values, strict=False))
        case dict(values):
            return values
        case _:
            return {}


def _named_in_file(entry: Mapping[str, Json]) -> Iterator[str]:
    """Yield the values' names in their order; after a seed stands a value that no input is for."""
    for place in _inputs(entry):
        match place.get("widget"):
            case {"name": str(name)}:
                yield name
                if name.endswith("seed"):
                    yield _UNUSED
            case _:
                continue


def _links(entry: Mapping[str, Json], sources: Mapping[int, Json]) -> Iterator[tuple[str, Json]]:
    for place in _inputs(entry):
        match place:
            case {"name": str(name), "link": int(number)} if number in sources:
                yield name, sources[number]
            case _:
                continue


def _inputs(entry: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    match entry.get("inputs"):
        case list(places):
            yield from (place for place in places if isinstance(place, dict))
        case _:
            return
