"""Plain round trips and plain work on a picture, which no bot can undercut; start and memory beside them."""

import os
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from PIL import Image

from bot.sandbox.comfyui import Pace
from tests.bench.figures import Figures, percentile, timed
from tests.bench.scenes.posts import LARGE
from tests.bench.stage import Stage, a_stage

PAGE = b"\0" * 4096
QUALITY, METHOD = 90, 0
"""What the bot encodes with first."""


async def floor(rounds: int) -> Figures:
    http: list[float] = []
    websocket: list[float] = []
    picture: list[float] = []
    async with a_stage(Pace()) as stage, aiohttp.ClientSession() as session:
        for _ in range(rounds):
            with timed(http.append):
                await _got(session, f"{stage.comfy.url}/prompt")
        async with session.ws_connect(f"{stage.comfy.url}/ws?clientId=bench", autoping=False) as socket:
            for _ in range(rounds):
                with timed(websocket.append):
                    await _ping(socket)
        told = await stage.bot.tell()
        url = await _a_drawn_picture(stage)
        for _ in range(max(rounds // 20, 3)):
            with timed(picture.append):
                _encode(await _got(session, url))
    return {
        "floor_http_ms_p50": percentile(http, 0.5),
        "floor_ws_ms_p50": percentile(websocket, 0.5),
        "floor_fsync_ms_p50": percentile(_fsyncs(rounds), 0.5),
        "floor_picture_ms_p50": percentile(picture, 0.5),
        "ready_s": stage.ready_s,
        "rss_mib": told.rss_mib,
    }


async def _got(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url) as response:
        return await response.read()


async def _ping(socket: aiohttp.ClientWebSocketResponse) -> None:
    await socket.ping()
    while (await socket.receive()).type is not aiohttp.WSMsgType.PONG:
        pass


async def _a_drawn_picture(stage: Stage) -> str:
    """Have one drawn as large as those that are posted; return where ComfyUI serves it."""
    await (await stage.generate(**LARGE)).answered()
    await stage.drawn(1)
    saved = next(stage.comfy.folders.output.rglob("*.png"))
    folder = saved.parent.relative_to(stage.comfy.folders.output).as_posix()
    return f"{stage.comfy.url}/view?type=output&subfolder={folder}&filename={saved.name}"


def _encode(content: bytes) -> None:
    with Image.open(BytesIO(content)) as image:
        image.convert("RGB").save(BytesIO(), "WEBP", quality=QUALITY, method=METHOD)


def _fsyncs(rounds: int) -> list[float]:
    """Append a database's page to a file and have it on disk, so many times."""
    took: list[float] = []
    with TemporaryDirectory(prefix="genga-bench-") as folder, (Path(folder) / "log").open("ab") as file:
        for _ in range(rounds):
            with timed(took.append):
                file.write(PAGE)
                file.flush()
                os.fsync(file.fileno())
    return took
