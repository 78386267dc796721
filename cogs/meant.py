"""Options that say which pictures are meant."""

from discord import app_commands

from bot.chat import cards
from bot.chat.casts import character_meant, characters_here
from bot.chat.interaction import Interaction
from bot.chat.offers import all_projects_here
from bot.chat.people import actor_of
from bot.core.dates import span_of
from bot.core.review import Review
from bot.ports.library import PictureFilter
from cogs.unfolding import option, options

REVIEW_CHOICES = [app_commands.Choice(name=cards.REVIEW_WORDS[state], value=state.value) for state in Review]
_DAYS = "2026-09-21, today, yesterday, 7d"


@options
class Whose:
    """Pictures of a project, of a character; a character without a project is one of where it is asked."""

    project: str | None = option("Only this project's pictures", offers=all_projects_here)
    character: str | None = option("Only pictures of this character", offers=characters_here)

    async def wanted(self, interaction: Interaction) -> PictureFilter:
        """Return the filter; raise BadRequest or NotFound for who is not there."""
        library, actor = interaction.client.desk.library, actor_of(interaction)
        home = None if self.project is None else await library.named(self.project, actor)
        who = (
            None
            if self.character is None
            else await character_meant(interaction, self.character, self.project)
        )
        return PictureFilter(
            guild=interaction.guild_id, project=home.id if home else None, character=who.id if who else None
        )


@options
class Days:
    """Pictures of some days."""

    since: str | None = option(f"From this day on: {_DAYS}")
    until: str | None = option(f"Up to this day: {_DAYS}")

    def span(self, interaction: Interaction) -> tuple[int | None, int | None]:
        """Return from when and before when, in UTC milliseconds; raise BadRequest."""
        return span_of(self.since, self.until, now=interaction.client.desk.clock.now())
