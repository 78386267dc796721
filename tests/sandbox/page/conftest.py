"""A sandbox Discord with its page, and somebody who looks at it over HTTP."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.sandbox.discord import Rules, SandboxDiscord
from bot.sandbox.page import SandboxPage
from tests.browser import Browser, running_chromium, visiting
from tests.sandbox.page.studio_bot import StudioBot, running
from tests.sandbox.page.visitor import Visitor


@pytest.fixture
async def discord() -> AsyncIterator[SandboxDiscord]:
    async with SandboxDiscord(rules=Rules().without_hurry().without_rate_limits()) as discord:
        yield discord


@pytest.fixture
async def page(discord: SandboxDiscord) -> AsyncIterator[SandboxPage]:
    async with SandboxPage(discord) as page:
        yield page


@pytest.fixture
async def visitor(page: SandboxPage) -> AsyncIterator[Visitor]:
    async with Visitor(page.url) as visitor:
        yield visitor


@pytest.fixture
async def bot(discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StudioBot]:
    async with running(discord, monkeypatch) as bot:
        yield bot


@pytest.fixture(scope="session")
def chromium_address() -> Iterator[str]:
    with running_chromium() as address:
        yield address


@pytest.fixture
async def browser(chromium_address: str) -> AsyncIterator[Browser]:
    async with visiting(chromium_address) as browser:
        yield browser
