"""A bot made of nothing but aiohttp: what goes over the wire is what the test wrote."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.sandbox.discord import Intent, SandboxDiscord

Json = dict[str, Any]
INTENTS = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.GUILD_MESSAGE_REACTIONS)


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        return self.body["code"]

    @property
    def refusal(self) -> tuple[int, int]:
        return self.status, self.code


@dataclass
class Line:
    """A gateway connection; `events` are the dispatches seen so far."""

    socket: aiohttp.ClientWebSocketResponse
    events: list[tuple[str, Json]] = field(default_factory=list)
    sequence: int = 0
    session_id: str = ""

    async def receive(self) -> Json:
        message = await self.socket.receive(timeout=5)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(self.socket.close_code)
        told = json.loads(message.data)
        if told["op"] == 0:
            self.sequence = told["s"]
            self.events.append((told["t"], told["d"]))
            if told["t"] == "READY":
                self.session_id = told["d"]["session_id"]
        return told

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def op(self, op: int) -> Json:
        """The next frame with that opcode."""
        while (told := await self.receive())["op"] != op:
            pass
        return told

    async def event(self, name: str) -> Json:
        """The next dispatch of that name."""
        while True:
            told = await self.receive()
            if told["t"] == name:
                return told["d"]

    async def close_code(self) -> int | None:
        """Reads on until the server has closed."""
        try:
            while True:
                await self.receive()
        except ConnectionError:
            return self.socket.close_code


class WireBot:
    def __init__(self, sandbox: SandboxDiscord) -> None:
        self.sandbox = sandbox
        self._session = aiohttp.ClientSession()
        self.line: Line | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    # ── gateway

    async def dial(self, query: str = "") -> Line:
        socket = await self._session.ws_connect(self.sandbox.gateway_url + query)
        line = Line(socket)
        assert (await line.receive())["op"] == 10
        return line

    async def identify(self, intents: int = INTENTS, **fields: Any) -> Line:
        line = await self.dial()
        properties = {"os": "linux", "browser": "wire", "device": "wire"}
        await line.send(
            2, {"token": self.sandbox.token, "intents": intents, "properties": properties, **fields}
        )
        return line

    async def connect(self, intents: int = INTENTS) -> Line:
        """Identified and told of every guild."""
        self.line = await self.identify(intents)
        await self.line.event("READY")
        for _ in self.sandbox.world.guilds:
            await self.line.event("GUILD_CREATE")
        return self.line

    async def resume(self, session_id: str, sequence: int) -> Line:
        line = await self.dial()
        await line.send(6, {"token": self.sandbox.token, "session_id": session_id, "seq": sequence})
        return line

    # ── REST

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: Mapping[str, bytes] | None = None,
        authorization: str | None = "Bot sandbox-token",
    ) -> Reply:
        headers = {"Authorization": authorization} if authorization else {}
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if files is not None:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body or {}))
            for index, (name, data) in enumerate(files.items()):
                form.add_field(
                    f"files[{index}]", data, filename=name, content_type="application/octet-stream"
                )
            sent = {"data": form}
        url = self.sandbox.api_url + path
        async with self._session.request(method, url, headers=headers, **sent) as response:
            raw = await response.read()
            is_json = response.headers.get("Content-Type") == "application/json"
            return Reply(response.status, json.loads(raw) if is_json else raw.decode(), response.headers)

    async def get(self, url: str) -> tuple[int, bytes]:
        async with self._session.get(url) as response:
            return response.status, await response.read()

    # ── stories

    async def sync(self, *commands: Json, guild: int | None = None) -> Reply:
        place = "" if guild is None else f"/guilds/{guild}"
        reply = await self(
            "PUT", f"/applications/{self.sandbox.world.application_id}{place}/commands", list(commands)
        )
        assert reply.status == 200, reply.body
        return reply

    async def hear(self) -> Json:
        """The next interaction."""
        assert self.line is not None
        return await self.line.event("INTERACTION_CREATE")

    async def callback(
        self, told: Json, kind: int, data: Json | None = None, *, files: Mapping[str, bytes] | None = None
    ) -> Reply:
        body: Json = {"type": kind} if data is None else {"type": kind, "data": data}
        path = f"/interactions/{told['id']}/{told['token']}/callback?with_response=1"
        return await self("POST", path, body, files=files, authorization=None)

    async def hook(self, method: str, told: Json, rest: str = "", body: Any = None, **more: Any) -> Reply:
        path = f"/webhooks/{self.sandbox.world.application_id}/{told['token']}{rest}"
        return await self(method, path, body, authorization=None, **more)

    async def edit_original(self, told: Json, body: Json, **more: Any) -> Reply:
        return await self.hook("PATCH", told, "/messages/@original", body, **more)

    async def send(self, channel_id: int, body: Json | str, **more: Any) -> Reply:
        told = {"content": body} if isinstance(body, str) else body
        return await self("POST", f"/channels/{channel_id}/messages", told, **more)

    async def edit(self, channel_id: int, message_id: int | str, body: Json, **more: Any) -> Reply:
        return await self("PATCH", f"/channels/{channel_id}/messages/{message_id}", body, **more)


async def together(*waiting: Any) -> list[Any]:
    return list(await asyncio.gather(*waiting))
