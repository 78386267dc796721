"""`/review`, `/learn`: pictures judged, one by one or together, and what of it is learned."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.albums import named
from bot.chat.answers import say
from bot.chat.casts import character_meant, characters_here
from bot.chat.desk import Desk
from bot.chat.offers import all_projects_here
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.chat.review_acts import bulk_look
from bot.chat.verdicts import next_look
from bot.core.review import Review
from cogs.meant import REVIEW_CHOICES, Days, Whose
from cogs.options import WHOSE_CHARACTER
from cogs.unfolding import unfolded

_DOING = {"approve": Review.APPROVED, "reject": Review.REJECTED}


@app_commands.guild_only
class ReviewCommands(commands.GroupCog, name="review", description="Pictures approved and rejected"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(name="next", description="Judge what waits for review, one picture after another")
    @unfolded
    async def walk(self, interaction: discord.Interaction[Any], whose: Whose) -> None:
        async with self._reception.attend(interaction):
            await self._desk.critic.check_reviewer(actor_of(interaction))
            look = await next_look(interaction, await whose.wanted(interaction))
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="How many pictures wait, were approved and rejected, and why")
    @unfolded
    async def stats(self, interaction: discord.Interaction[Any], whose: Whose) -> None:
        async with self._reception.attend(interaction):
            wanted = await whose.wanted(interaction)
            counts = await self._desk.critic.counts(wanted, actor_of(interaction))
            look = cards.stats_card(counts, of=await named(self._desk, wanted, actor_of(interaction)))
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Approve or reject many at once; they are shown before")
    @app_commands.describe(
        action="What to do with them",
        state="Only those that stand so; otherwise those not reviewed yet",
    )
    @app_commands.choices(
        action=[app_commands.Choice(name=doing, value=doing) for doing in _DOING],
        state=REVIEW_CHOICES,
    )
    @unfolded
    async def bulk(
        self,
        interaction: discord.Interaction[Any],
        action: str,
        *,
        whose: Whose,
        state: str = Review.UNREVIEWED.value,
        days: Days,
    ) -> None:
        async with self._reception.attend(interaction):
            since, until = days.span(interaction)
            wanted = await whose.wanted(interaction)
            these = replace(wanted, review=Review(state), since=since, until=until)
            look = await bulk_look(interaction, these, _DOING[action])
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="What rejections taught about a character, and taking it back")
    @app_commands.describe(character="Whose lessons", project=WHOSE_CHARACTER)
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    async def lessons(
        self, interaction: discord.Interaction[Any], character: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            meant = await character_meant(interaction, character, project)
            look = cards.lessons_card(meant, await self._desk.critic.lessons(meant))
        await say(interaction, look, ephemeral=True)


class Learn(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Which parameters and words go with approval of a character")
    @app_commands.describe(character="Whose pictures", project=WHOSE_CHARACTER)
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    @app_commands.guild_only
    async def learn(
        self, interaction: discord.Interaction[Any], character: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            meant = await character_meant(interaction, character, project)
            look = cards.learned_card(meant, await self._desk.critic.learn(meant))
        await say(interaction, look, ephemeral=True)
