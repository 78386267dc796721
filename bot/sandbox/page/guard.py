"""Only this page, opened on this machine, may look or act: no other site, no other host name."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox.page.calls import Refused

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NAMES = frozenset({"127.0.0.1", "localhost"})


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.host.rsplit(":", 1)[0] not in _NAMES:
        raise Refused(421, "This page answers only to 127.0.0.1 and localhost.")
    if request.method not in {"GET", "HEAD"} and not _is_own(request):
        raise Refused(403, "Only the page itself may do this.")
    return await handler(request)


def _is_own(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return request.headers.get("Origin") == f"http://{request.host}" and site == "same-origin"


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
