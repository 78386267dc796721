"""What draws: a ComfyUI, seen from the studio."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from bot.core.artifact import Output
from bot.core.catalogue import Catalogue
from bot.core.progress import RenderEvent
from bot.core.recovery import Standing
from bot.core.workflow import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture that the graph reads, as PNG, under the name by which the graph calls it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A graph to be drawn under our own id. An order that is not `fresh` may have been given before."""

    prompt_id: str
    graph: Graph
    uploads: tuple[Upload, ...] = ()
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RendererHealth:
    """What the renderer tells of itself; memory in bytes, None where it does not say."""

    version: str
    device: str
    vram_total: int | None
    vram_free: int | None
    running: int
    pending: int


class Renderer(Protocol):
    def render(self, order: Order) -> AsyncGenerator[RenderEvent]:
        """Draw, or go on following what was ordered before; the last event is an end.

        An order is given to ComfyUI at most once: one that is not fresh is looked for first. Raises
        Refused when validation says no and RendererAway when ComfyUI cannot be reached *before* it took
        the order, or has been made to drop it; InDoubt if nobody can tell whether it took it. Once it has,
        connections are mended inside and a prompt that ComfyUI forgot ends as RenderFailed(Lost).
        """
        ...

    async def standing(self, prompt_id: str) -> Standing:
        """Return where a prompt is; GONE only after several looks. Raises RendererAway if nobody answers."""
        ...

    async def left_behind(self, prefix: str, *, count: int) -> tuple[Output, ...]:
        """Return the pictures that lie in the output folder under this prefix if they are exactly `count`.

        Otherwise none: with fewer the saving was broken off, with more it cannot be told which are which.
        Raises RendererAway.
        """
        ...

    async def free(self) -> None:
        """Have it give back the GPU's memory before the next prompt; raise RendererAway."""
        ...

    async def outputs(self, prompt_id: str) -> tuple[Output, ...]:
        """Return the files of a finished prompt, in order; raise RenderError if it did not succeed."""
        ...

    async def fetch(self, output: Output) -> bytes:
        """Return the file's bytes; raise NoOutput if it is not there, RendererAway if nobody answers."""
        ...

    async def cancel(self, prompt_id: str) -> None:
        """Take exactly this prompt out of ComfyUI, waiting or running; its end arrives as an event."""
        ...

    async def catalogue(self, known: Catalogue | None = None) -> Catalogue:
        """Return what there is to choose from; of models in `known` the facts are taken from there.

        Raises RendererAway.
        """
        ...

    async def health(self) -> RendererHealth:
        """Return how it is; raise RendererAway, or Misconfigured if something else answers there."""
        ...
