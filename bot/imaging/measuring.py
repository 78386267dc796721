"""How sharp, contrasty and well exposed a picture is, in numbers that nothing rounds."""

from collections.abc import Sequence
from math import sqrt
from operator import mul

from PIL import Image, ImageChops

from bot.core.generation import Size
from bot.core.quality import DEFAULT_THRESHOLDS, Measures, Thresholds
from bot.imaging.decoding import decoded, plain

SHARPNESS_SIDE = 512
"""Sharpness depends on the size at which one looks: every picture is looked at from the same distance."""
LEAST_SIDE = 32

_LEVELS = 255
_ALL_LEVELS = range(_LEVELS + 1)
_SQUARES = tuple(level * level for level in _ALL_LEVELS)
_LUMA = (0.299, 0.587, 0.114)
"""The weights of red, green and blue in Pillow's greys (ITU-R 601)."""


def measured(
    content: bytes, *, asked: Size | None = None, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> Measures:
    """Raise Undecodable for what is no picture."""
    return measures_of(plain(decoded(content), alpha=False), asked=asked, thresholds=thresholds)


def measures_of(
    image: Image.Image,
    *,
    grey: Image.Image | None = None,
    asked: Size | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Measures:
    """Measure a plain RGB picture, whose greys may be at hand already."""
    bands = _by_band(image)
    grey = grey or image.convert("L")
    greys = grey.histogram()
    pixels = image.width * image.height
    return Measures(
        size=Size(width=image.width, height=image.height),
        span=max(map(_span, bands)),
        exposure=sum(w * _total(band) for w, band in zip(_LUMA, bands, strict=True)) / (_LEVELS * pixels),
        contrast=_deviation(greys) / _LEVELS,
        shadows=sum(greys[: thresholds.shadow_level + 1]) / pixels,
        highlights=sum(greys[thresholds.highlight_level :]) / pixels,
        blackness=sum(greys[: thresholds.black_level + 1]) / pixels,
        sharpness=_sharpness(grey),
        aspect=None if asked is None else _aspect_error(image, asked),
        thresholds=thresholds,
    )


def span_of(image: Image.Image) -> int:
    """Return how far apart the darkest and the lightest value of any colour are."""
    return max(map(_span, _by_band(image)))


def _by_band(image: Image.Image) -> list[Sequence[int]]:
    """Count the levels of all bands in one go; taking the bands apart first would copy each."""
    counted, size = image.histogram(), len(_ALL_LEVELS)
    return [counted[start : start + size] for start in range(0, len(counted), size)]


def _span(histogram: Sequence[int]) -> int:
    used = [level for level, pixels in enumerate(histogram) if pixels]
    return used[-1] - used[0]


def _total(histogram: Sequence[int]) -> int:
    return sum(map(mul, _ALL_LEVELS, histogram))


def _energy(histogram: Sequence[int]) -> int:
    return sum(map(mul, _SQUARES, histogram))


def _deviation(histogram: Sequence[int]) -> float:
    pixels = sum(histogram)
    return sqrt(_energy(histogram) * pixels - _total(histogram) ** 2) / pixels


def _sharpness(grey: Image.Image) -> float | None:
    if min(grey.size) < LEAST_SIDE:
        return None
    seen = grey.copy()
    seen.thumbnail((SHARPNESS_SIDE, SHARPNESS_SIDE), Image.Resampling.BOX)
    if min(seen.size) <= 1:
        return None
    across = _steps(seen, 1, 0)
    down = _steps(seen, 0, 1)
    return sqrt(_energy(across) / sum(across) + _energy(down) / sum(down)) / _LEVELS


def _steps(grey: Image.Image, x: int, y: int) -> list[int]:
    """Count how large the steps are from each pixel to its neighbour at (x, y)."""
    width, height = grey.size
    here, there = grey.crop((0, 0, width - x, height - y)), grey.crop((x, y, width, height))
    return ImageChops.difference(here, there).histogram()


def _aspect_error(image: Image.Image, asked: Size) -> float:
    """Tell the error the same way for too wide and too high."""
    got, wanted = image.width * asked.height, image.height * asked.width
    return max(got, wanted) / min(got, wanted) - 1
