"""One life of the server between two restarts, and what its routes reach for."""

import asyncio
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from bot.sandbox.comfyui.executor import Executor
from bot.sandbox.comfyui.graph import Checker
from bot.sandbox.comfyui.hub import Hub
from bot.sandbox.comfyui.machine import Machine
from bot.sandbox.comfyui.queue import PromptQueue


@dataclass(slots=True, kw_only=True)
class Boot:
    machine: Machine
    queue: PromptQueue
    hub: Hub
    executor: Executor
    checker: Checker
    worker: "asyncio.Task[None] | None" = None
    publisher: "asyncio.Task[None] | None" = None

    @classmethod
    def of(cls, machine: Machine) -> Self:
        def tell() -> None:
            hub.send_status()

        queue = PromptQueue(changed=tell)
        hub = Hub(machine, remaining=lambda: queue.remaining)
        executor = Executor(machine=machine, queue=queue, hub=hub)
        checker = Checker(models=machine.models, folders=machine.folders, dialect=machine.dialect)
        return cls(machine=machine, queue=queue, hub=hub, executor=executor, checker=checker)

    def start(self) -> None:
        self.worker = asyncio.create_task(self.executor.work(), name="sandbox-comfyui-worker")
        self.publisher = asyncio.create_task(self.hub.publish(), name="sandbox-comfyui-publisher")

    def kill_worker(self) -> None:
        if self.worker:
            self.worker.cancel()

    async def stop(self) -> None:
        """End the tasks and the thread; what was queued or running is lost."""
        for task in (self.worker, self.publisher):
            if task:
                task.cancel()
        await asyncio.gather(
            *(task for task in (self.worker, self.publisher) if task), return_exceptions=True
        )
        await asyncio.get_running_loop().run_in_executor(None, self.executor.threads.shutdown)


BOOT = web.AppKey("boot", Boot)
