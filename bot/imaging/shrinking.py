"""The same picture, smaller."""

from io import BytesIO

from PIL import Image

from bot.core.generation import Size
from bot.imaging.decoding import decoded, plain

THUMBNAIL_SIDE = 512
_QUALITY = 78
_METHOD = 2
"""Of 6: the next one is 3 times as slow and saves 4 % of the bytes."""


def resized(
    image: Image.Image, size: tuple[int, int], resampling: Image.Resampling = Image.Resampling.LANCZOS
) -> Image.Image:
    return image.resize(size, resampling)  # pyright: ignore[reportUnknownMemberType] its types name numpy, which is optional


def thumbnail(content: bytes) -> bytes:
    """Raise Undecodable for what is no picture."""
    return thumbnail_of(plain(decoded(content), alpha=True))


def thumbnail_of(image: Image.Image, side: int = THUMBNAIL_SIDE) -> bytes:
    """Return a WebP whose longer side is at most `side`, without metadata."""
    small = fitting(image, (side, side))
    buffer = BytesIO()
    small.save(buffer, "WEBP", quality=_QUALITY, method=_METHOD)
    return buffer.getvalue()


def fitting(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Return it shrunk into the box with its proportions kept; what is smaller stays as it is.

    Lanczos takes 2.5 times as long, and what it makes of a grainy picture differs by half a level of 255.
    """
    small = image.copy()
    small.thumbnail(box, Image.Resampling.HAMMING, reducing_gap=2.0)
    return small


def size_of(image: Image.Image) -> Size:
    return Size(width=image.width, height=image.height)
