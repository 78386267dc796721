"""ComfyUI's websocket frames, understood: bytes and text in, events out."""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.comfy.failures import Broke
from bot.comfy.reading import count_of, dict_of, parse_json, strings_of, text_of
from bot.core.progress import (
    Interrupted,
    NodeFinished,
    NodeStarted,
    Preview,
    Rendered,
    RenderEvent,
    RenderFailed,
    Sampled,
    Started,
)
from bot.core.workflow import Graph, Json

FEATURE_FLAGS = {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
"""What we say as the first frame: from then on our previews name their prompt."""

_PREVIEW_WITH_METADATA = 4
_HEADER = struct.Struct(">II")


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """ComfyUI has put the prompt away; its history is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSeen:
    """So many prompts run or wait; everybody is told."""

    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsSeen:
    """The server took our feature flags."""


Said: TypeAlias = (
    Started | NodeStarted | NodeFinished | Sampled | Preview | Rendered | Interrupted | Broke | Over
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one frame says of one prompt, ours or not."""

    prompt_id: str
    said: tuple[Said, ...]


Frame: TypeAlias = Told | StatusSeen | FlagsSeen


def read_frame(payload: str | bytes) -> Frame | None:
    """Understand a frame; None for one that says nothing to us. Nothing that arrives makes it raise.

    Previews without metadata are left alone: they name no prompt, and as our flags are negotiated, those
    that still come belong to somebody else.
    """
    if isinstance(payload, bytes):
        return _read_preview(payload)
    match parse_json(payload):
        case {"type": "status", "data": dict(data)}:
            return _read_status(data)
        case {"type": "feature_flags"}:
            return FlagsSeen()
        case {"type": str(kind), "data": {"prompt_id": str(prompt_id), **data}} if kind in _READERS:
            return Told(prompt_id=prompt_id, said=tuple(_READERS[kind](data)))
        case _:
            return None


def _read_status(data: Mapping[str, Json]) -> StatusSeen | None:
    remaining = count_of(dict_of(dict_of(data.get("status")).get("exec_info")).get("queue_remaining"))
    return None if remaining is None else StatusSeen(remaining=remaining)


def _read_preview(payload: bytes) -> Told | None:
    if len(payload) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack_from(payload)
    begin = _HEADER.size + length
    if kind != _PREVIEW_WITH_METADATA or len(payload) <= begin:
        return None
    match parse_json(payload[_HEADER.size : begin]):
        case {"prompt_id": str(prompt_id), "image_type": str(media_type)}:
            preview = Preview(image=payload[begin:], media_type=media_type)
            return Told(prompt_id=prompt_id, said=(preview,))
        case _:
            return None


def _executing(data: Mapping[str, Json]) -> Iterator[Said]:
    match data:
        case {"node": str(node)}:
            yield NodeStarted(node=text_of(data.get("display_node"), node))
        case {"node": None}:
            yield Over()
        case _:
            pass


def _progress(data: Mapping[str, Json]) -> Iterator[Said]:
    yield from _bar(text_of(data.get("node")), data)


def _progress_state(data: Mapping[str, Json]) -> Iterator[Said]:
    """Read the state of all nodes so far; those of an expanded subgraph stand for the node they came from."""
    for node, state in ((node, dict_of(state)) for node, state in dict_of(data.get("nodes")).items()):
        shown = text_of(state.get("display_node_id"), node)
        match state.get("state"):
            case "finished" if shown == node:
                yield NodeFinished(node=node)
            case "running":
                yield from _bar(shown, state)
            case _:
                pass


def _bar(node: str, data: Mapping[str, Json]) -> Iterator[Sampled]:
    step, of = count_of(data.get("value")), count_of(data.get("max"))
    if step is not None and of is not None and 0 < step <= of:
        yield Sampled(node=node, step=step, of=of)


def _failed(data: Mapping[str, Json]) -> Iterator[Said]:
    broke = Broke.read(data)
    if broke.is_end:
        yield broke


_READERS: Mapping[str, Callable[[Mapping[str, Json]], Iterator[Said]]] = {
    "execution_start": lambda _: iter((Started(),)),
    "execution_cached": lambda data: iter((Started(cached=frozenset(strings_of(data.get("nodes")))),)),
    "executing": _executing,
    "progress": _progress,
    "progress_state": _progress_state,
    "execution_success": lambda _: iter((Rendered(),)),
    "execution_interrupted": lambda _: iter((Interrupted(),)),
    "execution_error": _failed,
}


class Narrator:
    """Tells the story of one prompt: each thing once, in terms of the graph that was sent.

    ComfyUI repeats itself: `progress_state` lists all nodes in every frame, `progress` says the same again,
    and a poll may have seen the start before the websocket does.
    """

    def __init__(self, graph: Graph) -> None:
        self._titles = {node_id: node.title for node_id, node in graph.nodes.items()}
        self._told: set[RenderEvent] = set()
        self._node: str | None = None

    def tell(self, said: Said) -> RenderEvent | None:
        """Return what is new in it."""
        match said:
            case Over():
                return None
            case Broke():
                return RenderFailed(error=said.in_words(self._titles))
            case Started() | NodeFinished() | Sampled():
                return said if self._is_new(said) else None
            case NodeStarted(node=node):
                known, self._node = self._node, node
                return said if node in self._titles and node != known else None
            case Preview() | Rendered() | Interrupted():
                return said

    def _is_new(self, said: Started | NodeFinished | Sampled) -> bool:
        if not isinstance(said, Started) and said.node not in self._titles:
            return False
        if said in self._told or (said == Started() and self._started):
            return False
        self._told.add(said)
        return True

    @property
    def _started(self) -> bool:
        return any(isinstance(told, Started) for told in self._told)
