"""What people decide when a project is about to be deleted, by a button."""

import re

from bot.chat import cards
from bot.chat.answers import Announced, turn
from bot.chat.expired import Expired, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of

_ABOUT = re.compile(r"(?P<project>[0-9]{1,15}):(?P<action>[a-z]{1,20})(?::(?P<pictures>[0-9]{1,15}))?")


async def pressed(interaction: Interaction, rest: str) -> None:
    """Do what a project's button says; rights are those of this moment."""
    about = meaning(_ABOUT, rest)
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        look = await _done(interaction, about)
    await turn(interaction, look)


async def _done(interaction: Interaction, about: re.Match[str]) -> Look:
    library, actor = interaction.client.desk.library, actor_of(interaction)
    project = await library.by_id(int(about["project"]), actor)
    match about["action"], about["pictures"]:
        case cards.KEEP, None:
            return cards.project_kept(project)
        case cards.ARCHIVE, None:
            return cards.project_archived(await library.archive(project, actor))
        case cards.DELETE, str() as pictures:
            taken = await library.delete(project, actor, pictures=int(pictures))
            interaction.client.desk.janitor.ring()
            return cards.project_deleted(project, taken)
        case _:
            raise Expired
