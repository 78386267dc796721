"""Options that several commands take."""

from typing import Any

import discord
from discord import app_commands

from bot.chat.galleries import GalleryChannel
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


class BatchNumber(app_commands.Transformer):
    """A batch by its number."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.string

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> int:
        del interaction
        number = value.strip().removeprefix("#")
        if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
            raise BadRequest(
                f"`{value[:40]}` is not a batch's number.", hint="`/batch list` shows the newest batches."
            )
        return int(number)


class GalleryPlace(app_commands.Transformer):
    """A text channel or a forum."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [discord.ChannelType.text, discord.ChannelType.forum]

    async def transform(
        self, interaction: discord.Interaction[Any], value: app_commands.AppCommandChannel, /
    ) -> GalleryChannel:
        del interaction
        match value.resolve():
            case discord.TextChannel() | discord.ForumChannel() as channel:
                return channel
            case _:
                raise BadRequest(
                    f"<#{value.id}> cannot be a gallery.", hint="Choose a text channel or a forum."
                )


BatchOption = app_commands.Transform[int, BatchNumber]
JobOption = app_commands.Transform[int, JobNumber]
GalleryOption = app_commands.Transform[GalleryChannel, GalleryPlace]
