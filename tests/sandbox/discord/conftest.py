"""A sandbox Discord per test; whatever went over its wire is held against Discord's own description afterwards."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.discord import Rules, SandboxDiscord
from tests.sandbox.discord.openapi import wire_faults
from tests.sandbox.discord.wire import Line, WireBot


@pytest.fixture
def rules() -> Rules:
    """Requests are not limited, so that a test of something else never waits; a test of limits sets its own."""
    return Rules().without_hurry().without_rate_limits()


@pytest.fixture
async def sandbox(rules: Rules) -> AsyncIterator[SandboxDiscord]:
    async with SandboxDiscord(rules=rules) as discord:
        yield discord
    assert "\n".join(wire_faults(discord.log)) == ""


@pytest.fixture
async def bot(sandbox: SandboxDiscord) -> AsyncIterator[WireBot]:
    async with WireBot(sandbox) as bot:
        yield bot


@pytest.fixture
async def line(bot: WireBot) -> Line:
    return await bot.connect()
