"""What a ComfyUI has to choose from, as it told us itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.errors import UnknownName
from bot.core.families import ModelFamily
from bot.core.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What ComfyUI tells of a model file from its header; None and "" where it tells nothing."""

    family: ModelFamily | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Names exactly as ComfyUI spells them; `seen` is when it told us, in UTC milliseconds.

    `facts` are of checkpoints and LoRAs by name; `version` is ComfyUI's own.
    """

    checkpoints: tuple[str, ...]
    loras: tuple[str, ...]
    samplers: tuple[str, ...]
    schedulers: tuple[str, ...]
    nodes: frozenset[str]
    seen: int
    upscalers: tuple[str, ...] = ()
    facts: Mapping[str, ModelFacts] = field(default_factory=dict[str, ModelFacts])
    version: str = ""

    def missing_for(self, workflow: Workflow) -> tuple[str, ...]:
        """Name the node classes the workflow needs and this ComfyUI lacks."""
        return tuple(sorted(workflow.class_types() - self.nodes))


def spelled(kind: str, name: str, known: Sequence[str]) -> str:
    """Return `name` as ComfyUI spells it (case and the file's ending may be left out); else UnknownName."""
    wanted = name.strip().casefold()
    by_folded = {_stem(candidate): candidate for candidate in known}
    by_folded |= {candidate.casefold(): candidate for candidate in known}
    if wanted in by_folded:
        return by_folded[wanted]
    raise UnknownName(kind, name, known)


def _stem(name: str) -> str:
    return name.casefold().removesuffix(".safetensors").removesuffix(".ckpt")
