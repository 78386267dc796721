"""Words on a sheet: measured, cut with an ellipsis, and never a failure, in whatever typefaces are at hand.

Pillow's own typeface has the Latin letters without accents only. A text is written in the first typeface
that has all of it, or else in the one that leaves out the least. What that one has no glyph for is written in
its plain form (é → e, Ａ → A); where there is none, as with kanji and no Japanese typeface, a run of it
becomes an ellipsis: it is left out, and is seen to be.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from PIL import Image, ImageDraw, ImageFont

Typefaces: TypeAlias = tuple[Path | None, ...]
"""Files in the order in which they are tried; None is Pillow's own typeface."""

PILLOWS_OWN: Final[Typefaces] = (None,)
ELLIPSIS: Final = "…"
_UNKNOWN = "\uffff"
"""No typeface has a glyph for it: what looks like it is missing too."""
_LONGEST = 2_000
"""Characters that are looked at: no line on a sheet is longer."""

_PLAIN: Final = MappingProxyType({
    "×": "x", "–": "-", "—": "-", "−": "-", "→": ">", "←": "<", "≤": "<=", "≥": ">=", "ß": "ss", "ø": "o",
    "æ": "ae", "œ": "oe", "ł": "l", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "·": "-", "•": "-",
})  # fmt: skip

_IDEOGRAPHIC = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CLOSING = "、。，．・：；！？」』】）〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_PIECES: Final = re.compile(f"[{_IDEOGRAPHIC}][{_CLOSING}]* ?|[^ {_IDEOGRAPHIC}]+ ?| ")
"""Where a line may break: after spaces, and around kanji and kana, but not before what closes."""


class Lettering:
    """One size of type. Not to be used by two threads at once: nor are the fonts below it."""

    def __init__(self, size: float, typefaces: Typefaces = PILLOWS_OWN) -> None:
        self.line = round(size * 1.35)
        """How far apart two lines are."""
        self._size = size
        self._typefaces = typefaces
        self._opened = cache(self._open)
        self._best = lru_cache(maxsize=512)(self._best_for)

    def font(self, text: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """Return what this very text is measured and drawn with."""
        return self._best(frozenset(text)).font

    def width(self, text: str) -> float:
        return self.font(text).getlength(text)

    def cut(self, text: str, width: float) -> str:
        """Return as much of the text as fits on one line, with … where something is left out."""
        return self._cut(self.drawable(text), width)

    def wrapped(self, text: str, width: float, *, most: int) -> list[str]:
        """Break the text into at most so many lines, the last one cut."""
        lines: list[str] = []
        pieces = _PIECES.findall(self.drawable(text))
        while pieces and len(lines) < most - 1:
            taken = self._taken(pieces, width)
            lines.append(self._cut(_joined(pieces[:taken]), width))
            pieces = pieces[taken:]
        return [*lines, self._cut(_joined(pieces), width)] if pieces else lines

    def drawable(self, text: str) -> str:
        """Return one line of what can be shown of the text."""
        plain = unicodedata.normalize("NFC", " ".join(text[:_LONGEST].split()))
        typeface = self._best(frozenset(plain))
        shown = "".join(map(typeface.shown, plain))
        runs = groupby(shown, key=_UNKNOWN.__eq__)
        return "".join(ELLIPSIS if unknown else "".join(run) for unknown, run in runs)

    def _best_for(self, characters: frozenset[str]) -> "_Typeface":
        """Return the first that loses nothing, else the one that loses least; others are not even opened."""
        losses: list[tuple[tuple[int, int], int]] = []
        for number in range(len(self._typefaces)):
            loss = self._opened(number).loss(characters)
            if loss == (0, 0):
                return self._opened(number)
            losses.append((loss, number))
        return self._opened(min(losses)[1])

    def _open(self, number: int) -> "_Typeface":
        return _Typeface(self._size, self._typefaces[number])

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

    def _taken(self, pieces: list[str], width: float) -> int:
        """Count the pieces that fit on one line; one at least."""
        taken = 1
        while taken < len(pieces) and self.width(_joined(pieces[: taken + 1])) <= width:
            taken += 1
        return taken


class _Typeface:
    """A font file at one size, and what it has glyphs for."""

    def __init__(self, size: float, file: Path | None) -> None:
        self.font = ImageFont.load_default(size) if file is None else ImageFont.truetype(file, size)
        self._side = round(size * 2)
        self._unknown = self._shape(_UNKNOWN)
        self._has_glyph = cache(self._look_for_glyph)
        self.shown = cache(self._shown)

    def loss(self, characters: frozenset[str]) -> tuple[int, int]:
        """Return how many it cannot show at all, and how many only in another form."""
        shown = [(character, self.shown(character)) for character in characters]
        lost = sum(form == _UNKNOWN for _, form in shown)
        return lost, sum(form not in (character, "") for character, form in shown) - lost

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
        shape = Image.new("L", (self._side, self._side))
        ImageDraw.Draw(shape).text((0, 0), character, font=self.font, fill=255)
        return shape.tobytes()


def has_all(file: Path, text: str) -> bool:
    """Tell whether the file is a font with every one of these characters."""
    try:
        return _Typeface(16, file).loss(frozenset(text)) == (0, 0)
    except OSError:
        return False


def _joined(pieces: list[str]) -> str:
    return "".join(pieces).rstrip()


def _forms(character: str) -> Iterator[str]:
    """Yield the character, then what may stand for it."""
    yield character
    if character in _PLAIN:
        yield _PLAIN[character]
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    if bare:
        yield bare
