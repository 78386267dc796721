"""`/review`, `/learn`: pictures judged, one by one or together, and what of it is learned."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.casts import character_meant, characters_here
from bot.chat.desk import Desk
from bot.chat.offers import all_projects_here
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.chat.review_acts import bulk_look, named
from bot.chat.verdicts import next_look
from bot.core.dates import span_of
from bot.core.review import Review
from bot.ports.library import PictureFilter

_PROJECT = "Only this project's pictures"
_CHARACTER = "Only pictures of this character"
_WHOSE = "Whose character; otherwise this channel's project or the one you use"
_DOING = {"approve": Review.APPROVED, "reject": Review.REJECTED}


@app_commands.guild_only
class ReviewCommands(commands.GroupCog, name="review", description="Pictures approved and rejected"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(name="next", description="Judge what waits for review, one picture after another")
    @app_commands.describe(project=_PROJECT, character=_CHARACTER)
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    async def walk(
        self,
        interaction: discord.Interaction[Any],
        project: str | None = None,
        character: str | None = None,
    ) -> None:
        async with self._reception.attend(interaction):
            await self._desk.critic.check_reviewer(actor_of(interaction))
            look = await next_look(interaction, await self._wanted(interaction, project, character))
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="How many pictures wait, were approved and rejected, and why")
    @app_commands.describe(project=_PROJECT, character=_CHARACTER)
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    async def stats(
        self,
        interaction: discord.Interaction[Any],
        project: str | None = None,
        character: str | None = None,
    ) -> None:
        async with self._reception.attend(interaction):
            wanted = await self._wanted(interaction, project, character)
            counts = await self._desk.critic.counts(wanted, actor_of(interaction))
            look = cards.stats_card(counts, of=await named(interaction, wanted))
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Approve or reject many at once; they are shown before")
    @app_commands.describe(
        action="What to do with them",
        project=_PROJECT,
        character=_CHARACTER,
        state="Only those that stand so; otherwise those not reviewed yet",
        since="From this day on: 2026-09-21, today, yesterday, 7d",
        until="Up to this day: 2026-09-21, today, yesterday, 7d",
    )
    @app_commands.choices(
        action=[app_commands.Choice(name=doing, value=doing) for doing in _DOING],
        state=[app_commands.Choice(name=cards.REVIEW_WORDS[state], value=state) for state in Review],
    )
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    async def bulk(
        self,
        interaction: discord.Interaction[Any],
        action: str,
        project: str | None = None,
        character: str | None = None,
        state: str = Review.UNREVIEWED.value,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        async with self._reception.attend(interaction):
            first, end = span_of(since, until, now=self._desk.clock.now())
            whose = await self._wanted(interaction, project, character)
            wanted = PictureFilter(
                guild=interaction.guild_id,
                project=whose.project,
                character=whose.character,
                review=Review(state),
                since=first,
                until=end,
            )
            look = await bulk_look(interaction, wanted, _DOING[action])
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="What rejections taught about a character, and taking it back")
    @app_commands.describe(character="Whose lessons", project=_WHOSE)
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    async def lessons(
        self, interaction: discord.Interaction[Any], character: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            meant = await character_meant(interaction, character, project)
            look = cards.lessons_card(meant, await self._desk.critic.lessons(meant))
        await say(interaction, look, ephemeral=True)

    async def _wanted(
        self, interaction: discord.Interaction[Any], project: str | None, character: str | None
    ) -> PictureFilter:
        """Return the filter; a character without a project is one of where it is asked."""
        home = await self._desk.library.named(project, actor_of(interaction)) if project is not None else None
        who = await character_meant(interaction, character, project) if character is not None else None
        return PictureFilter(project=home.id if home else None, character=who.id if who else None)


class Learn(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Which parameters and words go with approval of a character")
    @app_commands.describe(character="Whose pictures", project=_WHOSE)
    @app_commands.autocomplete(project=all_projects_here, character=characters_here)
    @app_commands.guild_only
    async def learn(
        self, interaction: discord.Interaction[Any], character: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            meant = await character_meant(interaction, character, project)
            look = cards.learned_card(meant, await self._desk.critic.learn(meant))
        await say(interaction, look, ephemeral=True)
