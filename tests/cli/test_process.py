"""`genga run` as a process: how it refuses to start, and how it leaves."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli.leaving import EXIT_AT_ONCE
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Channel, Person, Rules, SandboxDiscord
from bot.sandbox.patience import PATIENCE_S

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")


@asynccontextmanager
async def running(cwd: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DISCORD_", "COMFYUI_"))
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=cwd,
        env={**environment, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(process: asyncio.subprocess.Process) -> str:
    written, _ = await process.communicate()
    return written.decode()


def addresses(discord: SandboxDiscord, comfy: SandboxComfyUI) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "COMFYUI_URL": comfy.url,
    }


async def test_without_a_token_it_says_so_and_ends(tmp_path: Path):
    async with running(tmp_path) as process:
        written = await said(process)
    assert process.returncode == 1
    assert "DISCORD_TOKEN" in written
    assert "Traceback" not in written


async def test_a_wrong_setting_is_one_line_and_no_traceback(tmp_path: Path):
    async with running(tmp_path, DISCORD_TOKEN="x", COMFYUI_URL="nonsense") as process:
        written = await said(process)
    assert process.returncode == 1
    assert written.startswith("COMFYUI_URL: ")
    assert "Traceback" not in written


async def test_a_token_that_discord_refuses_ends_it_with_a_sentence(tmp_path: Path):
    async with SandboxDiscord(rules=Rules().without_hurry()) as discord, SandboxComfyUI() as comfy:
        settings = {**addresses(discord, comfy), "DISCORD_TOKEN": "not-the-right-one"}
        async with running(tmp_path, **settings) as process:
            written = await said(process)
    assert process.returncode == 1
    assert "DISCORD_TOKEN" in written
    assert "not-the-right-one" not in written
    assert "Traceback" not in written


@posix_only
async def test_sigterm_closes_the_gateway_with_1000_and_ends_with_0(tmp_path: Path):
    async with SandboxDiscord(rules=Rules().without_hurry()) as discord, SandboxComfyUI() as comfy:
        async with running(tmp_path, **addresses(discord, comfy)) as process:
            await discord.synced()
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        assert discord.gateway.closes == [1000]
    assert process.returncode == 0


@posix_only
async def test_a_second_process_on_the_same_data_folder_is_refused(tmp_path: Path):
    async with (
        SandboxDiscord(rules=Rules().without_hurry()) as discord,
        SandboxComfyUI() as comfy,
        running(tmp_path, **addresses(discord, comfy)),
    ):
        await discord.synced()
        async with running(tmp_path, **addresses(discord, comfy)) as second:
            written = await said(second)
    assert second.returncode == 1
    assert "Another Genga is running" in written


async def test_comfyui_being_away_does_not_keep_it_from_starting(tmp_path: Path):
    async with SandboxDiscord(rules=Rules().without_hurry()) as discord, SandboxComfyUI() as comfy:
        settings = {**addresses(discord, comfy), "COMFYUI_URL": "http://127.0.0.1:9"}
        async with running(tmp_path, **settings):
            await discord.synced()
            artist, general = discord.person("artist"), discord.world.channel("general")
            answer = await (await artist.slash("/generate prompt:a heron", channel=general)).answered()
    assert "#1" in answer.text
    assert "place in line is kept" in answer.text


@posix_only
async def test_with_a_drawing_under_way_it_leaves_in_seconds_and_goes_on_in_the_same_message(tmp_path: Path):
    async with SandboxDiscord(rules=Rules().without_hurry()) as discord, SandboxComfyUI() as comfy:
        comfy.pace = Pace(step_s=3.0)
        artist, general = discord.person("artist"), discord.world.channel("general")
        async with running(tmp_path, **addresses(discord, comfy)) as process:
            await discord.synced()
            asked = await artist.slash("/generate prompt:a heron steps:20 size:256x256", channel=general)
            card = await asked.answered()
            await discord.wait_for(lambda _: "sampling" in card.text or None)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        assert process.returncode == 0
        comfy.pace = Pace()
        async with running(tmp_path, **addresses(discord, comfy)):
            await discord.wait_for(lambda _: "is done" in card.text or None)
        assert len(comfy.prompts) == 1
        assert len([message for message in general.history if message.attachments]) == 1
        assert discord.violations == []


async def _says_of_itself(artist: Person, channel: Channel) -> str:
    return (await (await artist.slash("/status", channel=channel)).answered()).text


@posix_only
async def test_a_second_sigterm_ends_it_at_once_and_nothing_is_lost_or_doubled(tmp_path: Path):
    async with SandboxDiscord(rules=Rules().without_hurry()) as discord, SandboxComfyUI() as comfy:
        artist, general = discord.person("artist"), discord.world.channel("general")
        discord.faults.delay_next("POST", "/channels/[0-9]+/messages$", 60.0)
        async with running(tmp_path, **addresses(discord, comfy)) as process:
            await discord.synced()
            asked = await artist.slash("/generate prompt:a heron", channel=general)
            card = await asked.answered()
            await discord.wait_for(lambda _: "posting" in card.text or None)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                while "restarting" not in await _says_of_itself(artist, general):
                    pass
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        assert process.returncode == EXIT_AT_ONCE
        async with running(tmp_path, **addresses(discord, comfy)):
            await discord.wait_for(lambda _: "is done" in card.text or None)
        assert len(comfy.prompts) == 1
        assert len([message for message in general.history if message.attachments]) == 1


@posix_only
async def test_the_token_is_in_nothing_that_it_writes_says_or_keeps(tmp_path: Path):
    async with SandboxDiscord(rules=Rules().without_hurry()) as discord, SandboxComfyUI() as comfy:
        async with running(tmp_path, LOG_LEVEL="DEBUG", **addresses(discord, comfy)) as process:
            await discord.synced()
            artist, general = discord.person("artist"), discord.world.channel("general")
            card = await (await artist.slash("/generate prompt:a heron", channel=general)).answered()
            await discord.wait_for(lambda _: "is done" in card.text or None)
            process.send_signal(signal.SIGTERM)
            written = await said(process)
        kept = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        assert {"genga.db", "backups", "library"} <= {file.relative_to(tmp_path).parts[1] for file in kept}
        assert [file.name for file in kept if discord.token.encode() in file.read_bytes()] == []
        assert "gateway" in written
        assert discord.token not in written
        assert all(discord.token not in str(message.text) for message in general.history)
