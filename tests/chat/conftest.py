import pytest

from bot.chat.poster import DiscordPoster
from bot.core.library import Gallery, GalleryKind
from bot.sandbox.discord import Rules, SandboxDiscord
from tests.chat.discord_client import a_client


@pytest.fixture
async def sandbox():
    async with SandboxDiscord(rules=Rules().without_hurry().without_rate_limits()) as discord:
        yield discord
        assert discord.violations == []


@pytest.fixture
async def client(sandbox, monkeypatch):
    async with a_client(sandbox, monkeypatch) as client:
        yield client


@pytest.fixture
def poster(client):
    return DiscordPoster(lambda: client)


@pytest.fixture
def general(sandbox):
    return sandbox.world.channel("general")


@pytest.fixture
def gallery(sandbox):
    return Gallery(channel=sandbox.world.channel("gallery").id, kind=GalleryKind.TEXT)
