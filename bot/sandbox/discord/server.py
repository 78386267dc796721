"""The HTTP side: every request passes record, faults, ban, token and limits before its handler."""

import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from aiohttp import BodyPartReader, web

from bot.sandbox.discord.cdn import Cdn
from bot.sandbox.discord.changes import Change, RequestAnswered
from bot.sandbox.discord.compose import Composer
from bot.sandbox.discord.desk import Desk
from bot.sandbox.discord.dispatches import Dispatcher
from bot.sandbox.discord.drafts import Upload
from bot.sandbox.discord.errors import Refusal, form_error, refusal
from bot.sandbox.discord.faults import Faults, Trouble
from bot.sandbox.discord.gateway import Gateway
from bot.sandbox.discord.model import Json
from bot.sandbox.discord.payloads import Payloads
from bot.sandbox.discord.ratelimit import RateLimiter, Window
from bot.sandbox.discord.record import Exchange, SentFile
from bot.sandbox.discord.rest import ROUTES
from bot.sandbox.discord.rest.call import Call, Route
from bot.sandbox.discord.rest.messages import Nonces, TooOld
from bot.sandbox.discord.rules import MIB, Rules
from bot.sandbox.discord.world import World

BASE = "/api/v10"
BAN_PAGE = "<!DOCTYPE html><title>Access denied</title>You are being rate limited by the edge."


@dataclass(kw_only=True)
class Hub:
    """Everything that handlers work with."""

    world: World
    rules: Rules
    faults: Faults
    cdn: Cdn
    payloads: Payloads
    dispatcher: Dispatcher
    composer: Composer
    desk: Desk
    gateway: Gateway
    limiter: RateLimiter
    token: str
    nonces: Nonces
    violations: list[str]
    log: list[Exchange] = field(default_factory=list[Exchange])
    old_edits: dict[int, list[float]] = field(default_factory=dict[int, list[float]])

    def note_unknown(self, body: Json, known: frozenset[str]) -> None:
        self.violations.extend(f"unknown field: {key}" for key in sorted(body.keys() - known))


class Reply(NamedTuple):
    """An answer ready for the wire; `html` is what a proxy would send, `torn` is none at all."""

    status: int
    body: Any
    headers: Mapping[str, str]
    html: bool = False
    torn: bool = False
    later: Sequence[Change] = ()
    """What the gateway tells only after this answer."""


def build_app(hub: Hub) -> web.Application:
    app = web.Application(client_max_size=1024 * MIB)
    server = Server(hub)
    for route in ROUTES:
        app.router.add_route(route.method, BASE + route.path, partial(server.handle, route))
    app.router.add_route("*", BASE + "/{tail:.*}", server.refuse_unknown)
    for path in ("/", "/gateway", "/gateway/"):
        app.router.add_get(path, hub.gateway.serve)
    for folder in ("attachments", "ephemeral-attachments"):
        app.router.add_get("/cdn/" + folder + r"/{channel:\d+}/{attachment:\d+}/{filename}", hub.cdn.serve)
    return app


class Server:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def refuse_unknown(self, request: web.Request) -> web.StreamResponse:
        told = f"{request.method} {request.path.removeprefix(BASE)}"
        self._hub.violations.append(f"unimplemented: {told}")
        exchange = self._exchange(request, request.path.removeprefix(BASE))
        reply = Reply(404, {"message": "404: Not Found", "code": 0}, {})
        return await self._send(request, exchange, reply)

    async def handle(self, route: Route, request: web.Request) -> web.StreamResponse:
        exchange = self._exchange(request, route.path)
        try:
            reply = await self._reply(route, request, exchange)
        except ConnectionError:  # whoever asked broke off in the middle of the request, which then was none
            return _torn(request)
        if not reply.html:
            self._hub.limiter.count_invalid(reply.status, reply.headers.get("X-RateLimit-Scope"))
        response = _torn(request) if reply.torn else await self._send(request, exchange, reply)
        for change in reply.later:
            self._hub.gateway.tell(change)
        self._hub.world.publish(RequestAnswered(exchange.method, exchange.path, exchange.status))
        return response

    def _exchange(self, request: web.Request, route: str) -> Exchange:
        exchange = Exchange(
            method=request.method,
            path=request.path.removeprefix(BASE),
            route=route,
            query=dict(request.query),
            content_type=request.content_type,
            asked_at=time.monotonic(),
        )
        if len(self._hub.log) >= self._hub.rules.log_limit:
            del self._hub.log[: len(self._hub.log) // 2]
        self._hub.log.append(exchange)
        return exchange

    async def _reply(self, route: Route, request: web.Request, exchange: Exchange) -> Reply:
        body, uploads, size = await _read(request)
        exchange.body = body
        exchange.files = [
            SentFile(field=f"files[{upload.index}]", filename=upload.filename, size=len(upload.data))
            for upload in uploads.values()
        ]
        trouble = self._hub.faults.take(request.method, exchange.path)
        await asyncio.sleep(self._hub.faults.latency_s)
        if trouble is not None:
            await trouble.delayed()
        if trouble is not None and not trouble.after_effect:
            ordered = _ordered(trouble)
            if ordered is not None:
                return ordered
        reply = self._guarded(
            route,
            request,
            exchange,
            Call(hub=self._hub, params=request.match_info, query=request.query, body=body, uploads=uploads),
            size,
        )
        ordered = _ordered(trouble) if trouble is not None and trouble.after_effect else None
        return reply if ordered is None else ordered._replace(later=reply.later)

    def _guarded(
        self, route: Route, request: web.Request, exchange: Exchange, call: Call, size: int
    ) -> Reply:
        limiter = self._hub.limiter
        if limiter.banned:
            self._hub.violations.append(f"hammering: {request.method} {exchange.path}")
            return Reply(429, BAN_PAGE, {}, html=True)
        if not route.webhook and request.headers.get("Authorization") != f"Bot {self._hub.token}":
            return _refused(refusal(0), {})
        window = limiter.window(route.limit, route.major(request.match_info))
        too_many = None if route.webhook else limiter.admit_globally()
        if too_many is None and window is not None:
            too_many = limiter.take(window, f"{request.method} {exchange.path}")
        if too_many is not None:
            return Reply(429, too_many.body, too_many.all_headers)
        exchange.effect = True
        return self._handled(route, call, window, size)

    def _handled(self, route: Route, call: Call, window: Window | None, size: int) -> Reply:
        try:
            if size > self._hub.rules.request_limit:
                raise refusal(40005)
            with self._hub.gateway.holding() as later:
                answer = route.handler(call)
        except Refusal as refused:
            return _refused(refused, self._told(window))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._hub.violations.append(f"malformed: {route.method} {route.path}: {error!r}")
            return _refused(form_error((), "MALFORMED", "This is no such body."), self._told(window))
        return Reply(answer.status, answer.body, self._told(window), later=later)

    def _told(self, window: Window | None) -> dict[str, str]:
        return {} if window is None else self._hub.limiter.told(window)

    async def _send(self, request: web.Request, exchange: Exchange, reply: Reply) -> web.StreamResponse:
        headers = {**reply.headers}
        if not reply.html:
            headers["Via"] = "1.1 google"
        response = web.Response(status=reply.status, headers=headers)
        if reply.body is not None:
            response.headers["Content-Type"] = "text/html" if reply.html else "application/json"
            response.body = (reply.body if reply.html else json.dumps(reply.body)).encode()
        exchange.status, exchange.answer, exchange.headers = reply.status, reply.body, dict(response.headers)
        with suppress(ConnectionError):  # whoever asked may have gone
            await response.prepare(request)
            await response.write_eof()
        exchange.answered_at = time.monotonic()
        return response


def _refused(refused: Refusal, headers: dict[str, str]) -> Reply:
    if isinstance(refused, TooOld):
        headers = {**headers, "Retry-After": str(int(refused.retry_after) + 1), "X-RateLimit-Scope": "shared"}
    return Reply(refused.status, refused.body, headers)


def _ordered(trouble: Trouble) -> Reply | None:
    if trouble.reset:
        return Reply(0, None, {}, torn=True)
    if trouble.status is None:
        return None
    html = isinstance(trouble.body, str)
    body = trouble.body if trouble.body is not None else {"message": f"{trouble.status}: ordered", "code": 0}
    return Reply(trouble.status, body, trouble.headers, html=html)


def _torn(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _read(request: web.Request) -> tuple[Any, dict[int, Upload], int]:
    """Give the parsed JSON, the uploaded files and the size of the whole body."""
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    raw = await request.read()
    return _json(raw), {}, len(raw)


async def _read_multipart(request: web.Request) -> tuple[Any, dict[int, Upload], int]:
    body: Any = None
    uploads: dict[int, Upload] = {}
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read(decode=True))
        size += len(data)
        if part.name == "payload_json":
            body = _json(data)
        elif numbered := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
            index = int(numbered[1])
            uploads[index] = Upload(index=index, filename=part.filename or "unknown", data=data)
    return body, uploads, size


def _json(raw: bytes) -> Any:  # noqa: ANN401 - a foreign body, parsed by its handler
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
