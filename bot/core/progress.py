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
    ("SamplerSelect", Phase.WORKING),
    ("Sampler", Phase.SAMPLING),
    ("CLIPTextEncode", Phase.READING),
    ("VAEEncode", Phase.ENCODING),
    ("VAEDecode", Phase.DECODING),
    ("LoadImage", Phase.ENCODING),
    ("ImageScale", Phase.ENCODING),
    ("Loader", Phase.LOADING),
    ("Upscale", Phase.UPSCALING),
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
    It never goes back: `floor` is what was reached before ComfyUI said that there is more to do.
    `joined` tells that the drawing may have begun before we watched, so that its times say nothing.
    """

    nodes: Mapping[str, Phase]
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    checkpoints: frozenset[str] = frozenset()
    joined: bool = False
    floor: float = 0.0
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
            checkpoints=frozenset(
                node_id for node_id, node in graph.nodes.items() if _loads_a_model(node.class_type)
            ),
        )

    @property
    def fraction(self) -> float:
        if self.started is None and self.ended is None:
            return 0.0
        work = {node: _weight(phase) for node, phase in self.nodes.items() if node not in self.cached}
        done = sum(weight for node, weight in work.items() if node in self.finished)
        if self.node in work and self.node not in self.finished and self.of:
            done += work[self.node] * self.step / self.of
        reached = done / sum(work.values()) if work else 1.0
        return min(max(reached, self.floor), 1.0)

    @property
    def title(self) -> str:
        """Name the node that runs, as the workflow titles it."""
        return self.titles.get(self.node or "", "")

    @property
    def warmth(self) -> Warmth | None:
        """Tell whether a checkpoint had to be loaded; None while or where nobody can know.

        A LoRA that is loaded does not make a drawing cold: that takes moments.
        """
        if self.started is None or self.joined:
            return None
        return Warmth.COLD if self.checkpoints - self.cached else Warmth.WARM


def _weight(phase: Phase) -> float:
    return SAMPLER_WEIGHT if phase is Phase.SAMPLING else 1.0


def _loads_a_model(class_type: str) -> bool:
    return "Loader" in class_type and "Lora" not in class_type


def advance(progress: Progress, event: RenderEvent, *, at: int) -> Progress:
    """Fold one event into the progress."""
    return replace(_moved(progress, event, at=at), floor=progress.fraction)


def _moved(progress: Progress, event: RenderEvent, *, at: int) -> Progress:
    match event:
        case Accepted(ahead=ahead):
            return replace(progress, ahead=ahead)
        case Started(cached=cached):
            return replace(
                progress,
                ahead=0,
                started=_first(progress.started, at),
                cached=progress.cached | cached,
                phase=Phase.STARTING if progress.node is None else progress.phase,
            )
        case NodeStarted(node=node):
            return _at_node(progress, node, at=at)
        case NodeFinished(node=node):
            return replace(progress, finished=progress.finished | {node})
        case Sampled(node=node, step=step, of=of):
            moved = progress if progress.node == node else _at_node(progress, node, at=at)
            return replace(moved, step=min(step, of), of=of)
        case Preview():
            return replace(progress, preview=event)
        case Rendered():
            return replace(_ended(progress, at=at), phase=Phase.FETCHING, finished=frozenset(progress.nodes))
        case RenderFailed() | Interrupted():
            return _ended(progress, at=at)
        case _:
            assert_never(event)


def _at_node(progress: Progress, node: str, *, at: int) -> Progress:
    if node == progress.node:
        return progress
    phase = progress.nodes.get(node, Phase.WORKING)
    left = _left_node(progress, at=at)
    started = _first(progress.started, at)
    return replace(left, node=node, node_since=at, phase=phase, step=0, of=0, started=started)


def _ended(progress: Progress, *, at: int) -> Progress:
    return replace(_left_node(progress, at=at), ended=_first(progress.ended, at), node=None)


def _first(known: int | None, at: int) -> int:
    return at if known is None else known


def _left_node(progress: Progress, *, at: int) -> Progress:
    if progress.node is None or progress.node_since is None:
        return progress
    phase = progress.nodes.get(progress.node, Phase.WORKING)
    spent = {**progress.spent, phase: progress.spent.get(phase, 0) + max(at - progress.node_since, 0)}
    return replace(progress, spent=spent, finished=progress.finished | {progress.node}, node_since=None)
