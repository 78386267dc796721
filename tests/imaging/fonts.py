"""Fonts made on the spot, for whether a test passes must not depend on what a machine has."""

import struct

EM = 1000


def a_font(path, characters):
    """Write a TrueType font whose glyphs are bars, each of another height, and return its path."""
    glyphs = [_bar(EM), *(_bar(20 + 7 * number) for number in range(len(characters)))]
    tables = {
        b"cmap": _cmap(characters),
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, EM, 0, 0, 0, 0, EM, EM, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, EM, -200, 0, EM, *[0] * 11, len(glyphs)),
        b"hmtx": struct.pack(">Hh", EM, 0) * len(glyphs),
        b"loca": struct.pack(f">{len(glyphs) + 1}I", *(len(glyphs[0]) * n for n in range(len(glyphs) + 1))),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, len(glyphs), 4, 1, 0, 0, 1, *[0] * 8),
    }
    directory, bodies, at = [], [], 12 + 16 * len(tables)
    for tag, body in sorted(tables.items()):
        directory.append(struct.pack(">4sIII", tag, 0, at, len(body)))
        bodies.append(body + bytes(-len(body) % 4))
        at += len(bodies[-1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 48) + b"".join(directory) + b"".join(bodies)
    )
    return path


def _bar(height):
    """Return a glyph of one rectangle; all are equally long."""
    corners = [(100, 0), (100, height), (900, height), (900, 0)]
    steps = [(x - a, y - b) for (a, b), (x, y) in zip([(0, 0), *corners], corners, strict=False)]
    across, up = zip(*steps, strict=True)
    return struct.pack(">hhhhhHH4B4h4h", 1, 100, 0, 900, height, 3, 0, *[1] * 4, *across, *up) + bytes(2)


def _cmap(characters):
    """Map each character to its glyph (format 12)."""
    glyph_of = {ord(character): glyph for glyph, character in enumerate(characters, 1)}
    groups = [struct.pack(">III", code, code, glyph) for code, glyph in sorted(glyph_of.items())]
    table = struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups)) + b"".join(groups)
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table
