"""Whether two pictures are the same, pixel by pixel."""

from functools import reduce

from PIL import Image, ImageChops

from bot.core.likeness import Difference
from bot.imaging.decoding import decoded, plain
from bot.imaging.shrinking import size_of


def difference(a: bytes, b: bytes) -> Difference:
    """Compare the samples as they are stored, transparency included; raise Undecodable for no picture."""
    return difference_of(decoded(a), decoded(b))


def difference_of(a: Image.Image, b: Image.Image) -> Difference:
    sizes = (size_of(a), size_of(b))
    if a.size != b.size:
        return Difference(sizes=sizes, pixels=None, most=None)
    bands = ImageChops.difference(_samples(a), _samples(b)).split()
    levels = reduce(ImageChops.lighter, bands).histogram()
    most = max(level for level, pixels in enumerate(levels) if pixels)
    return Difference(sizes=sizes, pixels=sum(levels[1:]), most=most)


def _samples(image: Image.Image) -> Image.Image:
    """Colour profiles are left out of account: two files of one drawing have the same, or none."""
    narrow = plain(image, alpha=True) if image.mode.startswith(("I", "F")) else image
    return narrow.convert("RGBA")
