"""Progress as a fold over what ComfyUI reports: nothing moves that it did not say."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias, assert_never

from bot.core.errors import RenderError
from bot.core.job import Warmth
from bot.core.workflow import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """ComfyUI has the prompt; `ahead` foreign prompts are before it."""

    ahead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """ComfyUI begins; the nodes named in `cached` need no work."""

    cached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarted:
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFinished:
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A node's own bar moved: for a sampler these are its steps."""

    node: str
    step: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A look at the unfinished picture, as encoded by ComfyUI."""

    image: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """ComfyUI is done and free for the next prompt; what it made is in its history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderFailed:
    error: RenderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The prompt was interrupted or taken out of ComfyUI's queue."""


RenderEvent: TypeAlias = (
    Accepted
    | Started
    | NodeStarted
    | NodeFinished
    | Sampled
    | Preview
    | Rendered
    | RenderFailed
    | Interrupted
)


class Phase(StrEnum):
    """What ComfyUI is at, in the words people see."""

    WAITING = "waiting"
    STARTING = "starting"
    LOADING = "loading"
    READING = "reading the prompt"
    ENCODING = "encoding the reference"
    SAMPLING = "sampling"
    UPSCALING = "upscaling"
    DECODING = "decoding"
    SAVING = "saving"
    WORKING = "working"
    FETCHING = "fetching"


_PHASES: tuple[tuple[str, Phase], ...] = (
    ("Sampler", Phase.SAMPLING),
    ("CLIPTextEncode", Phase.READING),
    ("VAEEncode", Phase.ENCODING),
    ("VAEDecode", Phase.DECODING),
    ("LoadImage", Phase.ENCODING),
    ("ImageScale", Phase.ENCODING),
    ("Upscale", Phase.UPSCALING),
    ("Loader", Phase.LOADING),
    ("Save", Phase.SAVING),
    ("Preview", Phase.SAVING),
)

SAMPLER_WEIGHT = 20.0
"""A sampler counts as much as this many other nodes: the bar follows the steps, where the time goes."""


def phase_of(class_type: str) -> Phase:
    return next((phase for part, phase in _PHASES if part in class_type), Phase.WORKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a drawing is. Times are UTC milliseconds; `spent` is milliseconds per phase.

    `fraction` goes from 0 to 1 over the whole graph: finished nodes plus the running one's own bar,
    samplers weighing SAMPLER_WEIGHT. Nodes that ComfyUI has cached are no work and count for nothing.
    """

    nodes: Mapping[str, Phase]
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    phase: Phase = Phase.WAITING
    ahead: int = 0
    started: int | None = None
    ended: int | None = None
    node: str | None = None
    node_since: int | None = None
    step: int = 0
    of: int = 0
    finished: frozenset[str] = frozenset()
    cached: frozenset[str] = frozenset()
    preview: Preview | None = None
    spent: Mapping[Phase, int] = field(default_factory=dict[Phase, int])

    @classmethod
    def of_graph(cls, graph: Graph) -> "Progress":
        return cls(
            nodes={node_id: phase_of(node.class_type) for node_id, node in graph.nodes.items()},
            titles={node_id: node.title for node_id, node in graph.nodes.items()},
        )

    @property
    def fraction(self) -> float:
        if self.started is None:
            return 0.0
        todo = {node: _weight(phase) for node, phase in self.nodes.items() if node not in self.cached}
        done = sum(weight for node, weight in todo.items() if node in self.finished)
        if self.node in todo and self.node not in self.finished and self.of:
            done += todo[self.node] * self.step / self.of
        return min(done / sum(todo.values()), 1.0) if todo else 1.0

    @property
    def title(self) -> str:
        """Name the node that runs, as the workflow titles it."""
        return self.titles.get(self.node or "", "")

    @property
    def warmth(self) -> Warmth | None:
        """Tell whether a checkpoint had to be loaded; None until ComfyUI has said so."""
        if self.started is None:
            return None
        loaders = {node for node, phase in self.nodes.items() if phase is Phase.LOADING}
        return Warmth.COLD if loaders - self.cached else Warmth.WARM


def _weight(phase: Phase) -> float:
    return SAMPLER_WEIGHT if phase is Phase.SAMPLING else 1.0


def advance(progress: Progress, event: RenderEvent, *, at: int) -> Progress:
    """Fold one event into the progress."""
    match event:
        case Accepted(ahead=ahead):
            return replace(progress, ahead=ahead)
        case Started(cached=cached):
            return replace(
                progress,
                ahead=0,
                started=progress.started or at,
                cached=progress.cached | cached,
                phase=Phase.STARTING if progress.node is None else progress.phase,
            )
        case NodeStarted(node=node):
            return _at_node(progress, node, at=at)
        case NodeFinished(node=node):
            return replace(progress, finished=progress.finished | {node})
        case Sampled(node=node, step=step, of=of):
            moved = progress if progress.node == node else _at_node(progress, node, at=at)
            return replace(moved, step=min(max(step, moved.step), of), of=of)
        case Preview():
            return replace(progress, preview=event)
        case Rendered() | RenderFailed() | Interrupted():
            return replace(_left_node(progress, at=at), phase=Phase.FETCHING, ended=at, node=None)
        case _:
            assert_never(event)


def _at_node(progress: Progress, node: str, *, at: int) -> Progress:
    if node == progress.node:
        return progress
    phase = progress.nodes.get(node, Phase.WORKING)
    left = _left_node(progress, at=at)
    started = progress.started or at
    return replace(left, node=node, node_since=at, phase=phase, step=0, of=0, started=started)


def _left_node(progress: Progress, *, at: int) -> Progress:
    if progress.node is None or progress.node_since is None:
        return progress
    phase = progress.nodes.get(progress.node, Phase.WORKING)
    spent = {**progress.spent, phase: progress.spent.get(phase, 0) + max(at - progress.node_since, 0)}
    return replace(progress, spent=spent, finished=progress.finished | {progress.node}, node_since=None)
