"""A dark board on which pictures are laid out: colours, mats, words and lines that all sheets share."""

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from PIL import Image, ImageChops, ImageDraw

from bot.core.errors import BadRequest
from bot.imaging.lettering import Lettering, Typefaces
from bot.imaging.shrinking import fitting, resized
from bot.ports.darkroom import Tone

MOST_PIXELS: Final = 20_000_000
"""The largest sheet: 60 MB while it is made, however many pictures are on it."""
LONGEST_SIDE: Final = 16_000
"""WebP ends at 16,383."""

GROUND: Final = "#222327"
MAT: Final = "#292b30"
EDGE: Final = "#3a3c43"
WIRE: Final = "#565a66"
STRONG: Final = "#f4f5f7"
SOFT: Final = "#a9adb8"
FAINT: Final = "#7d828e"

_TONES: Final = MappingProxyType(
    {
        Tone.PLAIN: EDGE,
        Tone.CHOSEN: "#7983f5",
        Tone.GOOD: "#3fa873",
        Tone.BAD: "#d5595c",
    }
)
_RING: Final = 3
_SLACK: Final = 3
"""Pixels by which a picture may miss its box before that shows."""
_SMOOTH: Final = 4
"""Shapes are drawn so many times as large and shrunk, as Pillow draws hard edges."""

Box: TypeAlias = tuple[int, int, int, int]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterings:
    """The sizes of type on one sheet."""

    title: Lettering
    caption: Lettering
    detail: Lettering

    @classmethod
    def sized(cls, caption: float, *, title: float, typefaces: Typefaces) -> "Letterings":
        return cls(
            title=Lettering(title, typefaces),
            caption=Lettering(caption, typefaces),
            detail=Lettering(max(caption * 0.88, 9), typefaces),
        )


class Board:
    """A canvas with the sheets' own way of drawing; nothing else is ever drawn on it."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), GROUND)
        self._draw = ImageDraw.Draw(self.image)

    def words(self, at: Point, text: str, lettering: Lettering, colour: str, anchor: str = "la") -> None:
        self._draw.text(at, text, font=lettering.font(text), fill=colour, anchor=anchor)

    def rule(self, left: int, right: int, y: int) -> None:
        self._draw.line((left, y, right, y), fill=EDGE, width=1)

    def mount(self, box: Box, picture: Image.Image, tone: Tone) -> None:
        """Lay the picture into the middle of the box, shrunk to fit, with soft corners and an edge.

        One of another shape lies on a mat, so that the box is seen all the same.
        """
        room = (box[2] - box[0], box[3] - box[1])
        shown = fitting(picture, room)
        if max(room[0] - shown.width, room[1] - shown.height) > _SLACK:
            self._edge(box, Tone.PLAIN)
            self.image.paste(MAT, box[:2], _rounded(room, _radius(room)))
        left = box[0] + (box[2] - box[0] - shown.width) // 2
        top = box[1] + (box[3] - box[1] - shown.height) // 2
        self._edge((left, top, left + shown.width, top + shown.height), tone)
        mask = _rounded(shown.size, _radius(shown.size))
        if shown.mode == "RGBA":
            self.image.paste(MAT, (left, top), mask)
            mask = ImageChops.multiply(mask, shown.getchannel("A"))
        self.image.paste(shown.convert("RGB"), (left, top), mask)

    def vacant(self, box: Box, reason: str, lettering: Lettering) -> None:
        """Leave an empty mat where a picture should be, and say why."""
        width, height = box[2] - box[0], box[3] - box[1]
        self._edge(box, Tone.PLAIN)
        self.image.paste(MAT, box[:2], _rounded((width, height), _radius((width, height))))
        lines = lettering.wrapped(reason, width * 0.8, most=max(int(height * 0.8 / lettering.line), 1))
        top = (box[1] + box[3] - lettering.line * (len(lines) - 1)) / 2
        for number, line in enumerate(lines):
            middle = ((box[0] + box[2]) / 2, top + number * lettering.line)
            self.words(middle, line, lettering, FAINT, "mm")

    def wire(self, start: Point, end: Point, colour: str) -> None:
        """Lead a soft curve from the right of something to the left of something else."""
        left, top = int(min(start[0], end[0])), int(min(start[1], end[1])) - _RING
        size = (int(abs(end[0] - start[0])) + 1, int(abs(end[1] - start[1])) + 2 * _RING)
        mask = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH))
        points = [
            ((x - left) * _SMOOTH, (y - top) * _SMOOTH)
            for x, y in _bent(start, end, steps=max(24, size[1] // 8))
        ]
        ImageDraw.Draw(mask).line(points, fill=255, width=round(1.6 * _SMOOTH), joint="curve")
        self.image.paste(colour, (left, top), resized(mask, size, Image.Resampling.BOX))

    def pill(self, right: float, middle: float, text: str, lettering: Lettering) -> None:
        """Write a word on a wire: its right end and its middle are given."""
        width, height = int(lettering.width(text)) + 12, lettering.line + 2
        left, top = int(right) - width, int(middle - height / 2)
        self.image.paste(GROUND, (left, top), _rounded((width, height), height // 2))
        self.words((left + width / 2, top + height / 2), text, lettering, SOFT, "mm")

    def _edge(self, box: Box, tone: Tone) -> None:
        wide = 1 if tone is Tone.PLAIN else _RING
        left, top, right, bottom = box[0] - wide, box[1] - wide, box[2] + wide, box[3] + wide
        size = (right - left, bottom - top)
        radius = _radius((box[2] - box[0], box[3] - box[1])) + wide
        self.image.paste(_TONES[tone], (left, top), _rounded(size, radius))


def board_of(width: float, height: float) -> Board | None:
    """Return None if it would be larger than a sheet may be."""
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        return None
    return Board(round(width), round(height))


def too_many(count: int) -> BadRequest:
    return BadRequest(
        f"{count:,} pictures do not fit on one sheet.", hint="Choose fewer, or make several sheets."
    )


def _radius(size: tuple[int, int]) -> int:
    return max(3, min(10, min(size) // 16))


@lru_cache(maxsize=16)
def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """Return a mask with round corners; only they are drawn large, so that large ones cost no more."""
    mask = Image.new("L", size, 255)
    corner = Image.new("L", (radius * _SMOOTH, radius * _SMOOTH))
    ImageDraw.Draw(corner).ellipse((0, 0, 2 * radius * _SMOOTH - 1, 2 * radius * _SMOOTH - 1), fill=255)
    soft = resized(corner, (radius, radius), Image.Resampling.BOX)
    flipped, mirrored = soft.transpose(Image.Transpose.FLIP_TOP_BOTTOM), Image.Transpose.FLIP_LEFT_RIGHT
    right, bottom = size[0] - radius, size[1] - radius
    mask.paste(soft, (0, 0))
    mask.paste(soft.transpose(mirrored), (right, 0))
    mask.paste(flipped, (0, bottom))
    mask.paste(flipped.transpose(mirrored), (right, bottom))
    return mask


def _bent(start: Point, end: Point, *, steps: int) -> list[Point]:
    """Return points on the cubic curve that leaves and arrives level."""
    middle = (start[0] + end[0]) / 2
    return [
        _on_curve(start, (middle, start[1]), (middle, end[1]), end, step / steps) for step in range(steps + 1)
    ]


def _on_curve(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    s = 1 - t
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, (a, b, c, d), strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, (a, b, c, d), strict=True))
    return x, y
