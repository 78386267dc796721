"""`genga demo`: the real bot in a sandbox, with a page in the browser."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rich.console import Console

from bot import logs
from bot.app import open_app, settle_in
from bot.cli.leaving import stop_on_signals
from bot.cli.sandbox import Sandbox, at_work, hang_gallery, open_sandbox
from bot.core.errors import Misconfigured
from bot.sandbox.page import SandboxPage


async def demo(*, port: int, comfyui: str | None, data: Path | None) -> None:
    """Serve the page until the process is asked to leave."""
    stop = asyncio.Event()
    with stop_on_signals(stop):
        async with open_sandbox(comfyui=comfyui, data=data) as sandbox:
            logs.set_up(level="WARNING", style="console", secrets=[])
            async with open_app(sandbox.settings) as app, at_work(app, stop):
                settle_in()
                await hang_gallery(app, sandbox.discord)
                await sandbox.discord.synced()
                async with _page(sandbox, port) as page:
                    _welcome(page.url, simulated=sandbox.simulated, data=data)
                    await stop.wait()


@asynccontextmanager
async def _page(sandbox: Sandbox, port: int) -> AsyncGenerator[SandboxPage]:
    drawn_by = "pictures are simulated" if sandbox.simulated else f"drawn by {sandbox.settings.comfyui_url}"
    notice = f"Sandbox: nothing leaves this machine · {drawn_by}"
    async with AsyncExitStack() as stack:
        try:
            page = await stack.enter_async_context(SandboxPage(sandbox.discord, port=port, notice=notice))
        except OSError as error:
            raise Misconfigured(
                f"Port {port} is taken.", hint="Choose another, or let one be chosen: `--port 0`."
            ) from error
        yield page


def _welcome(url: str, *, simulated: bool, data: Path | None) -> None:
    console = Console(highlight=False)
    console.print(f"\n  [bold]Genga is drawing at[/] [link={url}]{url}[/]\n")
    console.print("  Open it in a browser, type [bold]/[/] and choose [bold]generate[/].")
    if simulated:
        console.print("  The pictures are simulated; [bold]--comfyui URL[/] draws with a real ComfyUI.")
    console.print(f"  Kept in {data}." if data else "  Nothing is kept; [bold]--data DIR[/] keeps it.")
    console.print("  Ctrl+C ends it.\n")
