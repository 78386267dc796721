"""Verdicts on many pictures, and lessons taken out of force: by buttons and a menu."""

import re
from collections.abc import Sequence
from typing import Final

from bot.chat import cards
from bot.chat.albums import coded, decoded, named
from bot.chat.answers import Announced, turn
from bot.chat.expired import Expired, known, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of
from bot.core.review import Review
from bot.ports.library import PictureFilter
from bot.studio.critic import Bulk, Together
from bot.studio.exhibition import MOST_ON_SHEET

_LEAVE: Final = re.compile(r"leave|stop")
_BULK: Final = re.compile(
    r"(?P<after>approved|rejected):(?P<newest>[0-9]{1,15})-(?P<oldest>[0-9]{1,15}):(?P<count>[0-9]{1,4}):"
    r"(?P<filter>.{0,60})"
)
_NUMBER: Final = re.compile(r"[0-9]{1,15}")


async def bulk_look(
    interaction: Interaction, wanted: PictureFilter, after: Review, *, before: str = "", decided: int = 0
) -> Look:
    """Return the question before many are decided about, with their contact sheet.

    `before` is what is said first; `decided`: so many were decided about with the last press.
    """
    desk = interaction.client.desk
    bulk = await desk.critic.gather(wanted, after, actor_of(interaction))
    shown = await desk.critic.exhibits(bulk.pictures[:MOST_ON_SHEET])
    fit = [
        one.picture for one in shown if await desk.library.may_be_shown(one.project, interaction.channel_id)
    ]
    sheet = await desk.exhibition.sheet(fit, title="") if fit else None
    return cards.bulk_card(
        bulk,
        sheet,
        of=await named(desk, bulk.wanted, actor_of(interaction)),
        filter_name=coded(bulk.wanted),
        hidden=len(shown) - len(fit),
        before=before,
        decided=decided,
    )


async def pressed(interaction: Interaction, rest: str) -> None:
    """Decide about just those that were asked about; if they have changed, ask again."""
    if _LEAVE.fullmatch(rest):
        await turn(interaction, cards.bulk_left(rest))
        return
    match = meaning(_BULK, rest)
    wanted = known(decoded(match["filter"], guild=interaction.guild_id))
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        critic, actor = interaction.client.desk.critic, actor_of(interaction)
        after, span = Review(match["after"]), (int(match["newest"]), int(match["oldest"]))
        bulk = await critic.gather(wanted, after, actor, span=span)
        if len(bulk.pictures) == int(match["count"]):
            together = await critic.decide_all(bulk, actor)
            for job in {picture.job for picture in bulk.pictures}:
                interaction.client.desk.posts.changed(job)
            look = await _go_on(interaction, bulk, together)
        else:
            look = await bulk_look(interaction, wanted, after, before=cards.BULK_CHANGED)
    await turn(interaction, look)


async def _go_on(interaction: Interaction, bulk: Bulk, together: Together) -> Look:
    """Say how many were decided about; of those that are left, ask about the next ones."""
    done = cards.bulk_done(together, bulk.after)
    if not bulk.left:
        return done
    decided = len(together.decided)
    return await bulk_look(interaction, bulk.wanted, bulk.after, before=done.text, decided=decided)


async def unlearned(interaction: Interaction, rest: str, values: Sequence[str]) -> None:
    """Take the chosen lessons out of force, and show what is left."""
    if not all(_NUMBER.fullmatch(number) for number in (rest, *values)):
        raise Expired
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        desk, actor = interaction.client.desk, actor_of(interaction)
        character = await desk.casting.by_id(int(rest), actor)
        removed = await desk.critic.unlearn(character, [int(value) for value in values], actor)
        look = cards.lessons_card(character, await desk.critic.lessons(character), removed=removed)
    await turn(interaction, look)
