"""Reading what somebody attached: nothing is fetched that its description already rules out."""

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

import discord

from bot.core.errors import BadRequest

MIB = 1024 * 1024
MOST_BYTES = 20 * MIB
_CHOOSE_PICTURE = "Attach a PNG, JPEG or WebP picture."


async def read_picture(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> bytes:
    """Return the file's bytes; raise BadRequest for what is too large, no picture, or not at Discord's."""
    check_description(attachment, hosts=hosts)
    try:
        content = await attachment.read()
    except discord.HTTPException as error:
        raise BadRequest(
            f"Discord did not give the picture “{attachment.filename}”.", hint="Attach it again."
        ) from error
    _check_size(len(content))
    return content


def check_description(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> None:
    """Raise BadRequest if what Discord tells of the file is reason enough not to fetch it."""
    _check_size(attachment.size)
    kind = attachment.content_type
    if kind is not None and not kind.startswith("image/"):
        raise BadRequest(f"“{attachment.filename}” is no picture.", hint=_CHOOSE_PICTURE)
    if urlsplit(attachment.url).netloc not in hosts:
        raise BadRequest("The reference does not come from Discord.", hint=_CHOOSE_PICTURE)


async def read_archive(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> bytes:
    """Return the bytes of a zip; raise BadRequest for what is too large, or not at Discord's."""
    check_archive(attachment, hosts=hosts)
    try:
        return await attachment.read()
    except discord.HTTPException as error:
        raise BadRequest(
            f"Discord did not give the file “{attachment.filename}”.", hint="Attach it again."
        ) from error


def check_archive(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> None:
    """Raise BadRequest if what Discord tells of the file is reason enough not to fetch it."""
    if attachment.size > MOST_BYTES:
        raise BadRequest(
            f"The file has {attachment.size / MIB:.1f} MiB; the most is {MOST_BYTES // MIB} MiB.",
            hint="Leave some of its pictures out.",
        )
    if urlsplit(attachment.url).netloc not in hosts:
        raise BadRequest("The file does not come from Discord.", hint="Attach it to the command.")


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise BadRequest(
            f"The reference has {size / MIB:.1f} MiB; the most is {MOST_BYTES // MIB} MiB.",
            hint="Make it smaller, or save it as JPEG.",
        )
