"""The gateway: hello, identify, resume, heartbeats and one stream of events per session."""

import asyncio
import json
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

from aiohttp import WSMsgType, web

from bot.sandbox.discord.changes import Change, GatewayChanged, RequestAnswered
from bot.sandbox.discord.dispatches import Dispatch, Dispatcher
from bot.sandbox.discord.faults import Drop, Faults
from bot.sandbox.discord.intents import KNOWN_BITS, PRIVILEGED, Intent
from bot.sandbox.discord.model import Json
from bot.sandbox.discord.rules import Rules
from bot.sandbox.discord.sessions import Session
from bot.sandbox.discord.world import World

ROUND_TRIP_S = 0.02
"""discord.py counts an acknowledgement from the heartbeat before, if it is back sooner than it was noted."""


class Closed(Exception):
    """The connection ends with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gateway:
    """Counts what the bot does here: `identifies`, `resumes`, `heartbeats` and the codes of its `closes`."""

    def __init__(
        self, world: World, dispatcher: Dispatcher, rules: Rules, faults: Faults, token: str
    ) -> None:
        self.world = world
        self.dispatcher = dispatcher
        self.rules = rules
        self.faults = faults
        self.token = token
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.closes: list[int | None] = []
        self.heard_heartbeats = True
        """Set to False to let heartbeats go unanswered."""
        self._connections: set[Connection] = set()
        self._held: list[Change] | None = None
        world.listen(self._hear)

    @property
    def connected(self) -> bool:
        return any(session.line is not None for session in self.sessions.values())

    def _hear(self, change: Change) -> None:
        if isinstance(change, GatewayChanged | RequestAnswered) or not self.sessions:
            return
        if self._held is not None:
            self._held.append(change)
        else:
            self.tell(change)

    @contextmanager
    def holding(self) -> Generator[list[Change]]:
        """Keep what changes meanwhile for later, if the rules say that the answer comes first."""
        held: list[Change] = []
        self._held = None if self.rules.message_before_answer else held
        try:
            yield held
        finally:
            self._held = None

    def tell(self, change: Change) -> None:
        for dispatch in self.dispatcher.of(change):
            for session in tuple(self.sessions.values()):
                session.tell(dispatch)

    # ── connections

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.faults.refuses_gateway():
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(self, socket, request)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
        return socket

    def drop(self, how: Drop, code: int) -> None:
        for connection in tuple(self._connections):
            match how:
                case "abort":
                    connection.abort()
                case "op7":
                    connection.send_op(7, None)
                case "op9":
                    connection.invalidate(resumable=False)
                case "op9-resumable":
                    connection.invalidate(resumable=True)
                case "close":
                    connection.close(code, "ordered")

    async def close(self) -> None:
        for session in self.sessions.values():
            if session.end is not None:
                session.end.cancel()
        for connection in tuple(self._connections):
            connection.close(1001, "going away")
        await asyncio.gather(*(connection.ended.wait() for connection in tuple(self._connections)))

    # ── sessions

    def begin(self, intents: Intent, line: "Connection") -> Session:
        session = Session(
            id=secrets.token_hex(16), intents=intents, missed=deque(maxlen=self.rules.replay_limit), line=line
        )
        self.sessions[session.id] = session
        session.tell(self.dispatcher.ready(session.id, self.url))
        for guild in self.dispatcher.guilds():
            session.tell(self.dispatcher.guild_create(guild))
        self.world.publish(GatewayChanged(session.id, "ready"))
        return session

    def lose(self, session: Session) -> None:
        """Let go of the line; the session waits a while for a resume."""
        session.line = None
        loop = asyncio.get_running_loop()
        session.end = loop.call_later(self.rules.resume_window_s, self.finish, session)
        self.world.publish(GatewayChanged(session.id, "lost"))

    def finish(self, session: Session) -> None:
        if session.end is not None:
            session.end.cancel()
        session.line = None
        if self.sessions.pop(session.id, None) is not None:
            self.world.publish(GatewayChanged(session.id, "ended"))

    def resume(self, session_id: str, sequence: int, line: "Connection") -> Session | None:
        session = self.sessions.get(session_id)
        missed = session.since(sequence) if session is not None else None
        if session is None or missed is None:
            return None
        if session.end is not None:
            session.end.cancel()
        session.line = line
        for frame in missed:
            line.send(frame)
        session.tell(Dispatch(name="RESUMED", intent=None, payload={"_trace": ["sandbox"]}))
        self.resumes += 1
        self.world.publish(GatewayChanged(session.id, "resumed"))
        return session


class Connection:
    """One websocket and its conversation."""

    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.ended = asyncio.Event()
        self._gateway = gateway
        self._rules = gateway.rules
        self._socket = socket
        self._request = request
        self._session: Session | None = None
        self._closed_by_us = False
        self._outgoing: asyncio.Queue[str | Closed] = asyncio.Queue()
        self._heard: deque[float] = deque()
        self._zombie: asyncio.TimerHandle | None = None
        self._encode = _encoder(self._rules.compression, request.query.get("compress", ""))

    # ── speaking

    def send(self, frame: str) -> None:
        self._outgoing.put_nowait(frame)

    def send_op(self, op: int, data: object) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int, reason: str) -> None:
        self._outgoing.put_nowait(Closed(code, reason))

    def abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()

    def invalidate(self, *, resumable: bool) -> None:
        if not resumable and self._session is not None:
            self._gateway.finish(self._session)
            self._session = None
        self.send_op(9, resumable)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write())
                self.send_op(
                    10, {"heartbeat_interval": int(self._rules.heartbeat_interval_s * 1000), "_trace": []}
                )
                self._await_heartbeat()
                await self._read()
                writing.cancel()
        finally:
            self._leave()

    async def _write(self) -> None:
        while True:
            match await self._outgoing.get():
                case Closed() as closed:
                    self._closed_by_us = True
                    await self._socket.close(code=closed.code, message=closed.reason.encode())
                    return
                case frame:
                    await self._send(self._encode(frame))

    async def _send(self, frame: str | bytes) -> None:
        try:
            if isinstance(frame, str):
                await self._socket.send_str(frame)
            else:
                await self._socket.send_bytes(frame)
        except ConnectionError:
            return

    # ── listening

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                continue
            try:
                self._hear(message.data)
            except Closed as closed:
                self.close(closed.code, closed.reason)

    def _hear(self, raw: str | bytes) -> None:
        self._count()
        if len(raw) > self._rules.gateway_payload_limit:
            raise Closed(4002, "Payload too large.")
        try:
            told: Json = json.loads(raw)
            op, data = int(told["op"]), told.get("d")
        except (ValueError, KeyError, TypeError) as error:
            raise Closed(4002, "Error while decoding payload.") from error
        self._act(op, data)

    def _act(self, op: int, data: Any) -> None:  # noqa: ANN401 - any JSON, until its opcode is known
        if op == 1:
            self._beat()
            return
        if op not in self._handlers:
            raise Closed(4001, "Unknown opcode.")
        if self._session is None and op not in {2, 6}:
            raise Closed(4003, "Not authenticated.")
        if not isinstance(data, dict):
            raise Closed(4002, "Error while decoding payload.")
        self._handlers[op](cast(Json, data))

    @property
    def _handlers(self) -> dict[int, Callable[[Json], None]]:
        return {2: self._identify, 3: _ignore, 4: _ignore, 6: self._resume, 8: self._members}

    def _count(self) -> None:
        now = time.monotonic()
        while self._heard and self._heard[0] <= now - 60:
            self._heard.popleft()
        self._heard.append(now)
        if len(self._heard) > self._rules.gateway_events_per_minute:
            raise Closed(4008, "Rate limited.")

    def _beat(self) -> None:
        if self._gateway.heard_heartbeats:
            self._gateway.heartbeats += 1
            self._await_heartbeat()
            asyncio.get_running_loop().call_later(ROUND_TRIP_S, self.send_op, 11, None)

    def _await_heartbeat(self) -> None:
        if self._zombie is not None:
            self._zombie.cancel()
        patience = self._rules.heartbeat_interval_s * 1.5
        self._zombie = asyncio.get_running_loop().call_later(patience, self.close, 4000, "no heartbeat")

    def _identify(self, data: Json) -> None:
        if self._session is not None:
            raise Closed(4005, "Already authenticated.")
        self._gateway.identifies += 1
        if self._gateway.identifies > self._rules.identify_budget or data.get("token") != self._gateway.token:
            raise Closed(4004, "Authentication failed.")
        self._session = self._gateway.begin(self._intents(data.get("intents")), self)

    def _intents(self, asked: object) -> Intent:
        if not isinstance(asked, int) or asked & ~KNOWN_BITS:
            raise Closed(4013, "Invalid intent(s).")
        if asked & PRIVILEGED & ~self._rules.privileged_intents:
            raise Closed(4014, "Disallowed intent(s).")
        return Intent(asked)

    def _resume(self, data: Json) -> None:
        if data.get("token") != self._gateway.token:
            raise Closed(4004, "Authentication failed.")
        self._session = self._gateway.resume(str(data.get("session_id")), int(data.get("seq") or 0), self)
        if self._session is None:
            self.send_op(9, False)  # noqa: FBT003 - the opcode's payload

    def _members(self, data: Json) -> None:
        if self._session is not None:
            self._session.tell(self._gateway.dispatcher.members(data))

    def _leave(self) -> None:
        if self._zombie is not None:
            self._zombie.cancel()
        code = None if self._closed_by_us else self._socket.close_code
        if not self._closed_by_us:
            self._gateway.closes.append(code)
        if self._session is not None and self._session.line is self:
            (self._gateway.finish if code in {1000, 1001} else self._gateway.lose)(self._session)
        self.ended.set()


def _ignore(_: Json) -> None:
    return


def _encoder(mode: str, asked: str) -> Callable[[str], str | bytes]:
    """Plain text always works; a stream is one compression context for the whole connection."""
    if mode == "zlib" and asked == "zlib-stream":
        stream = zlib.compressobj()
        return lambda frame: stream.compress(frame.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
    return str
