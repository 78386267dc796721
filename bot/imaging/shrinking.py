"""The same picture, smaller."""

from io import BytesIO

from PIL import Image

from bot.core.generation import Size
from bot.imaging.decoding import decoded, plain

THUMBNAIL_SIDE = 512
_QUALITY = 78
_METHOD = 0
"""Of 6: 2 takes 1.6 times as long, for 18 % fewer bytes of some 20 kB and no better a picture."""


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

    Whole pixels are averaged first, as far as they go: Lanczos on everything takes 3 to 10 times as long, and
    once it is stored as a thumbnail, what it makes of a drawing is nearer to the original by 1 dB of 36.
    """
    small = image.copy()
    small.thumbnail(box, Image.Resampling.BICUBIC, reducing_gap=1.0)
    return small


def size_of(image: Image.Image) -> Size:
    return Size(width=image.width, height=image.height)
