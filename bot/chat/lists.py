"""Reading a list of prompts that somebody attached as a text file."""

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

import discord

from bot.core.batching import check_file_size, text_of_file
from bot.core.errors import BadRequest

_CHOOSE_TEXT = "Attach a text file (.txt) with one prompt per line."


async def read_prompts(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> str:
    """Return the file's text; raise BadRequest for what is too large, no text, or not at Discord's."""
    check_list(attachment, hosts=hosts)
    try:
        content = await attachment.read()
    except discord.HTTPException as error:
        raise BadRequest(
            f"Discord did not give the file “{attachment.filename}”.", hint="Attach it again."
        ) from error
    return text_of_file(content)


def check_list(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> None:
    """Raise BadRequest if what Discord tells of the file is reason enough not to fetch it."""
    check_file_size(attachment.size)
    kind = attachment.content_type
    if kind is not None and not kind.startswith(("text/", "application/octet-stream")):
        raise BadRequest(f"“{attachment.filename}” is no text file.", hint=_CHOOSE_TEXT)
    if urlsplit(attachment.url).netloc not in hosts:
        raise BadRequest("The list does not come from Discord.", hint=_CHOOSE_TEXT)
