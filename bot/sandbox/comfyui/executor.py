"""The worker: runs one prompt after another."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.sandbox.comfyui.cache import Cache
from bot.sandbox.comfyui.faults import Once
from bot.sandbox.comfyui.hub import Hub
from bot.sandbox.comfyui.machine import AcceptedPrompt, Machine
from bot.sandbox.comfyui.queue import Ended, PromptQueue, QueueItem
from bot.sandbox.comfyui.run import Run, Workshop

_HISTORY_RACE_S = 1.0


@dataclass(slots=True, kw_only=True)
class Executor:
    machine: Machine
    queue: PromptQueue
    hub: Hub
    cache: Cache = field(default_factory=Cache)
    loaded: set[str] = field(default_factory=set[str])
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    history_asked: asyncio.Event = field(default_factory=asyncio.Event)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-comfyui")
    )

    async def work(self) -> None:
        """Run prompts for ever; a TypeError from the heap ends it for good, as it ends ComfyUI's thread."""
        while True:
            try:
                item, prompt = await self.queue.take()
            except TypeError:
                return
            self.interrupted.clear()
            await self._run(item, prompt)

    def interrupt(self) -> None:
        """Stop the running prompt; the flag of an idle server is reset as the next run starts."""
        if self.queue.running is None or not self.machine.faults.befalls(Once.LOST_CANCEL):
            self.interrupted.set()

    def free(self, *, unload_models: bool, free_memory: bool) -> None:
        if unload_models or free_memory:
            self.loaded.clear()
        if free_memory:
            self.cache.clear()

    async def _run(self, item: QueueItem, prompt: AcceptedPrompt) -> None:
        prompt.outcome, prompt.started = "running", time.monotonic()
        self.machine.bell.ring()
        run = Run(workshop=self._workshop(), prompt=prompt, ended=Ended(item=item))
        outcome = await run.execute()
        if outcome == "success":
            await self._lose_history_race()
        prompt.outcome, prompt.ended = outcome, time.monotonic()
        self.hub.at_work = None
        self.queue.finish(run.ended)
        if prompt.client_id is not None:
            self.hub.send("executing", {"node": None, "prompt_id": prompt.id}, prompt.client_id)
        self.machine.bell.ring()

    def _workshop(self) -> Workshop:
        return Workshop(
            machine=self.machine,
            hub=self.hub,
            cache=self.cache,
            loaded=self.loaded,
            interrupted=self.interrupted,
            threads=self.threads,
        )

    async def _lose_history_race(self) -> None:
        deadline = time.monotonic() + _HISTORY_RACE_S
        for _ in range(self.machine.faults.next_history_race()):
            self.history_asked.clear()
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self.history_asked.wait()
            except TimeoutError:
                return
