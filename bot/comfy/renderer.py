"""ComfyUI as a renderer: its websocket is taken as a hint, its queue and history as the truth."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from bot.comfy.choices import choices_of
from bot.comfy.client import ComfyClient
from bot.comfy.ear import Ear
from bot.comfy.facts import all_facts
from bot.comfy.failures import Broke
from bot.comfy.following import Following, Watch
from bot.comfy.handover import Handover
from bot.comfy.mailbox import END
from bot.comfy.overhearing import Overhearing
from bot.comfy.protocol import Frame, StatusSeen, Told
from bot.comfy.server import Server
from bot.comfy.tasks import ended
from bot.core.artifact import Output
from bot.core.catalogue import Catalogue
from bot.core.errors import NoOutput, RenderError
from bot.core.progress import Accepted, Interrupted, RenderEvent
from bot.core.recovery import Standing
from bot.ports.clock import Clock
from bot.ports.renderer import Order, RendererHealth


class ComfyRenderer:
    """Draws with one ComfyUI; used as `async with`, inside its client's own."""

    def __init__(self, client: ComfyClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._server = Server(client, clock)
        self._ear = Ear(client, clock, heard=self._hear, connected=self._connected)
        self._handover = Handover(self._server, self._ear, clock)
        self._followed: dict[str, Following] = {}
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._ear.run(), name="listening to ComfyUI")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            await ended(self._listening)

    async def render(self, order: Order) -> AsyncGenerator[RenderEvent]:
        """See the port. What ComfyUI says before it has answered our POST waits and is not lost."""
        following = Following.of(order)
        self._followed[order.prompt_id] = following
        try:
            await self._handover.give(following)
            yield Accepted()
            async with self._watched(following):
                while not isinstance(event := await following.mailbox.get(), END):
                    yield event
            yield event
        finally:
            if self._followed.get(order.prompt_id) is following:
                del self._followed[order.prompt_id]

    async def outputs(self, prompt_id: str) -> tuple[Output, ...]:
        ended = await self._server.ended(prompt_id)
        match ended.outcome:
            case Broke() as broke:
                raise broke.in_words(ended.titles)
            case Interrupted():
                raise RenderError("The drawing was interrupted.", hint="Draw it again with `/job again`.")
            case _ if not ended.outputs:
                raise NoOutput(
                    "ComfyUI finished without a picture.",
                    hint="Check that the workflow ends in a node that saves one.",
                )
            case _:
                return ended.outputs

    async def standing(self, prompt_id: str) -> Standing:
        return await self._server.looked_up(prompt_id)

    async def left_behind(self, prefix: str, *, count: int) -> tuple[Output, ...]:
        """See the port. SaveImage counts from 1 and goes on after what it finds in the folder."""
        folder, _, stem = prefix.rpartition("/")
        files = [
            Output(filename=f"{stem}_{number:05}_.png", subfolder=folder) for number in range(1, count + 2)
        ]
        there = [await self._client.has(file) for file in files]
        return tuple(files[:count]) if there == [True] * count + [False] else ()

    async def free(self) -> None:
        await self._client.free()

    async def fetch(self, output: Output) -> bytes:
        return await self._client.view(output)

    async def cancel(self, prompt_id: str) -> None:
        """See the port. A cancel may be lost on ComfyUI's side, so it is repeated until the end is seen."""
        following = self._followed.get(prompt_id)
        if following is None:
            await self._server.take_back(prompt_id)
        else:
            following.cancelled = True
            await self._server.take_out(prompt_id)
            following.look_now.set()

    async def catalogue(self, known: Catalogue | None = None) -> Catalogue:
        checkpoints = await self._choices("CheckpointLoaderSimple", "ckpt_name")
        loras = await self._choices("LoraLoader", "lora_name")
        sampler = await self._client.class_info("KSampler")
        return Catalogue(
            checkpoints=checkpoints,
            loras=loras,
            samplers=choices_of(sampler, "KSampler", "sampler_name"),
            schedulers=choices_of(sampler, "KSampler", "scheduler"),
            nodes=await self._server.node_names(),
            seen=self._clock.now(),
            upscalers=await self._choices("UpscaleModelLoader", "model_name"),
            facts=await all_facts(
                self._client,
                {"checkpoints": checkpoints, "loras": loras},
                known=known.facts if known else {},
            ),
            version=(await self._server.system()).system.comfyui_version,
        )

    async def _choices(self, class_type: str, name: str) -> tuple[str, ...]:
        return choices_of(await self._client.class_info(class_type), class_type, name)

    async def health(self) -> RendererHealth:
        """See the port. A ComfyUI whose worker is dead counts as away."""
        system = await self._server.system()
        queue = await self._server.queue()
        self._server.check_alive()
        device = system.devices[0] if system.devices else None
        return RendererHealth(
            version=system.system.comfyui_version,
            device=device.name if device else "",
            vram_total=device.vram_total if device else None,
            vram_free=device.vram_free if device else None,
            running=len(queue.running),
            pending=len(queue.pending),
        )

    # ── what the ear hears

    def _hear(self, frame: Frame) -> None:
        match frame:
            case Told(prompt_id=prompt_id, said=said) if prompt_id in self._followed:
                for one in said:
                    self._followed[prompt_id].hear(one)
            case StatusSeen():
                self._look_now(*(each for each in self._followed.values() if each.cancelled or each.ahead))
            case _:
                pass

    def _connected(self) -> None:
        """Take a new connection as a reason to look: ComfyUI may have been restarted meanwhile."""
        self._server.forget()
        self._look_now(*self._followed.values())

    def _look_now(self, *followed: Following) -> None:
        for following in followed:
            following.look_now.set()

    @asynccontextmanager
    async def _watched(self, following: Following) -> AsyncGenerator[None]:
        async with Overhearing(self._client, heard=self._hear) as overhearing:
            watch = Watch(
                following, server=self._server, ear=self._ear, overhearing=overhearing, clock=self._clock
            )
            watching = asyncio.create_task(watch.run(), name=f"watching {following.prompt_id}")
            try:
                yield
            finally:
                await ended(watching)
