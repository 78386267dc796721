"""A shelf in a dictionary and an imaging that only reads headers."""

import asyncio
import struct
from dataclasses import replace
from hashlib import sha256

from bot.core.errors import (
    BadRequest,
    DiskFull,
    NoOutput,
    NotFound,
)
from bot.core.formats import ending_of
from bot.core.generation import Size
from bot.ports.pictures import Picture
from bot.ports.shelf import Place, Shelved


class FakeShelf:
    """Keeps files in a dictionary; `free` is what it says is left, `full` how many puts still find no room.

    `times` are when files were written, in UTC milliseconds; all others were at the beginning of time.
    """

    def __init__(self, *, free: int = 100 * 1024**3) -> None:
        self.files: dict[str, bytes] = {}
        self.free = free
        self.full = 0
        self.custody = asyncio.Lock()
        self.times: dict[str, int] = {}

    async def put(self, picture: Picture, *, place: Place, name: str) -> Shelved:
        if self.full:
            self.full -= 1
            raise DiskFull("The picture could not be written: no room.", hint="Make room.")
        folder = f"library/{place.project}/{place.character}/{place.day}/{place.kind}"
        ending = ending_of(picture.media_type)
        path = f"{folder}/{name}.{ending}"
        if self.files.get(path, picture.content) != picture.content:
            path = f"{folder}/{name}-{sha256(picture.content).hexdigest()[:8]}.{ending}"
        return self._keep(path, picture.content)

    async def put_reference(self, picture: Picture) -> Shelved:
        digest = sha256(picture.content).hexdigest()
        return self._keep(f"library/references/{digest[:2]}/{digest}.png", picture.content)

    def _keep(self, path: str, content: bytes) -> Shelved:
        self.files[path] = content
        return Shelved(path=path, sha256=sha256(content).hexdigest(), bytes=len(content))

    async def read(self, path: str) -> bytes:
        if path not in self.files:
            raise NotFound(f"The file `{path}` is gone.", hint="Draw it again with `/job again`.")
        return self.files[path]

    async def lying(self, place: Place, beginning: str) -> list[str]:
        folder = f"library/{place.project}/{place.character}/{place.day}/{place.kind}"
        return sorted(path for path in self.files if path.startswith(f"{folder}/{beginning}"))

    async def references(self) -> list[str]:
        return sorted(path for path in self.files if path.startswith("library/references/"))

    async def written(self, path: str) -> int:
        await self.read(path)
        return self.times.get(path, 0)

    async def remove(self, path: str) -> None:
        self.files.pop(path, None)

    async def free_bytes(self) -> int:
        return self.free


class FakePictures:
    """Believes a PNG's header; everything else is no picture. Those in `blank` count as blank."""

    def __init__(self) -> None:
        self.blank: list[bytes] = []

    def proven(self, content: bytes) -> Picture:
        size = _png_size(content)
        if size is None:
            raise NoOutput(
                "ComfyUI delivered a file that is no picture.", hint="Draw it again with `/job again`."
            )
        return Picture(content=content, size=size, media_type="image/png", blank=content in self.blank)

    async def for_post(self, picture: Picture, *, limit: int) -> Picture:
        return replace(picture, content=(b"RIFF....WEBP" + picture.content)[:limit], media_type="image/webp")

    async def reference(self, content: bytes) -> Picture:
        size = _png_size(content)
        if size is None:
            raise BadRequest("The reference is no picture.", hint="Attach a PNG, JPEG or WebP.")
        return Picture(content=content, size=size, media_type="image/png")

    async def preview(self, content: bytes) -> bytes:
        return b"\xff\xd8\xff" + content[:64]


def _png_size(content: bytes) -> Size | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return Size(width=width, height=height)
