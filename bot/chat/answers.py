"""Answering an interaction with a look, whatever was said to it before."""

from enum import Enum, auto
from typing import cast

import discord

from bot.chat.interaction import Interaction
from bot.chat.look import Form, Look

ANNOUNCED = "announced"
"""The key in `interaction.extras` under which an announcement stands until it is redeemed."""

ANSWERED_BEFORE = 40060
"""Discord's code for a second answer: an earlier try arrived, and only its confirmation got lost."""


class Announced(Enum):
    """What Discord is told of an answer that takes a while."""

    TO_ALL = auto()
    TO_ASKER = auto()
    IN_PLACE = auto()
    """The message that was pressed will change."""


async def announce(interaction: Interaction, answer: Announced) -> None:
    """Acknowledge; who will see the answer is decided by this."""
    await interaction.response.defer(
        ephemeral=answer is Announced.TO_ASKER, thinking=answer is not Announced.IN_PLACE
    )
    interaction.extras[ANNOUNCED] = answer


async def say(interaction: Interaction, look: Look, *, ephemeral: bool = False) -> int:
    """Answer, or fill the announced answer; return the message's id."""
    if interaction.response.is_done():
        return (await _amend(interaction, look)).id
    try:
        answer = await interaction.response.send_message(
            content=look.content or None,
            embeds=look.embeds(),
            files=look.uploads(),
            view=look.view() or discord.utils.MISSING,
            ephemeral=ephemeral,
        )
    except discord.HTTPException as error:
        if error.code != ANSWERED_BEFORE:
            raise
        return await _answer_before(interaction, error)
    return cast("int", answer.message_id)


async def _answer_before(interaction: Interaction, refused: discord.HTTPException) -> int:
    try:
        return (await interaction.original_response()).id
    except (discord.HTTPException, discord.ClientException):
        raise refused from None


async def meanwhile(interaction: Interaction, look: Look) -> None:
    """Show how far an announced answer is; the answer itself is still to come."""
    await interaction.edit_original_response(
        content=look.content or None, embeds=look.embeds(), attachments=look.uploads(), view=look.view()
    )


async def turn(interaction: Interaction, look: Look) -> None:
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


async def open_form(interaction: Interaction, form: Form) -> None:
    """Answer with a form; nothing else may have been answered or announced."""
    await interaction.response.send_modal(form.modal())


async def say_behind(interaction: Interaction, look: Look) -> None:
    """Leave a message for all behind the form that was opened."""
    await interaction.followup.send(
        content=look.content,
        embeds=look.embeds(),
        files=look.uploads(),
        view=look.view() or discord.utils.MISSING,
    )


async def say_privately(interaction: Interaction, look: Look) -> None:
    """Tell the one who asked only, even if an answer for all was announced."""
    announced: Announced | None = interaction.extras.get(ANNOUNCED)
    if not interaction.response.is_done() or announced is Announced.TO_ASKER:
        await say(interaction, look, ephemeral=True)
        return
    if announced is Announced.TO_ALL:
        await interaction.delete_original_response()
        del interaction.extras[ANNOUNCED]
    await interaction.followup.send(
        content=look.content,
        embeds=look.embeds(),
        files=look.uploads(),
        view=look.view() or discord.utils.MISSING,
        ephemeral=True,
    )


async def _amend(interaction: Interaction, look: Look) -> discord.InteractionMessage:
    message = await interaction.edit_original_response(
        content=look.content or None,
        embeds=look.embeds(),
        attachments=look.uploads(),
        view=look.view(),
    )
    interaction.extras.pop(ANNOUNCED, None)
    return message
