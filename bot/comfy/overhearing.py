"""Overhearing: ComfyUI tells a prompt's steps to the name under which it was given, gone or not."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from bot.comfy.client import ComfyClient
from bot.comfy.protocol import FEATURE_FLAGS, Frame, read_frame
from bot.comfy.tasks import ended
from bot.core.errors import RendererAway


class Overhearing:
    """Listens under an earlier name, beside the ear; used as `async with`.

    A name that is used again may turn deaf. Then only live steps are missing: whoever follows looks as well.
    """

    def __init__(self, client: ComfyClient, *, heard: Callable[[Frame], None]) -> None:
        self._client = client
        self._heard = heard
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            await ended(self._listening)

    def listen(self, name: str) -> None:
        """Listen under this name from now on, unless that is done already; raise what broke it off before."""
        if self._listening is not None and self._listening.done():
            self._listening.result()
            self._listening = None
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(name), name=f"listening as {name}")

    async def _listen(self, name: str) -> None:
        with suppress(RendererAway):
            async with self._client.websocket(name) as socket:
                await socket.send_json(FEATURE_FLAGS)
                async for message in socket:
                    match message.data:
                        case str() | bytes() as payload if (frame := read_frame(payload)) is not None:
                            self._heard(frame)
                        case _:
                            pass
