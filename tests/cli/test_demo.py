"""`genga demo` as a stranger meets it: one command, a page, and a picture drawn by the real bot."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli.sandbox import open_sandbox
from bot.sandbox.discord import Permission
from bot.sandbox.discord.permissions import guild_permissions
from bot.sandbox.patience import PATIENCE_S
from tests.browser import WHY_NOT, Tab, browsing, chromium

SCREENSHOTS = "GENGA_SCREENSHOTS"
"""Set to a folder, the journey goes on and leaves its pictures there: how the README's were made."""


@asynccontextmanager
async def the_demo(cwd: Path, *arguments: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--port",
        "0",
        *arguments,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        written = ""
        while (found := re.search(r"http://127\.0\.0\.1:\d+/", written)) is None:
            line = await process.stdout.readline()
            assert line, "the demo ended before it said where it is"
            written += line.decode()
        yield found[0], process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.mark.skipif(chromium() is None, reason=WHY_NOT)
async def test_a_stranger_types_generate_and_watches_the_picture_arrive_in_a_thread(tmp_path: Path):
    async with the_demo(tmp_path) as (url, _), browsing() as browser:
        tab = await browser.open(url, width=1480, height=1080)
        await tab.sees("Sandbox: nothing leaves this machine · pictures are simulated")
        await send(
            tab,
            "/generate prompt:a heron under paper lanterns, rain seed:90210 steps:60 size:landscape count:2",
        )
        await tab.sees("#1 · a heron under paper lanterns, rain")
        await tab.until(r"/\d+ % · sampling \d+\/60/.test(document.body.innerText)")
        await tab.until("document.querySelector('.embed img')?.naturalWidth > 0")
        await tab.sees("#1 is done in", within=".embed", seconds=30)
        await tab.click(".embed .mention")
        await tab.sees("seed 90210")
        await tab.until("document.querySelector('img[alt*=\"heron\"]')?.naturalWidth > 0")
        if SCREENSHOTS in os.environ:
            await portray(tab, Path(os.environ[SCREENSHOTS]))
        assert tab.errors == []


async def portray(tab: Tab, folder: Path) -> None:
    """Leave pictures of a drawing in progress, of a family, and of a post with its contact sheet."""
    await send(tab, "/generate prompt:fishing boats at dusk, a full moon over the sea size:wide steps:50")
    await tab.until(r"/sampling 4\d\/50/.test(document.body.innerText)", seconds=30)
    await tab.screenshot(folder / "demo.png")
    for number, button in enumerate(("Upscale", "Vary", "Vary"), start=3):
        await tab.sees(f"#{number - 1} is done in", seconds=40)
        await press_last(tab, button)
    await tab.sees("#5 is done in", seconds=40)
    await tab.resize(1000, 780)
    await send(tab, "/job tree job:2")
    await tab.sees("The family of #2")
    await asyncio.sleep(1)
    await tab.screenshot(folder / "tree.png")
    await tab.resize(1000, 900)
    await send(
        tab, "/generate prompt:a cat on the roofs at dawn count:3 contact_sheet:True size:portrait steps:8"
    )
    await tab.until("document.querySelectorAll('img[alt*=\"cat\"]').length >= 3", seconds=40)
    await asyncio.sleep(1)
    await tab.screenshot(folder / "post.png")


async def press_last(tab: Tab, label: str) -> None:
    """Press the newest button of that label, once it is there."""
    buttons = (
        f"[...document.querySelectorAll('button')].filter((it) => it.innerText.trim().endsWith('{label}'))"
    )
    await tab.until(f"{buttons}.length > 0")
    await tab.evaluate(f"{buttons}.at(-1).click()")


async def send(tab: Tab, command: str) -> None:
    """Type a command in one go, and send it once the page has taken every option of it."""
    await tab.click("textarea.text")
    await tab.type(command)
    options = len(re.findall(r"\b[a-z_]+:", command))
    await tab.until(f"document.querySelectorAll('.chip [data-field]').length === {options}")
    await tab.press("Enter")
    await tab.until("document.querySelector('textarea.text')")


async def test_the_demo_ends_when_it_is_asked_to(tmp_path: Path):
    async with the_demo(tmp_path) as (_, process):
        process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
    assert process.returncode == 0


async def test_the_demos_bot_is_trusted_with_what_shows_all_it_can(tmp_path: Path):
    async with open_sandbox(comfyui="http://127.0.0.1:9", data=tmp_path) as sandbox:
        world = sandbox.discord.world
        held = guild_permissions(world.guild.member(world.bot))
        assert Permission.MANAGE_CHANNELS | Permission.MANAGE_MESSAGES in held
        assert Permission.ADMINISTRATOR not in held


async def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path):
    async with the_demo(tmp_path) as (url, _):
        port = url.rstrip("/").rsplit(":", 1)[1]
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "demo", "--port", port, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
        )
        _, written = await second.communicate()
    assert second.returncode == 1
    assert f"Port {port} is taken." in written.decode()
    assert "Traceback" not in written.decode()
