"""The answer to a control whose meaning is gone."""

from bot.chat import cards
from bot.chat.answers import say_privately
from bot.chat.interaction import Interaction


async def expired(interaction: Interaction) -> None:
    await say_privately(interaction, cards.button_expired())
