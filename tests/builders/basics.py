"""Who, where and when in all tests, and a picture."""

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.core.generation import Size

NOW = 1_790_000_000_000
"""The moment at which every story begins, in UTC milliseconds."""
GUILD, CHANNEL, USER = 700, 710, 42

T = TypeVar("T")


def built(of: Callable[..., T], changes: Mapping[str, Any], /, **usual: Any) -> T:
    return of(**{**usual, **changes})


def a_size(width: int = 832, height: int = 1216) -> Size:
    return Size(width=width, height=height)


def png(width: int = 64, height: int = 64, *, grey: int = 128) -> bytes:
    """Return a true PNG of one shade, made without an imaging library."""
    rows = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
