"""Journeys go over the wire with the unmodified client, and at their end nothing went against Discord's rules."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import Rules, SandboxDiscord
from tests.journeys.studio import Studio, open_studio
from tests.sandbox.discord.openapi import wire_faults


@pytest.fixture(autouse=True)
def _logs_as_in_production() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    logs.set_up(level="WARNING", style="json", secrets=[])
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**before)


@pytest.fixture
def rules() -> Rules:
    """Discord's three seconds are the bench's to measure: a loaded machine is no fault of the code's."""
    return Rules().without_hurry().without_rate_limits()


@pytest.fixture
async def discord(rules: Rules) -> AsyncIterator[SandboxDiscord]:
    async with SandboxDiscord(rules=rules) as discord:
        yield discord
    assert discord.violations == []
    assert "\n".join(wire_faults(discord.log)) == ""
    assert [ping for ping in discord.pings if ping.everyone or ping.roles or ping.by_edit] == []


@pytest.fixture
async def comfy() -> AsyncIterator[SandboxComfyUI]:
    async with SandboxComfyUI() as comfy:
        yield comfy


@pytest.fixture
async def studio(discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(discord, comfy, tmp_path) as studio:
        yield studio
