"""A renderer that draws by script."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from bot.core.artifact import Output
from bot.core.catalogue import Catalogue
from bot.core.errors import (
    Lost,
    NoOutput,
    RendererAway,
    RenderError,
    StudioError,
)
from bot.core.progress import Interrupted, Rendered, RenderEvent, RenderFailed
from bot.core.recovery import Standing
from bot.ports.renderer import Order, RendererHealth
from tests.builders import a_catalogue, a_drawing, png, some_health


class Gate:
    """A place in a script where the drawing stands still: `reached` is set there, `open` lets it go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()


Script = Sequence[RenderEvent | Gate | StudioError]


class FakeRenderer:
    """Draws by script, each order the next one; without a script, `a_drawing`.

    A script that ends as lost, or in ComfyUI being away, is forgotten with it; `left` are files in the output folder, by prefix.
    `away` and `refusal` stop orders before they are taken; a StudioError in a script is raised there.
    Prompt ids that were really given to it are in `given`, so a drawing begun twice shows.
    """

    def __init__(self) -> None:
        self.away = False
        self.refusal: StudioError | None = None
        self.orders: list[Order] = []
        self.given: list[str] = []
        self.cancelled: list[str] = []
        self.pictures: list[bytes] = [png()]
        self.said = a_catalogue()
        self.freed = 0
        self.left: dict[str, tuple[Output, ...]] = {}
        self._scripts: deque[Script] = deque()
        self._playing: dict[str, Script] = {}
        self._interrupts: dict[str, asyncio.Event] = {}
        self._outputs: dict[str, tuple[Output, ...]] = {}
        self._files: dict[str, bytes] = {}

    def play(self, *script: RenderEvent | Gate | StudioError) -> None:
        """Say what happens with the next order that has no script yet."""
        self._scripts.append(script)

    def knows(self, prompt_id: str, *script: RenderEvent | Gate | StudioError) -> None:
        """Let a prompt be there already, as after a restart of ours; `script` is what is still to come."""
        self._playing[prompt_id] = script or a_drawing()
        self._make_pictures(prompt_id)

    def forget_all(self) -> None:
        """Restart ComfyUI: its queue and its history are empty."""
        self._playing.clear()
        self._outputs.clear()

    async def render(self, order: Order) -> AsyncGenerator[RenderEvent]:
        self.orders.append(order)
        self._check_there()
        if order.fresh or order.prompt_id not in self._playing:
            self._take(order)
        for step in self._playing[order.prompt_id]:
            match step:
                case Gate():
                    step.reached.set()
                    await self._opened_or_interrupted(order.prompt_id, step)
                case StudioError():
                    self._forget_if_lost(order.prompt_id, step)
                    raise step
                case _ if self._is_interrupted(order.prompt_id):
                    break
                case Rendered():
                    self._make_pictures(order.prompt_id)
                    yield step
                    return
                case RenderFailed(error=error):
                    self._forget_if_lost(order.prompt_id, error)
                    yield step
                    return
                case Interrupted():
                    yield step
                    return
                case _:
                    yield step
            if self._is_interrupted(order.prompt_id):
                break
        yield Interrupted()

    def _take(self, order: Order) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.given.append(order.prompt_id)
        self._playing[order.prompt_id] = self._scripts.popleft() if self._scripts else a_drawing()

    def _check_there(self) -> None:
        if self.away:
            raise RendererAway("ComfyUI does not answer.", hint="The job keeps its place.")

    def _interrupt(self, prompt_id: str) -> asyncio.Event:
        return self._interrupts.setdefault(prompt_id, asyncio.Event())

    def _is_interrupted(self, prompt_id: str) -> bool:
        return self._interrupt(prompt_id).is_set()

    async def _opened_or_interrupted(self, prompt_id: str, gate: Gate) -> None:
        ways_on = [asyncio.ensure_future(event.wait()) for event in (gate.open, self._interrupt(prompt_id))]
        try:
            await asyncio.wait(ways_on, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways_on:
                way.cancel()
            await asyncio.gather(*ways_on, return_exceptions=True)

    def _forget_if_lost(self, prompt_id: str, error: StudioError) -> None:
        if isinstance(error, Lost | RendererAway):
            del self._playing[prompt_id]

    def leaves(self, prefix: str, *pictures: bytes) -> None:
        """Put files into the output folder, as a ComfyUI left them that has forgotten the prompt."""
        names = [f"{prefix}_{number:05}_.png" for number in range(1, len(pictures) + 1)]
        self.left[prefix] = tuple(Output(filename=name) for name in names)
        self._files |= dict(zip(names, pictures, strict=True))

    async def standing(self, prompt_id: str) -> Standing:
        self._check_there()
        if prompt_id not in self._playing:
            return Standing.GONE
        return Standing.ENDED if prompt_id in self._outputs else Standing.RUNNING

    async def left_behind(self, prefix: str, *, count: int) -> tuple[Output, ...]:
        self._check_there()
        left = self.left.get(prefix, ())
        return left if len(left) == count else ()

    async def free(self) -> None:
        self._check_there()
        self.freed += 1

    def _make_pictures(self, prompt_id: str) -> None:
        names = [f"{prompt_id}_{number:05}_.png" for number in range(1, len(self.pictures) + 1)]
        self._outputs[prompt_id] = tuple(Output(filename=name, node="9") for name in names)
        self._files |= dict(zip(names, self.pictures, strict=True))

    async def outputs(self, prompt_id: str) -> tuple[Output, ...]:
        self._check_there()
        if prompt_id not in self._outputs:
            raise RenderError("The prompt did not succeed.", hint="Draw it again with `/job again`.")
        return self._outputs[prompt_id]

    async def fetch(self, output: Output) -> bytes:
        self._check_there()
        if output.filename not in self._files:
            raise NoOutput(f"`{output.filename}` is not there.", hint="Draw it again with `/job again`.")
        return self._files[output.filename]

    async def cancel(self, prompt_id: str) -> None:
        self._check_there()
        self.cancelled.append(prompt_id)
        self._interrupt(prompt_id).set()

    async def catalogue(self, known: Catalogue | None = None) -> Catalogue:
        self._check_there()
        taken = known.facts if known else {}
        facts = {name: taken.get(name, facts) for name, facts in self.said.facts.items()}
        return replace(self.said, facts=facts)

    async def health(self) -> RendererHealth:
        self._check_there()
        return some_health()
