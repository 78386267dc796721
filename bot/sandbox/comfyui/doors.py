"""What every request passes: the log, the faults, the origin check, and the answer to ComfyUI's own bugs."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.sandbox.comfyui.boot import BOOT
from bot.sandbox.comfyui.machine import SeenRequest

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class InternalServerError(Exception):
    """Something in the request that ComfyUI trips over; it answers 500 in plain text."""


@web.middleware
async def log_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    machine = request.app[BOOT].machine
    status = 0
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    else:
        return response
    finally:
        seen = SeenRequest(
            method=request.method, path=plain(request), query=request.query_string, status=status
        )
        machine.log.append(seen)
        machine.bell.ring()


@web.middleware
async def suffer_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    faults = request.app[BOOT].machine.faults
    path = plain(request)
    if delay := faults.delay_of(path):
        await asyncio.sleep(delay)
    if faults.resets(path, "before_effect"):
        return _cut(request)
    if failure := faults.failure_of(request.method, path):
        return web.Response(status=failure.status, text=failure.body)
    response = await handler(request)
    return _cut(request) if faults.resets(path, "after_effect") else response


@web.middleware
async def stumble(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except InternalServerError:
        answer = web.Response(status=500, text="500 Internal Server Error\n\nServer got itself in trouble")
        answer.force_close()
        return answer


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    checks_site = request.app[BOOT].machine.dialect.fetch_site_check
    if checks_site and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return web.Response(status=403)
    host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
    if origin and urlsplit(f"//{host}").hostname in _LOOPBACK:
        netloc = urlsplit(origin).netloc
        if netloc and netloc != host:
            return web.Response(status=403)
    return await handler(request)


MIDDLEWARES: tuple[Middleware, ...] = (log_requests, suffer_faults, stumble, check_origin)


def plain(request: web.Request) -> str:
    """Cut `/api` off the path: it is the same route."""
    return request.path.removeprefix("/api") or "/"


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
