"""Reactions on finished posts, old and forgotten by the cache or not: an emoji for each way on.

Each counts once per person and message. Whoever cannot be served is told once, briefly, and the reaction is
taken off again where the bot may do that.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
import structlog
from discord.ext import commands

from bot.chat import cards
from bot.chat.cards.pictures import Deed
from bot.chat.desk import Desk
from bot.chat.haste import Haste
from bot.chat.letters import letter_of
from bot.chat.look import Look
from bot.chat.once import Once
from bot.chat.record import record_reaction
from bot.chat.tickets import post_card
from bot.core.errors import DeliveryError, NotAllowed, StudioError
from bot.core.generation import Origin
from bot.core.job import Card, Job
from bot.core.review import Review
from bot.studio.control import Actor
from bot.studio.feed import JobChanged
from bot.studio.refining import Shown
from bot.studio.submit import Ticket

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

log = structlog.get_logger(__name__)

Reaction: TypeAlias = discord.RawReactionActionEvent
Act: TypeAlias = Callable[["Reactions", Reaction, Job, Actor], Awaitable[None]]

AGAIN, VARY, UPSCALE = "🔁", "🎲", "⬆️"
APPROVE, REJECT, LETTER, PIN = "✅", "❌", "✉️", "📌"
FRESH_S: Final = 10.0
"""Within this a post that people see is stored as one."""
QUIET_S: Final = 30.0
"""So long nobody is told the same thing again, whatever they react to."""
_SELECTOR: Final = "\N{VARIATION SELECTOR-16}"


class Reactions(commands.Cog):
    def __init__(self, desk: Desk, client: "GengaClient") -> None:
        self._desk = desk
        self._client = client
        self._done = Once()
        self._told = Once()
        self._quiet = Haste(desk.clock.monotonic, gap_s=QUIET_S)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, reaction: Reaction) -> None:
        self._client.door.stay()
        act = ACTS.get(plain(reaction))
        if act is None or not self._is_meant(reaction):
            return
        job = await self._job_of(reaction)
        if job is None or not job.state.is_end or job.origin.guild != reaction.guild_id:
            return
        if self._client.door.is_shut:
            await self._tell(reaction, cards.restarting(), about="restarting")
        else:
            await self._serve(reaction, job, act)

    def _is_meant(self, reaction: Reaction) -> bool:
        """Tell whether a person of a served server asks, and as far as Discord says, on a post of ours."""
        me = self._client.user
        by_bot = reaction.member is None or reaction.member.bot
        foreign = me is None or reaction.message_author_id not in {None, me.id}
        return not by_bot and not foreign and self._client.door.serves(reaction.guild_id)

    async def _job_of(self, reaction: Reaction) -> Job | None:
        """Return the job whose post or card this is; what we sent may be a post that is just being stored."""
        message = reaction.message_id
        with self._desk.feed.listen() as news:
            known = await self._desk.jobs.by_message(message)
            if known is not None or reaction.message_author_id is None:
                return known
            with suppress(TimeoutError):
                async with asyncio.timeout(FRESH_S):
                    async for one in news:
                        match one:
                            case JobChanged(job=job) if job.post is not None and job.post.message == message:
                                return job
                            case _:
                                pass
        return None

    async def _serve(self, reaction: Reaction, job: Job, act: Act) -> None:
        try:
            await act(self, reaction, job, _actor_of(reaction))
        except StudioError as error:
            await self._refuse(reaction, error, job)
        else:
            await record_reaction(self._desk, reaction, {}, job=job.id)

    async def _refuse(self, reaction: Reaction, error: StudioError, job: Job) -> None:
        await self._take_off(reaction)
        await self._tell(reaction, cards.refusal(error), about=type(error).__name__)
        await record_reaction(self._desk, reaction, {"error": error.message[:500]}, job=job.id)

    async def _take_off(self, reaction: Reaction) -> None:
        if not self._may_take_off(reaction):
            return
        card = Card(channel=reaction.channel_id, message=reaction.message_id)
        try:
            await self._desk.touch.unreact(card, reaction.emoji, reaction.user_id)
        except (DeliveryError, discord.HTTPException) as error:
            log.info("reaction.left", because=str(error))

    def _may_take_off(self, reaction: Reaction) -> bool:
        guild = self._client.get_guild(reaction.guild_id or 0)
        place = guild.get_channel_or_thread(reaction.channel_id) if guild else None
        return guild is not None and place is not None and place.permissions_for(guild.me).manage_messages

    async def _tell(self, reaction: Reaction, answer: Look, *, about: str) -> None:
        """Answer in the channel, as a reaction has no private answer; nobody is told the same twice."""
        once = self._told.first((reaction.message_id, reaction.user_id, about))
        if not once or self._quiet.too_soon_by((reaction.user_id, about)):
            return
        look = replace(answer, content=f"<@{reaction.user_id}>")
        try:
            await self._desk.poster.send(reaction.channel_id, look)
        except DeliveryError as untold:
            log.info("reaction.untold", answer=answer.text, because=untold.message)

    def _first(self, reaction: Reaction) -> bool:
        """Tell whether this person does this to that message for the first time, as far as is remembered."""
        return self._done.first(_deed(reaction))

    # ── the acts

    async def again(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        await self._drawn(reaction, await self._desk.refining.again(job.id, actor, _origin_of(reaction)))

    async def vary(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        """Vary the picture; several of them together, as nothing says which one is meant."""
        shown = await self._desk.refining.shown(job.id, actor)
        number = shown.pictures[0].index if len(shown.pictures) == 1 else None
        await self._drawn(
            reaction, await self._desk.refining.vary(job.id, number, actor, _origin_of(reaction))
        )

    async def upscale(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        number = await self._the_one(reaction, job, actor, Deed.UPSCALE)
        if number is not None:
            await self._drawn(
                reaction, await self._desk.refining.upscale(job.id, number, actor, _origin_of(reaction))
            )

    async def pin(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        number = await self._the_one(reaction, job, actor, Deed.PIN)
        if number is None:
            return
        await self._desk.refining.pin(job.id, number, actor)
        if self._first(reaction):
            await self._say(reaction, cards.picture_pinned(job.id, number))

    async def approve(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        await self._decide(reaction, job, actor, Review.APPROVED)

    async def reject(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        """Reject; what is one's own is withdrawn."""
        own = job.origin.user == actor.user
        await self._decide(reaction, job, actor, Review.WITHDRAWN if own else Review.REJECTED)

    async def letter(self, reaction: Reaction, job: Job, actor: Actor) -> None:
        """Write once per person and job, over restarts too; what could not be sent may be asked for again."""
        shown = await self._desk.refining.shown(job.id, actor)
        emoji = (LETTER, plain(reaction))
        async with self._done.trying(_deed(reaction)) as new:
            if not new or await self._desk.journal.served(job.id, user=actor.user, emoji=emoji):
                return
            look = await letter_of(self._desk, shown, actor, channel=reaction.channel_id)
            try:
                await self._desk.touch.write_to(actor.user, look)
            except DeliveryError as error:
                raise NotAllowed(error.message, hint=error.hint) from error

    async def _decide(self, reaction: Reaction, job: Job, actor: Actor, after: Review) -> None:
        shown: Shown = await self._desk.refining.shown(job.id, actor)
        together = await self._desk.critic.rule_all(shown.job, shown.pictures, after, actor)
        self._desk.posts.changed(job.id)
        if together.left_out:
            await self._tell(reaction, cards.pictures_left_out(together), about="left out")

    async def _the_one(self, reaction: Reaction, job: Job, actor: Actor, deed: Deed) -> int | None:
        """Return the number of the only picture; where there are several, ask which, once."""
        shown = await self._desk.refining.shown(job.id, actor)
        if len(shown.pictures) == 1:
            return shown.pictures[0].index
        if self._first(reaction):
            await self._say(reaction, cards.which_picture(shown, deed))
        return None

    async def _say(self, reaction: Reaction, look: Look) -> None:
        await self._desk.poster.send(reaction.channel_id, replace(look, content=f"<@{reaction.user_id}>"))

    async def _drawn(self, reaction: Reaction, ticket: Ticket) -> None:
        if ticket.fresh:
            await post_card(self._desk, ticket, reaction.channel_id)


ACTS: Final[Mapping[str, Act]] = {
    AGAIN: Reactions.again,
    VARY: Reactions.vary,
    UPSCALE.removesuffix(_SELECTOR): Reactions.upscale,
    APPROVE: Reactions.approve,
    REJECT: Reactions.reject,
    LETTER.removesuffix(_SELECTOR): Reactions.letter,
    PIN: Reactions.pin,
}


def _deed(reaction: Reaction) -> tuple[int, int, str]:
    return reaction.message_id, reaction.user_id, plain(reaction)


def plain(reaction: Reaction) -> str:
    return str(reaction.emoji).removesuffix(_SELECTOR)


def _actor_of(reaction: Reaction) -> Actor:
    """Return who reacts, with the rights they have at this moment."""
    member = reaction.member
    if member is None:
        return Actor(user=reaction.user_id, guild=reaction.guild_id)
    return Actor(
        user=reaction.user_id,
        guild=reaction.guild_id,
        manages=member.guild_permissions.manage_guild,
        roles=frozenset(role.id for role in member.roles),
        name=member.display_name,
    )


def _origin_of(reaction: Reaction) -> Origin:
    name = reaction.member.display_name if reaction.member else str(reaction.user_id)
    return Origin(
        key=f"reaction:{reaction.message_id}:{reaction.user_id}:{plain(reaction)}",
        user=reaction.user_id,
        user_name=name,
        guild=reaction.guild_id,
        channel=reaction.channel_id,
    )
