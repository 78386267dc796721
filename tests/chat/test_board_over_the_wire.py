"""The board at a Discord that limits requests as the real one does."""

import asyncio
from http import HTTPStatus

from bot.chat.poster import DiscordPoster
from bot.core.job import JobState
from bot.core.progress import Preview, Sampled
from bot.sandbox.discord import SandboxDiscord
from tests.builders import png
from tests.chat.boards import Studio
from tests.chat.discord_client import a_client

STEPS = 60


async def test_twenty_live_cards_meet_no_rate_limit_and_the_end_is_shown(monkeypatch):
    async with SandboxDiscord() as discord, a_client(discord, monkeypatch) as client:
        general = discord.world.channel("general")
        studio = Studio(DiscordPoster(lambda: client))
        async with studio.open():
            discord.rules.buckets["messages.create"] = None
            drawn, *others = [await studio.asked(channel=general.id) for _ in range(20)]
            await studio.begins(drawn)
            for step in range(1, STEPS + 1):
                await asyncio.sleep(0.1)
                studio.tell(Preview(image=png(grey=step), media_type="image/png"))
                studio.tell(Sampled(node="3", step=step, of=STEPS))
            card = await studio.card_of(drawn)
            message = general.messages[card.message]
            await discord.wait_for(lambda _: f"sampling {STEPS}/{STEPS}" in message.text)
            assert [file.filename for file in message.attachments] == ["preview.jpg"]
            await studio.ends(drawn)
            await discord.wait_for(lambda _: "is done" in message.text)
            await studio.becomes(others[-1], JobState.CANCELLED)
            last = general.messages[(await studio.card_of(others[-1])).message]
            await discord.wait_for(lambda _: "was cancelled" in last.text)
        assert discord.violations == []
        assert HTTPStatus.TOO_MANY_REQUESTS not in {exchange.status for exchange in discord.log}
        assert discord.pings == []
