"""The sandbox itself: a ComfyUI on a loopback port."""

import asyncio
import contextlib
import shutil
import socket
import tempfile
import time
import uuid
from collections.abc import Callable, Generator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from bot.sandbox.comfyui import file_routes, info_routes, routes
from bot.sandbox.comfyui.boot import BOOT, Boot
from bot.sandbox.comfyui.dialect import Dialect
from bot.sandbox.comfyui.doors import MIDDLEWARES
from bot.sandbox.comfyui.faults import Faults
from bot.sandbox.comfyui.folders import Folders
from bot.sandbox.comfyui.machine import AcceptedPrompt, Machine, SeenRequest
from bot.sandbox.comfyui.models import Models
from bot.sandbox.comfyui.pace import Pace
from bot.sandbox.comfyui.pictures import example
from bot.sandbox.patience import PATIENCE_S

T = TypeVar("T")


class SandboxComfyUI:
    """A ComfyUI that draws without a GPU: `async with SandboxComfyUI() as comfy: comfy.url`.

    It behaves as the version it is given does. `pace` may be set at any time and holds from the next step on.
    `output` is the folder in which pictures are saved, a temporary one by default.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        version: str = "0.33.0",
        pace: Pace | None = None,
        models: Models | None = None,
        previews: bool = True,
        output: Path | None = None,
        max_upload_mb: int = 100,
    ) -> None:
        self._port = port
        self._shares_port = port == 0 and hasattr(socket, "SO_REUSEPORT")
        self._scratch = top = Path(tempfile.gettempdir()) / f"sandbox-comfyui-{uuid.uuid4().hex}"
        self._machine = Machine(
            dialect=Dialect.of(version),
            models=models or Models(),
            folders=Folders(input=top / "input", output=output or top / "output", temp=top / "temp"),
            faults=Faults(
                drop_websockets=self._drop_websockets,
                deafen=self._deafen,
                kill_worker=self._kill_worker,
            ),
            pace=pace or Pace(),
            previews=previews,
            max_upload_size=max_upload_mb * 2**20,
        )
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._machine.folders.create()
        example(self._machine.folders.input / "example.png")
        try:
            await self._start()
        except OSError:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pace(self) -> Pace:
        return self._machine.pace

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self._machine.pace = pace

    @property
    def faults(self) -> Faults:
        return self._machine.faults

    @property
    def folders(self) -> Folders:
        return self._machine.folders

    @property
    def prompts(self) -> list[AcceptedPrompt]:
        """Every prompt that was ever accepted, oldest first, across restarts."""
        return self._machine.prompts

    @property
    def log(self) -> list[SeenRequest]:
        """Every HTTP request that was answered or cut, across restarts."""
        return self._machine.log

    @property
    def listeners(self) -> frozenset[str]:
        """The client ids whose websockets are heard and served."""
        return self._boot.hub.connected

    @property
    def idle_gaps(self) -> list[float]:
        """Seconds between the end of each prompt that ran and the start of the next one."""
        ran = sorted(
            (p.started, p.ended) for p in self.prompts if p.started is not None and p.ended is not None
        )
        return [later[0] - earlier[1] for earlier, later in pairwise(ran)]

    async def wait_for(self, predicate: Callable[[], T], *, timeout: float = PATIENCE_S) -> T:  # noqa: ASYNC109 - a test's limit
        """Return what `predicate` says once that is true; it is asked again whenever anything happens."""
        return await self._machine.bell.until(predicate, timeout)

    async def restart(self, *, down_s: float = 0) -> None:
        """Come back as after a kill: sockets end without a close frame, memory is empty, files stay."""
        with self._held_port():
            await self._stop()
            self._machine.folders.empty_temp()
            await asyncio.sleep(down_s)
            await self._start()

    async def _start(self) -> None:
        self._boot = Boot.of(self._machine)
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_port=self._shares_port or None)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._boot.start()
        self._machine.bell.ring()

    async def _close(self) -> None:
        await self._stop()
        shutil.rmtree(self._scratch, ignore_errors=True)

    async def _stop(self) -> None:
        if self._runner is None:
            return
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport:
                connection.transport.abort()
        await self._runner.cleanup()
        await self._boot.stop()
        for prompt in self.prompts:
            if prompt.outcome in {"pending", "running"}:
                prompt.outcome, prompt.ended = "lost", time.monotonic()
        self._machine.bell.ring()

    def _drop_websockets(self) -> None:
        self._boot.hub.drop()

    def _deafen(self) -> None:
        self._boot.hub.deafen()

    def _kill_worker(self) -> None:
        self._boot.kill_worker()

    def _app(self) -> web.Application:
        dialect = self._machine.dialect
        app = web.Application(middlewares=MIDDLEWARES, client_max_size=self._machine.max_upload_size)
        app[BOOT] = self._boot
        routes.add_to(app, with_jobs=dialect.jobs, with_cancel=dialect.cancel_jobs)
        info_routes.add_to(app, with_features=dialect.progress_state)
        file_routes.add_to(app)
        info_routes.add_nothing_else_to(app)
        return app

    @contextlib.contextmanager
    def _held_port(self) -> Generator[None]:
        """Keep the port from being given to another process while nothing listens on it."""
        with contextlib.ExitStack() as stack:
            if self._shares_port:
                holder = stack.enter_context(socket.socket())
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                holder.bind(("127.0.0.1", self._port))
            yield
