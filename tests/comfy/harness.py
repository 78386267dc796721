"""A renderer in front of a sandbox, with the patience of a test."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.clock import SystemClock
from bot.comfy.client import ComfyClient
from bot.comfy.renderer import ComfyRenderer
from bot.comfy.timing import Timing
from bot.core.progress import RenderEvent
from bot.core.workflow import Graph
from bot.ports.renderer import Order, Renderer
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.patience import PATIENCE_S
from tests.builders import a_graph

CHECKPOINT = "dreamshaper_8.safetensors"

SLOW = Pace(step_s=0.1)
STUCK = Pace(step_s=30)


def brisk(**changes: Any) -> Timing:
    """Return a timing with which every watchdog barks within a second."""
    values: dict[str, Any] = {
        "connect": PATIENCE_S,
        "answer": PATIENCE_S,
        "post": PATIENCE_S,
        "socket_patience": 0.1,
        "reconnect_first": 0.02,
        "reconnect_most": 0.1,
        "poll": 0.05,
        "confirm": 0.02,
        "cancel_again": 0.05,
        "deaf": 0.3,
        "stuck": 0.3,
        "looks_after_post": (0.02, 0.05, 0.1),
        "looks_for_history": (0.01, 0.05, 0.1, 0.2, 0.4, 0.8),
    }
    return Timing(**{**values, **changes})


@asynccontextmanager
async def a_renderer(server: SandboxComfyUI, **timing: Any) -> AsyncGenerator[ComfyRenderer]:
    async with (
        ComfyClient(server.url, brisk(**timing)) as client,
        ComfyRenderer(client, SystemClock()) as renderer,
    ):
        await server.wait_for(lambda: server.listeners)
        yield renderer


def a_small_graph(*, steps: int = 3, seed: int = 1, count: int = 1, width: int = 64) -> Graph:
    return (
        a_graph()
        .with_input("4", "ckpt_name", CHECKPOINT)
        .with_input("3", "steps", steps)
        .with_input("3", "seed", seed)
        .with_input("5", "width", width)
        .with_input("5", "height", 64)
        .with_input("5", "batch_size", count)
    )


def an_order(**changes: Any) -> Order:
    return Order(**{"prompt_id": str(uuid4()), "graph": a_small_graph(), **changes})


@asynccontextmanager
async def a_late_door(server: SandboxComfyUI, *, seconds: float) -> AsyncGenerator[str]:
    """Open a door before the sandbox that passes prompts on late, even if nobody waits for the answer any more.

    It has no websocket.
    """

    async def pass_on(request: web.Request) -> web.Response:
        body = await request.read()
        if request.path == "/prompt":
            await asyncio.sleep(seconds)
        async with session.request(request.method, server.url + request.path_qs, data=body) as answer:
            return web.Response(status=answer.status, body=await answer.read())

    app = web.Application()
    app.router.add_route("*", "/{path:(?!ws).*}", pass_on)
    runner = web.AppRunner(app, access_log=None)
    async with aiohttp.ClientSession() as session:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


async def nobody_listens(url: str) -> None:
    """Wait until connections are refused."""
    port = int(url.rpartition(":")[2])
    with suppress(OSError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await asyncio.sleep(0.01)


async def drawn(renderer: Renderer, order: Order) -> list[RenderEvent]:
    """Follow the order to its end and return all events."""
    return [event async for event in renderer.render(order)]


def kinds(events: Sequence[RenderEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


async def until(events: AsyncIterator[RenderEvent], kind: type[RenderEvent]) -> RenderEvent:
    """Read events until one of this kind comes, and return it."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__} came")


async def given_by_somebody_else(server: SandboxComfyUI, graph: Graph | None = None) -> str:
    """Let another client give ComfyUI a prompt; return its id."""
    body = {"prompt": (graph or a_small_graph(seed=77, steps=2)).to_api(), "client_id": "somebody"}
    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/prompt", json=body) as answer:
        return (await answer.json())["prompt_id"]


def ids(server: SandboxComfyUI) -> list[str]:
    """Return the ids of all prompts that ComfyUI ever accepted."""
    return [prompt.id for prompt in server.prompts]
