"""`/character variation`: the outfits, expressions and poses of a character."""

from typing import Any

import discord
from discord import app_commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.casts import variations_here
from bot.chat.desk import Desk
from bot.chat.reception import Reception
from bot.core.casting import MOST_VARIATION
from bot.core.characters import VariationKind
from bot.core.library import MAX_NAME
from cogs.options import OneCharacter
from cogs.unfolding import unfolded


class VariationCommands(
    app_commands.Group, name="variation", description="Outfits, expressions and poses of a character"
):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Give a character an outfit, an expression or a pose")
    @app_commands.describe(
        character="Whose",
        kind="What it is; an outfit takes the place of the usual clothing",
        name="What it is called",
        prompt="How it is drawn, as words of a prompt",
    )
    @app_commands.choices(kind=[app_commands.Choice(name=kind, value=kind) for kind in VariationKind])
    @unfolded
    async def add(
        self,
        interaction: discord.Interaction[Any],
        who: OneCharacter,
        kind: str,
        name: app_commands.Range[str, 1, MAX_NAME],
        prompt: app_commands.Range[str, 1, MOST_VARIATION],
    ) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            added = await self._desk.casting.add_variation(
                found, kind=VariationKind(kind), name=name, prompt=prompt
            )
        await say(interaction, cards.variation_added(found, added), ephemeral=True)

    @app_commands.command(name="list", description="All variations of a character")
    @app_commands.describe(character="Whose")
    @unfolded
    async def every(self, interaction: discord.Interaction[Any], who: OneCharacter) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            variations = await self._desk.casting.variations(found)
        await say(interaction, cards.variation_list(found, variations), ephemeral=True)

    @app_commands.command(description="Take a variation from a character")
    @app_commands.describe(character="Whose", variation="Which one")
    @app_commands.autocomplete(variation=variations_here)
    @unfolded
    async def remove(self, interaction: discord.Interaction[Any], who: OneCharacter, variation: str) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            removed = await self._desk.casting.remove_variation(found, variation)
        await say(interaction, cards.variation_removed(found, removed), ephemeral=True)
