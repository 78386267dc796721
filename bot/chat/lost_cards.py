"""Cards that reached Discord as the process ended, before they were noted: found again and kept true."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import discord
import structlog
from discord.ext import commands

from bot.chat.desk import Desk
from bot.chat.look import Look
from bot.chat.reception import GONE
from bot.core.job import Card, Job, JobState
from bot.ports.stores import JobFilter

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

log = structlog.get_logger(__name__)

LATELY_MS: Final = 3_600_000
LATELY: Final = 100
"""Among so many of the newest jobs are those that have ended since."""
CLOCKS_DIFFER: Final = timedelta(minutes=1)
FAR: Final = 200
"""So many messages after the asking are looked through."""


class LostCards(commands.Cog):
    def __init__(self, desk: Desk, client: "GengaClient") -> None:
        self._desk = desk
        self._client = client
        self._born = desk.clock.now()

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        for job in await self._without_card():
            card = await self._card_of(job)
            if card is not None:
                await self._desk.board.adopt(job.id, card, Look())

    async def _without_card(self) -> list[Job]:
        """Return the jobs of earlier lives that may have a card of which nothing is known."""
        open_jobs = await self._desk.jobs.in_states(*(state for state in JobState if not state.is_end))
        newest = await self._desk.jobs.page(JobFilter(), limit=LATELY)
        span = range(self._born - LATELY_MS, self._born)
        jobs = {job.id: job for job in [*open_jobs, *newest]}
        return [job for job in jobs.values() if job.stands_alone and job.card is None and job.created in span]

    async def _card_of(self, job: Job) -> Card | None:
        if job.origin.channel is None:
            return None
        place = self._client.get_partial_messageable(job.origin.channel)
        asked = datetime.fromtimestamp(job.created / 1000, UTC)
        try:
            async for message in place.history(after=asked - CLOCKS_DIFFER, limit=FAR):
                if message.author == self._client.user and _is_card_of(message, job):
                    return Card(channel=message.channel.id, message=message.id)
        except GONE as error:
            log.info("card.not_found", job=job.id, because=str(error))
        return None


def _is_card_of(message: discord.Message, job: Job) -> bool:
    return any((embed.title or "").startswith(f"#{job.id} ·") for embed in message.embeds)
