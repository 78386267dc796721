"""The websockets: who is connected, and what each of them is sent."""

import asyncio
import json
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.comfyui.machine import Machine
from bot.sandbox.comfyui.shapes import Json, is_object

_PREVIEW_IMAGE = 1
_PREVIEW_IMAGE_WITH_METADATA = 4
_JPEG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message on its way out; without `sid` it goes to everyone."""

    payload: str | bytes
    sid: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """Whose prompt runs, and in which node."""

    client_id: str | None
    node_id: str


class Hub:
    """One socket per client id, and one loop that sends everything.

    Two of ComfyUI's weaknesses follow from that, as they do there. When an old socket of a client id ends,
    its clean-up forgets whichever socket holds the id by then: the newer one stays open and hears nothing.
    And one reader that never reads holds up all others.
    """

    def __init__(self, machine: Machine, remaining: Callable[[], int]) -> None:
        self._machine = machine
        self._remaining = remaining
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._flags: dict[str, Json] = {}
        self._outbox: asyncio.Queue[Frame] = asyncio.Queue()
        self._open: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self.at_work: AtWork | None = None

    @property
    def connected(self) -> frozenset[str]:
        """The client ids that are heard and served; deaf sockets are not among them."""
        return frozenset(self._sockets)

    def send(self, event: str, data: Json, sid: str | None = None) -> None:
        self._outbox.put_nowait(Frame(payload=json.dumps({"type": event, "data": data}), sid=sid))

    def send_status(self) -> None:
        self.send("status", self._status())

    def takes_metadata(self, sid: str | None) -> bool:
        return bool(sid and self._flags.get(sid, {}).get("supports_preview_metadata"))

    def hears(self, sid: str | None) -> bool:
        """Whether anybody would receive what is sent to `sid`."""
        return bool(self._sockets) if sid is None else sid in self._sockets

    def send_preview(self, jpeg: bytes, sid: str | None) -> None:
        payload = struct.pack(">II", _PREVIEW_IMAGE, _JPEG) + jpeg
        self._outbox.put_nowait(Frame(payload=payload, sid=sid))

    def send_preview_with_metadata(self, jpeg: bytes, metadata: Json, sid: str | None) -> None:
        about = json.dumps(metadata | {"image_type": "image/jpeg"}).encode()
        payload = struct.pack(">II", _PREVIEW_IMAGE_WITH_METADATA, len(about)) + about + jpeg
        self._outbox.put_nowait(Frame(payload=payload, sid=sid))

    async def publish(self) -> None:
        """Send what was put in the outbox, in order, for as long as the server lives."""
        while True:
            frame = await self._outbox.get()
            sockets = [*self._sockets.values()] if frame.sid is None else [self._sockets.get(frame.sid)]
            for socket in sockets:
                if socket is not None:
                    await _send(socket, frame.payload)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        sid = request.query.get("clientId", "") or uuid.uuid4().hex
        self._sockets[sid] = socket
        self._flags[sid] = {}
        if isinstance(request.transport, asyncio.Transport):
            self._open[socket] = request.transport
        self._machine.bell.ring()
        try:
            await self._greet(socket, sid)
            await self._listen(socket, sid)
        finally:
            self._sockets.pop(sid, None)
            self._flags.pop(sid, None)
            self._open.pop(socket, None)
            self._machine.bell.ring()
        return socket

    def deafen(self) -> None:
        self._sockets.clear()
        self._flags.clear()

    def drop(self) -> None:
        for transport in self._open.values():
            transport.abort()

    async def _greet(self, socket: web.WebSocketResponse, sid: str) -> None:
        await _send(socket, json.dumps({"type": "status", "data": {**self._status(), "sid": sid}}))
        if self.at_work and self.at_work.client_id == sid:
            await _send(socket, json.dumps({"type": "executing", "data": {"node": self.at_work.node_id}}))

    async def _listen(self, socket: web.WebSocketResponse, sid: str) -> None:
        first = True
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if first and self._machine.dialect.progress_state:
                self._negotiate(str(message.data), sid)
            first = False

    def _negotiate(self, text: str, sid: str) -> None:
        """Feature flags count only as the first frame; a forgotten socket gets no answer to them."""
        try:
            message: Any = json.loads(text)
        except json.JSONDecodeError:
            return
        if is_object(message) and message.get("type") == "feature_flags" and sid in self._sockets:
            self._flags[sid] = message.get("data") or {}
            self.send("feature_flags", self._machine.features, sid)

    def _status(self) -> Json:
        return {"status": {"exec_info": {"queue_remaining": self._remaining()}}}


async def _send(socket: web.WebSocketResponse, payload: str | bytes) -> None:
    try:
        if isinstance(payload, str):
            await socket.send_str(payload)
        else:
            await socket.send_bytes(payload)
    except ConnectionError:
        """The reader has gone; its handler will notice."""
