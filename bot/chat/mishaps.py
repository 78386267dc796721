"""Discord's errors in the studio's own words."""

from collections.abc import Generator
from contextlib import contextmanager
from enum import Enum, IntEnum, auto
from http import HTTPStatus
from typing import Final

import aiohttp
import discord

from bot.core.errors import (
    DeliveryError,
    DiscordAway,
    MissingPermission,
    NoMoreThreads,
    TargetGone,
    ThreadAsleep,
    ThreadLocked,
    TooLarge,
    Withdrawn,
)


class Code(IntEnum):
    """Discord's error codes that mean something to the studio."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_MESSAGE = 10008
    FILE_TOO_LARGE = 40005
    TAG_REQUIRED = 40067
    MISSING_ACCESS = 50001
    MISSING_PERMISSIONS = 50013
    REQUEST_TOO_LARGE = 50045
    THREAD_ARCHIVED = 50083
    THREAD_LOCKED = 160005
    TOO_MANY_THREADS = 160006


class Act(Enum):
    """What was being done: the same answer means something else for each."""

    POST = auto()
    EDIT = auto()
    OPEN = auto()
    """Opening a thread or a forum post."""
    LOOK = auto()
    """Asking what a channel is."""


TO_POST: Final = ("view_channel", "send_messages", "attach_files", "embed_links")
TO_POST_IN_THREAD: Final = ("view_channel", "send_messages_in_threads", "attach_files", "embed_links")
TO_OPEN: Final = ("view_channel", "create_public_threads", "send_messages_in_threads")
TO_OPEN_IN_FORUM: Final = ("view_channel", "send_messages", "send_messages_in_threads")

CALM_S: Final = 60.0
"""Who is refused without being told for how long has gone much too far: silence first."""

_SPOKEN: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
}


@contextmanager
def translated(client: discord.Client, channel: int, act: Act) -> Generator[None]:
    """Raise what goes wrong inside as a DeliveryError; an error that only a bug explains stays as it is."""
    try:
        yield
    except discord.HTTPException as error:
        known = _known(error, client, channel, act)
        if known is None:
            raise
        raise known from error
    except discord.RateLimited as error:
        raise away(patience_s=error.retry_after) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise away() from error
    except RuntimeError as error:
        if not client.is_closed():
            raise
        raise away() from error


def away(*, patience_s: float = 0.0) -> DiscordAway:
    return DiscordAway("Discord does not answer.", hint="It is tried again by itself.", patience_s=patience_s)


def _known(
    error: discord.HTTPException, client: discord.Client, channel: int, act: Act
) -> DeliveryError | None:
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return away(patience_s=CALM_S)
    if error.status == HTTPStatus.UNAUTHORIZED or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return away()  # a token that is refused stops the client, and the post waits for the next one
    if error.status == HTTPStatus.NOT_FOUND:
        return _gone(error.code, act)
    where = client.get_channel(channel)
    match error.code:
        case Code.MISSING_ACCESS if where is None:
            return _gone(Code.UNKNOWN_CHANNEL, act)
        case Code.MISSING_ACCESS | Code.MISSING_PERMISSIONS:
            return MissingPermission(_missing(where, error.code, act), _called(where, channel))
        case _:
            return _closed(error, _called(where, channel), act)


def _closed(error: discord.HTTPException, where: str, act: Act) -> DeliveryError | None:
    """Return what keeps a place from taking this, although we may post there."""
    match error.code:
        case Code.THREAD_LOCKED:
            return ThreadLocked(where)
        case Code.THREAD_ARCHIVED if act is Act.POST:
            return ThreadLocked(where)  # a message wakes a thread, unless it is locked as well
        case Code.THREAD_ARCHIVED:
            return ThreadAsleep(f"{where} is archived.", hint="A new message in it wakes it.")
        case Code.TOO_MANY_THREADS:
            return NoMoreThreads(
                f"The server of {where} has as many open threads as Discord allows.",
                hint="Close some of them.",
            )
        case Code.TAG_REQUIRED:
            return DeliveryError(
                f"{where} wants a tag on every post and has none that Genga may use.",
                hint="Give the forum a tag, or let it do without.",
            )
        case Code.FILE_TOO_LARGE | Code.REQUEST_TOO_LARGE:
            return _too_large()
        case _:
            return _too_large() if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None


def _gone(code: int, act: Act) -> DeliveryError:
    if code == Code.UNKNOWN_MESSAGE and act is Act.POST:
        return Withdrawn("The post was there, and somebody has deleted it.")
    what = "message" if code == Code.UNKNOWN_MESSAGE else "channel or thread"
    return TargetGone(
        f"The {what} does not exist any more.", hint="Choose another gallery with `/settings gallery`."
    )


def _too_large() -> TooLarge:
    return TooLarge(
        "The pictures are larger than Discord takes.", hint="Draw fewer at once, or smaller ones."
    )


def _missing(where: object, code: int, act: Act) -> str:
    """Name the permission that is missing, as Discord's settings call it."""
    needed = _needed(where, act)
    match where:
        case discord.abc.GuildChannel() | discord.Thread():
            held = where.permissions_for(where.guild.me)
            lacking = [name for name in needed if not getattr(held, name)]
        case _:
            lacking = []
    if not lacking and code == Code.MISSING_ACCESS:
        return _SPOKEN["view_channel"]
    return _SPOKEN[lacking[0]] if lacking else " or ".join(_SPOKEN[name] for name in needed[1:])


def _needed(where: object, act: Act) -> tuple[str, ...]:
    match where:
        case discord.Thread():
            return TO_POST_IN_THREAD
        case discord.ForumChannel():
            return TO_OPEN_IN_FORUM
        case _:
            return TO_OPEN if act is Act.OPEN else TO_POST


def _called(where: object, channel: int) -> str:
    match where:
        case discord.abc.GuildChannel() | discord.Thread():
            return f"#{where.name}"
        case _:
            return f"<#{channel}>"
