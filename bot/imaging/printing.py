"""A finished sheet as a file below a limit."""

from collections.abc import Callable, Iterator
from io import BytesIO
from types import MappingProxyType
from typing import Final

from PIL import Image

from bot.core.errors import DeliveryError
from bot.imaging.shrinking import resized, size_of
from bot.ports.darkroom import Sheet, SheetFormat

_WEBP_STEPS: Final = (
    (88, 1.0), (80, 1.0), (70, 1.0), (75, 0.75), (70, 0.55), (65, 0.4), (60, 0.28), (50, 0.15), (40, 0.05),
)  # fmt: skip
"""Quality and scale, tried in this order until the file is small enough."""
_PNG_SCALES: Final = (1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.1, 0.05)


def printed(image: Image.Image, *, limit: int, form: SheetFormat, missing: tuple[str, ...] = ()) -> Sheet:
    """Return the best file below the limit; raise DeliveryError if none is."""
    for content, size in _FORMS[form](image):
        if len(content) <= limit:
            return Sheet(content=content, size=size_of(size), media_type=form.value, missing=missing)
    raise DeliveryError(
        f"The sheet cannot be made smaller than {limit} bytes.", hint="Choose fewer pictures."
    )


def _webp(image: Image.Image) -> Iterator[tuple[bytes, Image.Image]]:
    for quality, scale in _WEBP_STEPS:
        shown = _scaled(image, scale)
        buffer = BytesIO()
        shown.save(buffer, "WEBP", quality=quality, method=2)
        yield buffer.getvalue(), shown


def _png(image: Image.Image) -> Iterator[tuple[bytes, Image.Image]]:
    for scale in _PNG_SCALES:
        shown = _scaled(image, scale)
        buffer = BytesIO()
        shown.save(buffer, "PNG", compress_level=4)
        yield buffer.getvalue(), shown


_FORMS: Final[MappingProxyType[SheetFormat, Callable[[Image.Image], Iterator[tuple[bytes, Image.Image]]]]] = (
    MappingProxyType({SheetFormat.WEBP: _webp, SheetFormat.PNG: _png})
)


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    if scale == 1.0:
        return image
    return resized(image, (max(int(image.width * scale), 1), max(int(image.height * scale), 1)))
