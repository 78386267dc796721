"""Pages of pictures and of what was found, turned by buttons that say all that the next page needs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.chat import cards
from bot.chat.answers import Announced, turn
from bot.chat.desk import Desk
from bot.chat.expired import known, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of
from bot.core.dates import DAY_MS
from bot.core.leafing import Turn
from bot.core.review import Review
from bot.ports.library import PictureFilter
from bot.studio.control import Actor

_PAGE = re.compile(rf"(?P<at>{cards.TURN}):(?P<filter>.{{0,75}})")
_PICTURES = re.compile(
    r"(?:p(?P<project>[0-9]{1,15}))?(?:c(?P<character>[0-9]{1,15}))?(?:r(?P<review>[0-9]))?"
    r"(?:s(?P<since>[0-9]{1,9}))?(?:u(?P<until>[0-9]{1,9}))?"
)
_FOUND = re.compile(r"(?:p(?P<project>[0-9]{1,15}))?:(?P<words>.{1,50})")
_REVIEWS = (Review.UNREVIEWED, Review.APPROVED, Review.REJECTED, Review.WITHDRAWN)
"""By their numbers on buttons."""


# ── pictures


async def album_look(
    desk: Desk, wanted: PictureFilter, *, actor: Actor, channel: int | None, at: Turn = None
) -> Look:
    page = await desk.album.page(wanted, channel=channel, at=at)
    return cards.album_page(page, of=await named(desk, wanted, actor), filter_name=coded(wanted))


async def album_turned(interaction: Interaction, rest: str) -> None:
    """Show another page of pictures in the message whose button was pressed."""
    page = meaning(_PAGE, rest)
    wanted = known(decoded(page["filter"], guild=interaction.guild_id))
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        look = await album_look(
            interaction.client.desk,
            wanted,
            actor=actor_of(interaction),
            channel=interaction.channel_id,
            at=cards.turn_in(page["at"]),
        )
    await turn(interaction, look)


async def named(desk: Desk, wanted: PictureFilter, actor: Actor) -> str:
    """Name what pictures were narrowed to; raise NotFound if that is gone."""
    names: list[str] = []
    if wanted.project is not None:
        names.append((await desk.library.by_id(wanted.project, actor)).name)
    if wanted.character is not None:
        names.append((await desk.casting.by_id(wanted.character, actor)).name)
    if wanted.review is not None:
        names.append(cards.REVIEW_WORDS[wanted.review])
    return ", ".join([*names, *_days(wanted)])


def _days(wanted: PictureFilter) -> Iterator[str]:
    """Name the first day and the last."""
    if wanted.since is not None:
        yield f"since {_day(wanted.since)}"
    if wanted.until is not None:
        yield f"until {_day(wanted.until - 1)}"


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def coded(wanted: PictureFilter) -> str:
    """Write the filter for a custom_id; the server is not in it, as a button is pressed where it hangs."""
    return "".join(_marks(wanted))


def _marks(wanted: PictureFilter) -> Iterator[str]:
    marks = {
        "p": wanted.project,
        "c": wanted.character,
        "r": wanted.review and _REVIEWS.index(wanted.review),
        "s": None if wanted.since is None else wanted.since // DAY_MS,
        "u": None if wanted.until is None else wanted.until // DAY_MS,
    }
    return (f"{mark}{value}" for mark, value in marks.items() if value is not None)


def decoded(text: str, *, guild: int | None) -> PictureFilter | None:
    match = _PICTURES.fullmatch(text)
    if match is None or int(match["review"] or 0) >= len(_REVIEWS):
        return None
    numbers = {name: int(value) for name, value in match.groupdict().items() if value is not None}
    return PictureFilter(
        guild=guild,
        project=numbers.get("project"),
        character=numbers.get("character"),
        review=_REVIEWS[numbers["review"]] if "review" in numbers else None,
        since=numbers["since"] * DAY_MS if "since" in numbers else None,
        until=numbers["until"] * DAY_MS if "until" in numbers else None,
    )


# ── what was found


async def found_look(
    desk: Desk,
    words: str,
    *,
    project: int | None,
    actor: Actor,
    channel: int | None,
    at: Turn = None,
) -> Look:
    page = await desk.album.find(words, actor, channel=channel, project=project, at=at)
    scope = "" if project is None else f"p{project}"
    return cards.found_page(page, words=words, filter_name=f"{scope}:{words}")


async def found_turned(interaction: Interaction, rest: str) -> None:
    page = meaning(_PAGE, rest)
    wanted = meaning(_FOUND, page["filter"])
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        look = await found_look(
            interaction.client.desk,
            wanted["words"],
            project=int(wanted["project"]) if wanted["project"] else None,
            actor=actor_of(interaction),
            channel=interaction.channel_id,
            at=cards.turn_in(page["at"]),
        )
    await turn(interaction, look)
