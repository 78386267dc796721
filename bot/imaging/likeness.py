"""How much a picture is like others, by its colours and by where its lines go; advisory.

Colour: how much two histograms in CIELAB overlap, on a fine, a middle and a coarse grid, so that a colour
that is a shade off still counts for something. Structure: how much the lines overlap, told apart by eight
directions in each cell of a 4 × 4 grid, weighed by how strong they are. Both overlaps are worked out in whole
numbers, so that the same picture is exactly 1 and the order of the references changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, fsum, pi
from typing import TypeAlias

from PIL import Image, ImageCms

from bot.core.likeness import Likeness
from bot.imaging.decoding import decoded, plain
from bot.imaging.shrinking import resized

Histogram: TypeAlias = Counter[tuple[int, int, int]]

_SIDE = 64
_GRIDS = (12, 24, 48)
"""The widths of a cell in 8-bit CIELAB."""
_CELLS = 4
_DIRECTIONS = 8
_FAINTEST_LINE = 6
"""Of 255: weaker steps are the encoder's noise."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.core.createProfile("sRGB"))
_LAB = ImageCms.ImageCmsProfile(ImageCms.core.createProfile("LAB"))
_TO_LAB = ImageCms.buildTransform(_SRGB, _LAB, "RGB", "LAB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What of a picture is compared: a histogram of colours per grid, and one of lines."""

    colours: tuple[Histogram, ...]
    lines: Histogram


def likeness(content: bytes, references: Sequence[bytes]) -> Likeness | None:
    """Return None if there are no references; raise Undecodable for what is no picture."""
    return likeness_of(profile(content), [profile(reference) for reference in references])


def profile(content: bytes) -> Profile:
    return profile_of(plain(decoded(content), alpha=False))


def profile_of(image: Image.Image) -> Profile:
    return profile_at(glance_of(image))


def glance_of(image: Image.Image) -> Image.Image:
    """Look at a plain RGB picture from so far away that only its composition is seen."""
    return resized(image, (_SIDE, _SIDE), Image.Resampling.BOX)


def profile_at(small: Image.Image) -> Profile:
    """Return the profile of what was seen at a glance."""
    lab = ImageCms.applyTransform(small, _TO_LAB) or small
    samples = lab.tobytes()
    colours = list(zip(samples[::3], samples[1::3], samples[2::3], strict=True))
    return Profile(
        colours=tuple(_histogram(colours, width) for width in _GRIDS),
        lines=_lines(small.convert("L").tobytes()),
    )


def likeness_of(seen: Profile, references: Sequence[Profile]) -> Likeness | None:
    if not references:
        return None
    ranked = sorted((_compared(seen, reference) for reference in references), reverse=True)
    score, colour, structure = ranked[0]
    return Likeness(
        score=score,
        colour=colour,
        structure=structure,
        mean=fsum(each for each, _, _ in ranked) / len(ranked),
        references=len(ranked),
    )


def _compared(a: Profile, b: Profile) -> tuple[float, float, float]:
    """Return score, colour and structure."""
    grids = [_overlap(*pair) for pair in zip(a.colours, b.colours, strict=True)]
    colour, structure = fsum(grids) / len(grids), _overlap(a.lines, b.lines)
    return (colour + structure) / 2, colour, structure


def _overlap(a: Histogram, b: Histogram) -> float:
    """Return the share that two histograms have in common; of two empty ones everything."""
    all_a, all_b = a.total(), b.total()
    if not all_a or not all_b:
        return float(all_a == all_b)
    common = sum(min(a[place] * all_b, b[place] * all_a) for place in a.keys() & b.keys())
    return common / (all_a * all_b)


def _histogram(colours: Sequence[tuple[int, int, int]], width: int) -> Histogram:
    return Counter((lightness // width, a // width, b // width) for lightness, a, b in colours)


def _lines(greys: bytes) -> Histogram:
    found: Histogram = Counter()
    for place, strength in _gradients(greys):
        found[place] += strength
    return found


def _gradients(greys: bytes) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Yield column, row and direction of each line that is seen, with its strength."""
    for y in range(1, _SIDE - 1):
        for x in range(1, _SIDE - 1):
            here = y * _SIDE + x
            across, down = greys[here + 1] - greys[here - 1], greys[here + _SIDE] - greys[here - _SIDE]
            strength = abs(across) + abs(down)
            if strength >= _FAINTEST_LINE:
                direction = int(atan2(down, across) % pi / pi * _DIRECTIONS) % _DIRECTIONS
                yield (x * _CELLS // _SIDE, y * _CELLS // _SIDE, direction), strength
