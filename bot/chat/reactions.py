"""The reaction that draws again: 🔁 on a finished post, old and forgotten by the cache or not.

It counts once per person and message: whoever wants a third drawing presses Again, or reacts to the new post.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
import structlog
from discord.ext import commands

from bot.chat import cards
from bot.chat.desk import Desk
from bot.chat.look import Look
from bot.chat.once import Once
from bot.chat.record import record_reaction
from bot.chat.tickets import post_card
from bot.core.errors import DeliveryError, StudioError
from bot.core.generation import Origin
from bot.core.job import Job
from bot.studio.control import Actor

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

log = structlog.get_logger(__name__)

AGAIN = "🔁"
_VARIATION_SELECTOR = "\N{VARIATION SELECTOR-16}"


class Reactions(commands.Cog):
    def __init__(self, desk: Desk, client: "GengaClient") -> None:
        self._desk = desk
        self._client = client
        self._told = Once()

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, reaction: discord.RawReactionActionEvent) -> None:
        self._client.door.stay()
        if not self._is_meant(reaction):
            return
        job = await self._desk.jobs.by_message(reaction.message_id)
        if job is None or not job.state.is_end or job.origin.guild != reaction.guild_id:
            return
        if self._client.door.is_shut:
            await self._tell(reaction, cards.restarting())
        else:
            await self._draw_again(reaction, job)

    def _is_meant(self, reaction: discord.RawReactionActionEvent) -> bool:
        """Tell whether a person of a served server asks, and as far as Discord says, on a post of ours."""
        me = self._client.user
        by_bot = reaction.member is None or reaction.member.bot
        foreign = me is None or reaction.message_author_id not in {None, me.id}
        wanted = str(reaction.emoji).removesuffix(_VARIATION_SELECTOR) == AGAIN
        return wanted and not by_bot and not foreign and self._client.door.serves(reaction.guild_id)

    async def _draw_again(self, reaction: discord.RawReactionActionEvent, job: Job) -> None:
        actor = Actor(user=reaction.user_id, guild=reaction.guild_id)
        try:
            ticket = await self._desk.control.again(job.id, actor, _origin_of(reaction))
        except StudioError as error:
            await self._tell(reaction, cards.refusal(error))
            await record_reaction(self._desk, reaction, {"error": error.message[:500]}, job=job.id)
            return
        if ticket.fresh:
            await post_card(self._desk, ticket, reaction.channel_id)
            await record_reaction(self._desk, reaction, {"on": f"#{job.id}"}, job=ticket.job.id)

    async def _tell(self, reaction: discord.RawReactionActionEvent, answer: Look) -> None:
        """Answer in the channel, as a reaction has no private answer; a repeated reaction is not answered."""
        if not self._told.first((reaction.message_id, reaction.user_id)):
            return
        look = replace(answer, content=f"<@{reaction.user_id}>")
        try:
            await self._desk.poster.send(reaction.channel_id, look)
        except DeliveryError as untold:
            log.info("reaction.untold", answer=answer.text, because=untold.message)


def _origin_of(reaction: discord.RawReactionActionEvent) -> Origin:
    name = reaction.member.display_name if reaction.member else str(reaction.user_id)
    return Origin(
        key=f"reaction:{reaction.message_id}:{reaction.user_id}:{AGAIN}",
        user=reaction.user_id,
        user_name=name,
        guild=reaction.guild_id,
        channel=reaction.channel_id,
    )
