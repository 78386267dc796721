"""Reading what somebody attached: nothing is fetched that its description already rules out."""

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

import discord

from bot.chat.reception import GONE
from bot.core.batching import check_file_size, text_of_file
from bot.core.errors import BadRequest

MIB = 1024 * 1024
MOST_BYTES = 20 * MIB
_CHOOSE_PICTURE = "Attach a PNG, JPEG or WebP picture."
_CHOOSE_TEXT = "Attach a text file (.txt) with one prompt per line."


# ── a picture


async def read_picture(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> bytes:
    """Return the file's bytes; raise BadRequest for what is too large, no picture, or not at Discord's."""
    check_description(attachment, hosts=hosts)
    content = await _fetched(attachment, "picture")
    _check_size(len(content))
    return content


def check_description(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> None:
    """Raise BadRequest if what Discord tells of the file is reason enough not to fetch it."""
    _check_size(attachment.size)
    kind = attachment.content_type
    if kind is not None and not kind.startswith("image/"):
        raise BadRequest(f"“{attachment.filename}” is no picture.", hint=_CHOOSE_PICTURE)
    _check_host(attachment, "reference", hosts=hosts, hint=_CHOOSE_PICTURE)


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise BadRequest(
            f"The reference has {size / MIB:.1f} MiB; the most is {MOST_BYTES // MIB} MiB.",
            hint="Make it smaller, or save it as JPEG.",
        )


# ── a zip


async def read_archive(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> bytes:
    """Return the bytes of a zip; raise BadRequest for what is too large, or not at Discord's."""
    check_archive(attachment, hosts=hosts)
    return await _fetched(attachment, "file")


def check_archive(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> None:
    """Raise BadRequest if what Discord tells of the file is reason enough not to fetch it."""
    if attachment.size > MOST_BYTES:
        raise BadRequest(
            f"The file has {attachment.size / MIB:.1f} MiB; the most is {MOST_BYTES // MIB} MiB.",
            hint="Leave some of its pictures out.",
        )
    _check_host(attachment, "file", hosts=hosts, hint="Attach it to the command.")


# ── a list of prompts


async def read_prompts(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> str:
    """Return the file's text; raise BadRequest for what is too large, no text, or not at Discord's."""
    check_list(attachment, hosts=hosts)
    return text_of_file(await _fetched(attachment, "file"))


def check_list(attachment: discord.Attachment, *, hosts: AbstractSet[str]) -> None:
    """Raise BadRequest if what Discord tells of the file is reason enough not to fetch it."""
    check_file_size(attachment.size)
    kind = attachment.content_type
    if kind is not None and not kind.startswith(("text/", "application/octet-stream")):
        raise BadRequest(f"“{attachment.filename}” is no text file.", hint=_CHOOSE_TEXT)
    _check_host(attachment, "list", hosts=hosts, hint=_CHOOSE_TEXT)


# ── any file


async def _fetched(attachment: discord.Attachment, thing: str) -> bytes:
    try:
        return await attachment.read()
    except GONE as error:
        raise BadRequest(
            f"Discord did not give the {thing} “{attachment.filename}”.", hint="Attach it again."
        ) from error


def _check_host(attachment: discord.Attachment, thing: str, *, hosts: AbstractSet[str], hint: str) -> None:
    if urlsplit(attachment.url).netloc not in hosts:
        raise BadRequest(f"The {thing} does not come from Discord.", hint=hint)
