"""The one websocket to ComfyUI, kept open for as long as we live."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import SystemRandom
from uuid import uuid4

import aiohttp
import structlog

from bot.comfy.client import ComfyClient
from bot.comfy.protocol import FEATURE_FLAGS, FlagsSeen, Frame, read_frame
from bot.core.errors import RendererAway
from bot.ports.clock import Clock

log = structlog.get_logger(__name__)


class Ear:
    """Listens, and hands every frame that means something to `heard`, which must not wait for anything.

    `client_id` is the name to give prompts so that this ear hears of them; `heard_at` is the monotonic time
    of the latest frame.
    """

    def __init__(
        self,
        client: ComfyClient,
        clock: Clock,
        *,
        heard: Callable[[Frame], None],
        connected: Callable[[], None],
    ) -> None:
        self._client = client
        self._clock = clock
        self._heard = heard
        self._connected = connected
        self._random = SystemRandom()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._listening = asyncio.Event()
        self.client_id = uuid4().hex
        self._number = 0
        self.heard_at = clock.monotonic()

    @property
    def connection(self) -> int | None:
        """Number the connections; None while there is none."""
        return self._number if self._listening.is_set() else None

    async def run(self) -> None:
        """Connect, listen, and connect again, more and more slowly while it fails."""
        timing = self._client.timing
        pause = timing.reconnect_first
        while True:
            with suppress(RendererAway):
                async with self._client.websocket(self.client_id) as socket:
                    await self._listen(socket)
            if self._listening.is_set():
                log.info("comfyui.lost", url=self._client.url)
                pause = timing.reconnect_first
            else:
                pause = min(pause * 2, timing.reconnect_most)
            self._hang_up()
            await asyncio.sleep(pause * self._random.uniform(0.5, 1.0))

    async def ready(self) -> bool:
        """Wait a moment for a connection that is being mended; tell whether there is one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._client.timing.socket_patience):
                await self._listening.wait()
        return self._listening.is_set()

    async def renew(self) -> None:
        """Give this connection up for another: it is open and hears nothing."""
        if self._socket is not None:
            log.warning("comfyui.deaf", url=self._client.url)
            await self._socket.close()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        await socket.send_json(FEATURE_FLAGS)
        async with asyncio.timeout(self._client.timing.connect):
            while not (self._listening.is_set() or socket.closed):
                self._take(await socket.receive())
        async for message in socket:
            self._take(message)

    def _take(self, message: aiohttp.WSMessage) -> None:
        self.heard_at = self._clock.monotonic()
        match message.data:
            case str() | bytes() as payload:
                self._hear(payload)
            case _:
                pass

    def _hear(self, payload: str | bytes) -> None:
        match read_frame(payload):
            case None:
                pass
            case FlagsSeen():
                log.info("comfyui.listening", url=self._client.url)
                self._listening.set()
                self._connected()
            case frame:
                self._heard(frame)

    def _hang_up(self) -> None:
        self._socket = None
        self._listening.clear()
        self._number += 1
        # A fresh id for every connection. ComfyUI's clean-up of an old socket takes the entry of a newer one
        # with the same id away, which then stays open, answers pings and hears nothing for ever. What is told
        # under the old id is overheard.
        self.client_id = uuid4().hex
