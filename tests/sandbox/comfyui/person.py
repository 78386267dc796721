"""Somebody at a ComfyUI: one HTTP session and, if wished, one websocket."""

import asyncio
import io
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from PIL import Image

from bot.sandbox.comfyui import SandboxComfyUI

Event = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Preview:
    kind: int
    about: dict[str, Any]
    picture: bytes

    @classmethod
    def parsed(cls, frame: bytes) -> "Preview":
        kind, length = struct.unpack(">II", frame[:8])
        if kind == 1:
            return cls(kind=kind, about={}, picture=frame[8:])
        return cls(kind=kind, about=json.loads(frame[8 : 8 + length]), picture=frame[8 + length :])


class Ear:
    """One websocket, always drained."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: asyncio.Queue[Event | Preview | None] = asyncio.Queue()
        self._drain = asyncio.create_task(self._listen())

    async def next(self, limit: float = 5) -> Event | Preview | None:
        """The next message; None once the socket has ended."""
        return await asyncio.wait_for(self.heard.get(), limit)

    async def until(self, event: str, **wanted: Any) -> list[Event]:
        """Every text message up to and including the first `event` with these data; previews are left out."""
        heard: list[Event] = []
        while (message := await self.next()) is not None:
            if isinstance(message, Preview):
                continue
            heard.append(message)
            if message[0] == event and wanted.items() <= message[1].items():
                return heard
        raise AssertionError(f"the socket ended before {event}")

    async def end_of(self, prompt_id: str) -> list[Event]:
        return await self.until("executing", node=None, prompt_id=prompt_id)

    async def silence(self) -> None:
        """Proves that nothing waits here; call it when everything that could be said has been said."""
        await self.socket.ping()
        await asyncio.sleep(0.03)
        assert self.heard.empty()

    async def close(self) -> None:
        await self.socket.close()
        await self._drain

    async def _listen(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                self.heard.put_nowait(Preview.parsed(message.data))
            elif message.type is aiohttp.WSMsgType.TEXT:
                told = json.loads(message.data)
                self.heard.put_nowait((told["type"], told["data"]))
        self.heard.put_nowait(None)


class Person:
    def __init__(self, comfy: SandboxComfyUI, http: aiohttp.ClientSession) -> None:
        self.comfy = comfy
        self.http = http

    async def get(self, path: str) -> Any:
        async with self.http.get(self.comfy.url + path) as response:
            return await response.json()

    async def status(self, method: str, path: str, **options: Any) -> int:
        async with self.http.request(method, self.comfy.url + path, **options) as response:
            await response.read()
            return response.status

    async def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.http.post(self.comfy.url + path, json=body) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            return response.status, json.loads(text) if is_json else text

    async def submit(self, graph: dict[str, Any], **more: Any) -> str:
        status, answer = await self.post("/prompt", {"prompt": graph, **more})
        assert status == 200, answer
        return answer["prompt_id"]

    async def run(self, graph: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Submit and wait for the end; returns the history entry."""
        prompt_id = await self.submit(graph, **more)
        await self.comfy.wait_for(lambda: self.comfy.prompts[-1].ended)
        return (await self.get(f"/history/{prompt_id}"))[prompt_id]

    async def view(self, item: dict[str, str]) -> bytes:
        async with self.http.get(self.comfy.url + "/view", params=item) as response:
            assert response.status == 200
            return await response.read()

    async def picture(self, graph: dict[str, Any]) -> Image.Image:
        entry = await self.run(graph)
        [items] = [made["images"] for made in entry["outputs"].values()]
        return Image.open(io.BytesIO(await self.view(items[0])))

    async def upload(self, content: bytes, name: str, *, route: str = "image", **fields: str) -> Any:
        form = aiohttp.FormData(fields, quote_fields=False)
        form.add_field("image", content, filename=name, content_type="image/png")
        async with self.http.post(f"{self.comfy.url}/upload/{route}", data=form) as response:
            return await response.json() if response.content_type == "application/json" else response.status

    @asynccontextmanager
    async def ear(self, client_id: str = "", *, flags: bool = True) -> AsyncIterator[Ear]:
        query = f"?clientId={client_id}" if client_id else ""
        async with self.http.ws_connect(f"{self.comfy.url}/ws{query}", max_msg_size=0) as socket:
            ear = Ear(socket)
            try:
                if flags:
                    await socket.send_json(
                        {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
                    )
                    await ear.until("feature_flags")
                yield ear
            finally:
                await ear.close()
