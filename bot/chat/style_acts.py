"""Taking a change of a style back, from the menu below its history."""

import re
from collections.abc import Sequence

from bot.chat import cards
from bot.chat.answers import Announced, turn
from bot.chat.expired import Expired
from bot.chat.interaction import Interaction
from bot.chat.people import actor_of

_NUMBER = re.compile(r"[0-9]{1,15}")


async def taken_back(interaction: Interaction, rest: str, chosen: Sequence[str]) -> None:
    if not all(_NUMBER.fullmatch(number) for number in (rest, *chosen)):
        raise Expired
    actor = actor_of(interaction)
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        style, project = await interaction.client.desk.styles.of_id(int(rest), actor)
        revised, changes = await interaction.client.desk.styles.take_back(
            style, int(chosen[0]), project=project, actor=actor
        )
        look = cards.style_taken_back(revised, await interaction.client.desk.styles.history(revised), changes)
    await turn(interaction, look)
