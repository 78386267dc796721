"""Words on a sheet, in Pillow's own typeface or another: measured, cut with an ellipsis, and never a failure.

Pillow's own typeface has the Latin letters without accents only. What a typeface has no glyph for is written
in its plain form (é → e, Ａ → A); where there is none, as with kanji, a run of it becomes an ellipsis: it is
left out, and is seen to be. With a font file that has them, everything is written.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageDraw, ImageFont

ELLIPSIS: Final = "…"
_UNKNOWN = "\uffff"
"""No typeface has a glyph for it: what looks like it is missing too."""
_LONGEST = 2_000
"""Characters that are looked at: no line on a sheet is longer."""

_PLAIN: Final = MappingProxyType({
    "×": "x", "–": "-", "—": "-", "−": "-", "→": ">", "←": "<", "≤": "<=", "≥": ">=", "ß": "ss", "ø": "o",
    "æ": "ae", "œ": "oe", "ł": "l", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "·": "-", "•": "-",
})  # fmt: skip


class Lettering:
    """One size of a typeface. Not to be used by two threads at once: nor is the font below it."""

    def __init__(self, size: float, *, file: Path | None = None) -> None:
        self.font = ImageFont.load_default(size) if file is None else ImageFont.truetype(file, size)
        self.line = round(size * 1.35)
        """How far apart two lines are."""
        self._unknown = self._shape(_UNKNOWN)
        self._has_glyph = cache(self._look_for_glyph)

    def width(self, text: str) -> float:
        return self.font.getlength(text)

    def cut(self, text: str, width: float) -> str:
        """Return as much of the text as fits on one line, with … where something is left out."""
        return self._cut(self.drawable(text), width)

    def wrapped(self, text: str, width: float, *, most: int) -> list[str]:
        """Break the text into at most so many lines, the last one cut."""
        lines: list[str] = []
        words = self.drawable(text).split()
        while words and len(lines) < most - 1:
            taken = self._taken(words, width)
            lines.append(self._cut(" ".join(words[:taken]), width))
            words = words[taken:]
        return [*lines, self._cut(" ".join(words), width)] if words else lines

    def drawable(self, text: str) -> str:
        """Return one line of what the typeface can show."""
        shown = "".join(self._shown(character) for character in " ".join(text[:_LONGEST].split()))
        runs = groupby(shown, key=_UNKNOWN.__eq__)
        return "".join(ELLIPSIS if unknown else "".join(run) for unknown, run in runs)

    def _cut(self, text: str, width: float) -> str:
        if self.width(text) <= width:
            return text
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self.width(text[:middle].rstrip(" ,") + ELLIPSIS) <= width:
                fits = middle
            else:
                too_long = middle
        return text[:fits].rstrip(" ," + ELLIPSIS) + ELLIPSIS

    def _taken(self, words: list[str], width: float) -> int:
        """Count the words that fit on one line; one at least."""
        taken = 1
        while taken < len(words) and self.width(" ".join(words[: taken + 1])) <= width:
            taken += 1
        return taken

    def _shown(self, character: str) -> str:
        if character == " ":
            return character
        if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
            return ""
        for form in _forms(character):
            if all(map(self._has_glyph, form)):
                return form
        return _UNKNOWN

    def _look_for_glyph(self, character: str) -> bool:
        if not character.isprintable():
            return False
        return self._shape(character) != self._unknown

    def _shape(self, character: str) -> bytes:
        side = round(self.line * 1.5)
        shape = Image.new("L", (side, side))
        ImageDraw.Draw(shape).text((0, 0), character, font=self.font, fill=255)
        return shape.tobytes()


def _forms(character: str) -> Iterator[str]:
    """Yield the character, then what may stand for it."""
    yield character
    if character in _PLAIN:
        yield _PLAIN[character]
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    if bare:
        yield bare
