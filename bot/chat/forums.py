"""Forum posts and their tags: worn as far as there is room and leave for them."""

from collections.abc import Sequence
from typing import Final

import discord
import structlog

from bot.chat.markdown import cut
from bot.chat.mishaps import Code

log = structlog.get_logger(__name__)

LONGEST_ARCHIVE_MINUTES: Final = 10_080
TAG_NAME: Final = 20
TAGS_OF_A_FORUM: Final = 20
TAGS_OF_A_POST: Final = 5
NOBODY: Final = discord.AllowedMentions.none()


async def post_in(forum: discord.ForumChannel, name: str, starter: str, tags: Sequence[str]) -> int:
    """Open a forum post and return its id.

    If none of the tags can be had and there must be one, the forum's first is taken; the forum may want
    that only of late.
    """
    worn = await _tags_for(forum, tags)
    try:
        return await _opened(forum, name, starter, worn or (_any_tag(forum) if _wants_tag(forum) else []))
    except discord.HTTPException as error:
        if error.code != Code.TAG_REQUIRED:
            raise
        newest = await _newest(forum)
        if newest is None or not _any_tag(newest):
            raise
    return await _opened(newest, name, starter, _any_tag(newest))


async def tag(client: discord.Client, thread: int, tags: Sequence[str]) -> None:
    """Add the tags that the forum post lacks, up to what it can wear."""
    post = client.get_channel(thread) or await client.fetch_channel(thread)
    if not isinstance(post, discord.Thread) or not isinstance(post.parent, discord.ForumChannel):
        return
    worn = post.applied_tags
    lacking = [name for name in tags if not _known(worn, name)][: TAGS_OF_A_POST - len(worn)]
    more = await _tags_for(post.parent, lacking) if lacking else []
    if more:
        await post.edit(applied_tags=[*worn, *more])


async def _newest(forum: discord.ForumChannel) -> discord.ForumChannel | None:
    channel = await forum.guild.fetch_channel(forum.id)
    return channel if isinstance(channel, discord.ForumChannel) else None


def _wants_tag(forum: discord.ForumChannel) -> bool:
    return forum.flags.require_tag


def _any_tag(forum: discord.ForumChannel) -> list[discord.ForumTag]:
    return [tag for tag in forum.available_tags if not tag.moderated][:1]


async def _tags_for(forum: discord.ForumChannel, names: Sequence[str]) -> list[discord.ForumTag]:
    """Return the forum's tags of these names; what it lacks is made if there is room and we may."""
    wanted = names[:TAGS_OF_A_POST]
    lacking = [cut(name, TAG_NAME) for name in wanted if not _known(forum.available_tags, name)]
    known = list(forum.available_tags)
    room = TAGS_OF_A_FORUM - len(known)
    if lacking and room > 0 and forum.permissions_for(forum.guild.me).manage_channels:
        known = await _with_more(forum, known, lacking[:room])
    found = [_known(known, name) for name in wanted]
    return [tag for tag in found if tag is not None and not tag.moderated]


async def _with_more(
    forum: discord.ForumChannel, known: list[discord.ForumTag], names: Sequence[str]
) -> list[discord.ForumTag]:
    """Make tags; where Discord will not have them, pictures are posted without."""
    more = [discord.ForumTag(name=name) for name in names]
    try:
        changed = await forum.edit(
            available_tags=[*known, *more], reason="Genga sorts pictures by character and kind."
        )
    except discord.HTTPException as error:
        log.info("forum.tags_refused", forum=forum.id, because=str(error))
        return known
    return list(changed.available_tags) if changed else known


def _known(tags: Sequence[discord.ForumTag], name: str) -> discord.ForumTag | None:
    wanted = cut(name, TAG_NAME).casefold()
    return next((tag for tag in tags if tag.name.casefold() == wanted), None)


async def _opened(forum: discord.ForumChannel, name: str, starter: str, tags: list[discord.ForumTag]) -> int:
    made = await forum.create_thread(
        name=name,
        content=starter,
        auto_archive_duration=LONGEST_ARCHIVE_MINUTES,
        applied_tags=tags,
        allowed_mentions=NOBODY,
    )
    return made.thread.id
