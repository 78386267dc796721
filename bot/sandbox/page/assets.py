"""The page's own files, read once from the package."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from aiohttp import web

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    data: bytes
    content_type: str
    tag: str


def load_assets() -> dict[str, Asset]:
    folder = files("bot.sandbox.page") / "static"
    return {entry.name: _asset(entry.name, entry.read_bytes()) for entry in folder.iterdir()}


def _asset(name: str, data: bytes) -> Asset:
    tag = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    return Asset(data=data, content_type=_TYPES[name.rpartition(".")[2]], tag=tag)


class Assets:
    def __init__(self) -> None:
        self._assets = load_assets()

    async def index(self, request: web.Request) -> web.Response:
        return self._answer(request, INDEX)

    async def serve(self, request: web.Request) -> web.Response:
        return self._answer(request, request.match_info["name"])

    def _answer(self, request: web.Request, name: str) -> web.Response:
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound(text="There is no such file.")
        headers = {"ETag": asset.tag, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == asset.tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=asset.data, headers={**headers, "Content-Type": asset.content_type})
