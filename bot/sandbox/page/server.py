"""The little server behind the page, on this machine's loopback only."""

from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.discord import SandboxDiscord
from bot.sandbox.page.acts import Acts
from bot.sandbox.page.assets import Assets
from bot.sandbox.page.calls import MOST_BYTES, in_words
from bot.sandbox.page.guard import add_headers, guarded
from bot.sandbox.page.news import Newsroom
from bot.sandbox.page.shelf import Shelf
from bot.sandbox.page.stream import Streams

NOTICE = "Sandbox: nothing leaves this machine · pictures are simulated"


class SandboxPage:
    """A page to look into a sandbox Discord and act there.

    `async with SandboxPage(discord) as page: page.url`
    """

    def __init__(self, discord: SandboxDiscord, *, port: int = 0, notice: str = NOTICE) -> None:
        shelf = Shelf()
        newsroom = Newsroom(discord.world, shelf, notice)
        self._port = port
        self._streams = Streams(discord.world, newsroom)
        self._app = _build_app(Acts(discord, newsroom, self._streams), self._streams, shelf)
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._streams.open()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._streams.close()
        if self._runner is not None:
            await self._runner.cleanup()


def _build_app(acts: Acts, streams: Streams, shelf: Shelf) -> web.Application:
    app = web.Application(middlewares=[in_words, guarded], client_max_size=MOST_BYTES)
    app.on_response_prepare.append(add_headers)
    assets = Assets()
    app.add_routes(
        [
            web.get("/", assets.index),
            web.get("/static/{name}", assets.serve),
            web.get("/events", streams.serve),
            web.get(r"/files/{number:\d{1,24}}/{name}", shelf.serve),
            *acts.routes(),
        ]
    )
    return app
