"""Options that several commands take."""

from typing import Any

import discord
from discord import app_commands

from bot.core.errors import BadRequest

MOST_DIGITS = 15


class JobNumber(app_commands.Transformer):
    """A job by its number, as it is shown (`#128`) or bare; text, so that the prompt's words find it too."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.string

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> int:
        del interaction
        number = value.strip().removeprefix("#")
        if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
            raise BadRequest(
                f"`{value[:40]}` is not a job's number.", hint="`/job list` shows the newest jobs."
            )
        return int(number)


JobOption = app_commands.Transform[int, JobNumber]
