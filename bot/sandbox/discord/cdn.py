"""Attachments behind signed links that expire."""

import hashlib
import hmac
import re
import time
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.sandbox.discord.model import Attachment
from bot.sandbox.discord.pictures import size_of
from bot.sandbox.discord.rules import Rules

CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "zip": "application/zip",
    "json": "application/json; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


def clean_filename(name: str) -> str:
    return re.sub(r"[^\w.\-]", "_", name) or "unknown"


def content_type_of(filename: str) -> str:
    return CONTENT_TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")


class Cdn:
    """Keeps every file ever sent and signs a fresh link each time one is shown."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._key = b"the sandbox signs its own links"
        self._files: dict[int, Attachment] = {}
        self.base_url = ""

    def store(
        self,
        attachment_id: int,
        channel_id: int,
        filename: str,
        data: bytes,
        *,
        description: str | None = None,
        ephemeral: bool = False,
    ) -> Attachment:
        name = clean_filename(filename)
        width, height = size_of(data) or (None, None)
        attachment = Attachment(
            id=attachment_id,
            channel_id=channel_id,
            filename=name,
            content_type=content_type_of(name),
            data=data,
            description=description,
            width=width,
            height=height,
            ephemeral=ephemeral,
        )
        self._files[attachment_id] = attachment
        return attachment

    def link(self, attachment: Attachment) -> str:
        issued = int(time.time())
        expires = int(time.time() + self._rules.url_ttl_s)
        return self.base_url + self._signed(_path(attachment), expires=f"{expires:x}", issued=f"{issued:x}")

    def owner_of(self, url: str) -> Attachment | None:
        """Give the attachment that one of our links points at, expired or not."""
        if not self.base_url or not url.startswith(f"{self.base_url}/"):
            return None
        number = urlsplit(url).path.split("/")[-2]
        return self._files.get(int(number)) if number.isdigit() else None

    def _signed(self, path: str, *, expires: str, issued: str) -> str:
        told = f"{path}?ex={expires}&is={issued}"
        return f"{told}&hm={hmac.new(self._key, told.encode(), hashlib.sha256).hexdigest()}"

    async def serve(self, request: web.Request) -> web.Response:
        attachment = self._files.get(int(request.match_info["attachment"]))
        if attachment is None or not self._is_signed(request, attachment):
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=attachment.data, headers={"Content-Type": attachment.content_type})

    def _is_signed(self, request: web.Request, attachment: Attachment) -> bool:
        expires, issued = request.query.get("ex", ""), request.query.get("is", "")
        if not re.fullmatch(r"[0-9a-f]{1,12}", expires) or int(expires, 16) < time.time():
            return False
        expected = self._signed(_path(attachment), expires=expires, issued=issued)
        return hmac.compare_digest(expected.rpartition("=")[2], request.query.get("hm", ""))


def _path(attachment: Attachment) -> str:
    folder = "ephemeral-attachments" if attachment.ephemeral else "attachments"
    return f"/{folder}/{attachment.channel_id}/{attachment.id}/{quote(attachment.filename)}"
