"""How large a picture becomes, and what makes it so."""

from collections.abc import Sequence
from typing import Final

from bot.core.errors import BadRequest
from bot.core.generation import MAX_PIXELS, SIDE_STEP, Size

SCALE_MOST: Final = 4.0
_FOR_DRAWINGS: Final = "anime"


def enlarged(size: Size, scale: float) -> Size:
    """Return the size so many times as wide and high; raise BadRequest for what would be too large."""
    larger = Size(width=_grown(size.width, scale), height=_grown(size.height, scale))
    if larger.pixels > MAX_PIXELS:
        raise BadRequest(
            f"The picture has {size}; {scale:g} times that is {larger.pixels / 1e6:.1f} megapixels, "
            f"and the most is {MAX_PIXELS / 1e6:.1f}.",
            hint="Choose a smaller `scale`, or a smaller picture.",
        )
    return larger


def shrunk(size: Size, scale: float) -> Size:
    """Return the size that was enlarged so many times, or the nearest to it that can be drawn."""
    return Size(width=round(size.width / scale), height=round(size.height / scale)).nearest()


def _grown(side: int, scale: float) -> int:
    return max(round(side * scale / SIDE_STEP), 1) * SIDE_STEP


def preferred_upscaler(known: Sequence[str]) -> str | None:
    """Return the upscale model to use where nobody named one: one made for drawings before any other."""
    return next((name for name in known if _FOR_DRAWINGS in name.casefold()), next(iter(known), None))
