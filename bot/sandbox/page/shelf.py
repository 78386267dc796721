"""The files that messages show, under the page's own address: no link expires, no other origin is asked."""

import re
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.discord import Attachment

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})
_CDN_LINK = re.compile(r"^http://127\.0\.0\.1:\d+/cdn/(?:ephemeral-)?attachments/\d+/(\d+)/")


class Shelf:
    def __init__(self) -> None:
        self._files: dict[int, Attachment] = {}

    def put(self, attachment: Attachment) -> str:
        """Give the address under which the page finds the file."""
        self._files[attachment.id] = attachment
        return f"/files/{attachment.id}/{quote(attachment.filename)}"

    def linked(self, url: str) -> Attachment | None:
        """Return the file that a link of the sandbox's CDN means, if a message has shown it."""
        found = _CDN_LINK.match(url)
        return None if found is None else self._files.get(int(found[1]))

    async def serve(self, request: web.Request) -> web.Response:
        attachment = self._files.get(int(request.match_info["number"]))
        if attachment is None:
            raise web.HTTPNotFound(text="This file is no longer here.")
        return web.Response(body=attachment.data, headers=_headers(attachment))


def _headers(attachment: Attachment) -> dict[str, str]:
    """Let pictures be shown and everything else only be saved, whatever its type claims."""
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    if is_picture(attachment):
        return {**headers, "Content-Type": attachment.content_type}
    return {
        **headers,
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.filename)}",
    }


def is_picture(attachment: Attachment) -> bool:
    return attachment.content_type in PICTURES
