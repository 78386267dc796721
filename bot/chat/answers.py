"""Answering an interaction with a look, whatever was said to it before."""

from typing import Any, cast

import discord

from bot.chat.look import Look

PRIVATE = "private"
"""The key in `interaction.extras` under which it is kept who sees an announced answer."""


async def defer(interaction: discord.Interaction[Any], *, ephemeral: bool) -> None:
    """Announce an answer; whether all will see it is decided by this."""
    interaction.extras[PRIVATE] = ephemeral
    await interaction.response.defer(ephemeral=ephemeral, thinking=True)


async def say(interaction: discord.Interaction[Any], look: Look, *, ephemeral: bool = False) -> int:
    """Answer, or fill the announced answer; return the message's id."""
    if interaction.response.is_done():
        return (await _amend(interaction, look)).id
    answer = await interaction.response.send_message(
        content=look.content or None,
        embeds=look.embeds(),
        files=look.uploads(),
        view=look.view() or discord.utils.MISSING,
        ephemeral=ephemeral,
    )
    return cast("int", answer.message_id)


async def turn(interaction: discord.Interaction[Any], look: Look) -> None:
    """Show the look in the very message that was pressed."""
    if interaction.response.is_done():
        await _amend(interaction, look)
    else:
        await interaction.response.edit_message(
            content=look.content or None,
            embeds=look.embeds(),
            attachments=look.uploads(),
            view=look.view(),
        )


async def say_privately(interaction: discord.Interaction[Any], look: Look) -> None:
    """Tell the one who asked only, even if an answer for all was announced."""
    announced = interaction.response.type is discord.InteractionResponseType.deferred_channel_message
    if not interaction.response.is_done() or (announced and interaction.extras.get(PRIVATE)):
        await say(interaction, look, ephemeral=True)
        return
    if announced:
        await interaction.delete_original_response()
    await interaction.followup.send(
        content=look.content,
        embeds=look.embeds(),
        files=look.uploads(),
        view=look.view() or discord.utils.MISSING,
        ephemeral=True,
    )


async def _amend(interaction: discord.Interaction[Any], look: Look) -> discord.InteractionMessage:
    return await interaction.edit_original_response(
        content=look.content or None,
        embeds=look.embeds(),
        attachments=look.uploads(),
        view=look.view(),
    )
