"""The texts inside a PNG: read within limits, and written without touching anything else.

A PNG is a signature and a row of chunks: length, kind, body, checksum. Texts stand in `tEXt` (Latin-1),
`zTXt` (the same, packed) and `iTXt` (UTF-8, packed or not).
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.imaging.decoding import Undecodable

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MOST_TEXT: Final = 8 * 1024 * 1024
"""Bytes of one text, unpacked, and of all that are read of one file: the largest workflows seen have 3 MB."""
MOST_CHUNKS: Final = 100_000

_TEXT_KINDS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_LONGEST_KEYWORD = 79


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Where a chunk stands: `start` and `end` take in its length and checksum."""

    kind: bytes
    body: bytes = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of a file by keyword, the first of each, and a sentence about each that was not read."""

    by_keyword: Mapping[str, str]
    remarks: tuple[str, ...] = ()


class _NotRead(Exception):
    """The reason stands in the message."""


def is_png(content: bytes) -> bool:
    return content.startswith(SIGNATURE)


def texts_of(content: bytes, keywords: frozenset[str]) -> Texts:
    """Read the texts with these keywords; what cannot be read is remarked on, never raised."""
    found: dict[str, str] = {}
    remarks: list[str] = []
    left = MOST_TEXT
    try:
        for chunk in _chunks(content):
            keyword = _keyword(chunk)
            if keyword not in keywords or keyword in found:
                continue
            try:
                found[keyword] = text = _text(chunk, most=left)
                left -= len(text)
            except _NotRead as reason:
                remarks.append(f"The text `{keyword}` was not read: {reason}.")
    except Undecodable as damage:
        remarks.append(damage.message)
    return Texts(by_keyword=found, remarks=tuple(remarks))


def keywords_of(content: bytes) -> frozenset[str]:
    """Name the texts that are there; raise Undecodable for what is no whole PNG."""
    return frozenset(keyword for chunk in _chunks(content) if (keyword := _keyword(chunk)) is not None)


def with_texts(content: bytes, texts: Mapping[str, str]) -> bytes:
    """Return the PNG with these texts before its pixels, in place of those with the same keywords.

    Every other chunk keeps its bytes. Raises Undecodable for what is no whole PNG.
    """
    header, *others = _chunks(content)
    if header.kind != b"IHDR":
        raise Undecodable("It is damaged: its header is missing.")
    written = [_text_chunk(keyword, text) for keyword, text in texts.items()]
    kept = [content[chunk.start : chunk.end] for chunk in others if _keyword(chunk) not in texts]
    end = others[-1].end if others else header.end
    return b"".join([content[: header.end], *written, *kept, content[end:]])


def _chunks(content: bytes) -> Iterator[Chunk]:
    """Yield all up to the end mark; raise Undecodable where it is cut off before."""
    if not is_png(content):
        raise Undecodable("It is no PNG.")
    start = len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        if start + 12 > len(content):
            raise Undecodable("It is damaged: it ends too early.")
        length, kind = struct.unpack_from(">I4s", content, start)
        end = start + 12 + length
        if end > len(content):
            raise Undecodable("It is damaged: it ends too early.")
        body = content[start + 8 : end - 4] if kind in _TEXT_KINDS else b""
        yield Chunk(kind=kind, body=body, start=start, end=end)
        if kind == b"IEND":
            return
        start = end
    raise Undecodable(f"It has more than {MOST_CHUNKS:,} parts.")


def _keyword(chunk: Chunk) -> str | None:
    if chunk.kind not in _TEXT_KINDS:
        return None
    keyword, separator, _ = chunk.body[: _LONGEST_KEYWORD + 1].partition(b"\0")
    return keyword.decode("latin-1") if separator else None


def _text(chunk: Chunk, *, most: int) -> str:
    _, _, rest = chunk.body.partition(b"\0")
    match chunk.kind:
        case b"tEXt":
            return _whole(rest, most).decode("latin-1")
        case b"zTXt":
            return _unpacked(rest[1:], most).decode("latin-1")
        case _:
            return _international(rest, most)


def _international(rest: bytes, most: int) -> str:
    packed = rest[:1] == b"\1"
    match rest[2:].split(b"\0", 2):
        case [_language, _translated, text]:
            pass
        case _:
            raise _NotRead("it is cut off")
    raw = _unpacked(text, most) if packed else _whole(text, most)
    return raw.decode("utf-8", "replace")


def _whole(raw: bytes, most: int) -> bytes:
    if len(raw) > most:
        raise _NotRead(f"it would take more than {MOST_TEXT // 1024**2} MiB")
    return raw


def _unpacked(packed: bytes, most: int) -> bytes:
    """Unpack one byte more than is allowed, at the most: a bomb never goes off."""
    try:
        return _whole(zlib.decompressobj().decompress(packed, most + 1), most)
    except zlib.error as error:
        raise _NotRead("its packing is damaged") from error


def _text_chunk(keyword: str, text: str) -> bytes:
    if text.isascii():
        return _chunk(b"tEXt", keyword.encode() + b"\0" + text.encode())
    return _chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
