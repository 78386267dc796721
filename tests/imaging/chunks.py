"""A second reader of PNG files, which knows nothing of the first."""

import zlib


def walk(png):
    """Return kind and body of every chunk, and what comes after the last; every checksum must be right."""
    assert png[:8] == bytes((137, 80, 78, 71, 13, 10, 26, 10))
    rest, chunks = png[8:], []
    while not chunks or chunks[-1][0] != "IEND":
        length = int.from_bytes(rest[:4])
        checked, checksum, rest = rest[4 : 8 + length], rest[8 + length : 12 + length], rest[12 + length :]
        assert len(checksum) == 4
        assert zlib.crc32(checked) == int.from_bytes(checksum)
        chunks.append((checked[:4].decode("ascii"), checked[4:]))
    return chunks, rest


def texts(png):
    """Return every text in the file as (keyword, text), in the order of the file."""
    return [pair for pair in map(_text, *_columns(walk(png)[0])) if pair]


def _columns(chunks):
    return [kind for kind, _ in chunks], [body for _, body in chunks]


def _text(kind, body):
    keyword, _, rest = body.partition(b"\0")
    if kind == "tEXt":
        return keyword.decode(), rest.decode("latin-1")
    if kind == "zTXt":
        return keyword.decode(), zlib.decompress(rest[1:]).decode("latin-1")
    if kind == "iTXt":
        _language, _translated, text = rest[2:].split(b"\0", 2)
        return keyword.decode(), (zlib.decompress(text) if rest[0] else text).decode()
    return None


def pixels(png):
    """Return the bodies of the chunks that hold the pixels."""
    return [body for kind, body in walk(png)[0] if kind == "IDAT"]


def chunk(kind, body):
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def inserted(png, *chunks):
    """Return the PNG with more chunks right after its header."""
    return png[:33] + b"".join(chunks) + png[33:]
