"""Options that several commands take."""

from typing import Any

import discord
from discord import app_commands

from bot.chat.casts import character_meant, characters_here, projects_here
from bot.chat.galleries import GalleryChannel
from bot.core.characters import Character
from bot.core.errors import BadRequest
from bot.core.generation import Lora
from bot.core.planning import CFG_MOST, STEPS, STRENGTH_MOST
from cogs.unfolding import needed, option, options

MOST_DIGITS = 15
MOST_SEED = 2**53 - 1
"""The largest whole number that Discord's clients can send."""


class Number(app_commands.Transformer):
    """A job or batch by its number, as it is shown (`#128`) or bare; text, so that words find it too."""

    def __init__(self, thing: str, *, hint: str) -> None:
        super().__init__()
        self._thing = thing
        self._hint = hint

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.string

    async def transform(self, interaction: discord.Interaction[Any], value: str, /) -> int:
        del interaction
        number = value.strip().removeprefix("#")
        if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
            raise BadRequest(f"`{value[:40]}` is not a {self._thing}'s number.", hint=self._hint)
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


BatchOption = app_commands.Transform[int, Number("batch", hint="`/batch list` shows the newest batches.")]
JobOption = app_commands.Transform[int, Number("job", hint="`/job list` shows the newest jobs.")]
GalleryOption = app_commands.Transform[GalleryChannel, GalleryPlace]

Steps = app_commands.Range[int, STEPS.start, STEPS.stop - 1]
Cfg = app_commands.Range[float, 0.0, CFG_MOST]
Strength = app_commands.Range[float, -STRENGTH_MOST, STRENGTH_MOST]
SeedOption = app_commands.Range[int, 0, MOST_SEED]

SIZES = "square, portrait, landscape, wide, or width x height such as 832x1216"
WHOSE_CHARACTER = "Whose character; otherwise this channel's project or the one you use"


@options
class OneCharacter:
    """A character, named together with the project; the channel's if none is."""

    character: str = needed("Who", offers=characters_here)
    project: str | None = option(WHOSE_CHARACTER, offers=projects_here)

    async def meant(self, interaction: discord.Interaction[Any]) -> Character:
        return await character_meant(interaction, self.character, self.project)


def loras_of(name: str | None, strength: float | None) -> tuple[Lora, ...]:
    """Return the LoRA of the options `lora` and `lora_strength`, if there is one; raise BadRequest."""
    if name is None and strength is not None:
        raise BadRequest("`lora_strength` says how strongly, but no LoRA was named.", hint="Add `lora`.")
    return () if name is None else (Lora(name=name, strength=1.0 if strength is None else strength),)
