"""What the studio does to pictures, with Pillow and off the event loop."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from io import BytesIO
from typing import TypeVar

from PIL import Image

from bot.core.errors import BadRequest, DeliveryError, NoOutput
from bot.core.generation import MAX_PIXELS, Size
from bot.imaging.budget import PixelBudget
from bot.imaging.decoding import (
    Undecodable,
    decoded,
    frames_of,
    media_type_of,
    plain,
    size_in_header,
    upright,
)
from bot.imaging.measuring import span_of
from bot.ports.pictures import Picture

T = TypeVar("T")

MEGA = 1_000_000
MOST_PIXELS = 80 * MEGA
"""The largest picture that is decoded at all: four times the area of the largest drawing fits."""
MOST_IN_MEMORY = 80 * MEGA

REFERENCE_BYTES = 20 * 1024 * 1024
REFERENCE_PIXELS = 40 * MEGA

PREVIEW_SIDE = 512
PREVIEW_QUALITY = 80

BLANK_SPAN = 4
"""Of 255: a VAE that yields NaN paints pure black, and lossy formats blur that by a shade or two."""

_WEBP_METHOD = 0
"""Of 6: 2 takes 1.4 times as long, for 9 % fewer bytes and no better a picture; it would be waited for."""
_WEBP_SIDE = 16_383
"""The longest side that the format can hold."""
_POST_STEPS = ((90, 1.0), (80, 1.0), (70, 1.0), (80, 0.7), (75, 0.5), (70, 0.35), (60, 0.25), (50, 0.1))
"""WebP quality and scale, tried in this order until the file is small enough."""


class PillowPictures:
    """The port `Pictures`. The pool's owner closes it; two threads keep two cores busy.

    `budget`: shared with whatever else decodes pictures, so that together they stay within the memory.
    """

    def __init__(self, pool: Executor, *, budget: PixelBudget | None = None) -> None:
        self._budget = budget or PixelBudget(pool, pixels=MOST_IN_MEMORY)

    async def for_post(self, picture: Picture, *, limit: int) -> Picture:
        return await self._budget.run(partial(_for_post, picture, limit), pixels=picture.size.pixels)

    async def reference(self, content: bytes) -> Picture:
        if len(content) > REFERENCE_BYTES:
            raise BadRequest(
                f"The reference has {len(content) / 1024**2:.1f} MiB; the most is "
                f"{REFERENCE_BYTES // 1024**2} MiB.",
                hint="Save it smaller, or as a JPEG.",
            )
        try:
            return await self._work(partial(_reference, content), content, most=REFERENCE_PIXELS)
        except Undecodable as error:
            raise BadRequest(
                f"The reference cannot be used. {error.message}",
                hint="Attach a PNG, JPEG or WebP of at most 20 MiB and 40 megapixels.",
            ) from error

    async def preview(self, content: bytes) -> bytes:
        try:
            return await self._work(partial(_preview, content), content)
        except Undecodable as error:
            raise NoOutput("ComfyUI sent a preview that is no picture.", hint=error.message) from error

    async def _work(self, work: Callable[[], T], content: bytes, *, most: int = MOST_PIXELS) -> T:
        """Look at the header first: what is too large is never decoded, the rest is weighed by it."""
        size = await self._budget.run(partial(size_in_header, content), pixels=0)
        _check_pixels(size, most)
        return await self._budget.run(work, pixels=size.pixels)


def no_output(error: Undecodable) -> NoOutput:
    return NoOutput("ComfyUI delivered a file that is no picture.", hint=f"{error.message} Draw it again.")


def _check_pixels(size: Size, most: int) -> None:
    if size.pixels > most:
        raise Undecodable(
            f"It has {size.pixels / MEGA:.1f} megapixels ({size}); the most is {most // MEGA} megapixels."
        )


def proven(content: bytes, image: Image.Image) -> Picture:
    """Return the picture that these bytes were decoded to be."""
    media_type = media_type_of(image)
    return Picture(content=content, size=_size_of(image), media_type=media_type, blank=_is_blank(image))


def _is_blank(image: Image.Image) -> bool:
    """Tell whether no band of the picture, once it is plain RGB, spans more than BLANK_SPAN."""
    return span_of(plain(image, alpha=False)) <= BLANK_SPAN


def _reference(content: bytes) -> Picture:
    image = decoded(content)
    if frames_of(image) > 1:
        raise BadRequest("The reference is animated.", hint="Attach a still picture.")
    return _png(_at_most(plain(upright(image), alpha=False), MAX_PIXELS))


def _png(image: Image.Image) -> Picture:
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return Picture(content=buffer.getvalue(), size=_size_of(image), media_type="image/png")


def _for_post(picture: Picture, limit: int) -> Picture:
    image = plain(decoded(picture.content), alpha=True)
    for candidate in _ever_smaller(image):
        if len(candidate.content) <= limit:
            return candidate
    raise DeliveryError(
        f"The picture cannot be made smaller than {limit} bytes.", hint="The original is in the library."
    )


def post_of(image: Image.Image) -> Picture:
    """Return a plain picture as it is posted where there is room."""
    return next(_ever_smaller(image))


def _ever_smaller(image: Image.Image) -> Iterator[Picture]:
    fitting = min(1.0, _WEBP_SIDE / max(image.size))
    for quality, scale in _POST_STEPS:
        yield _webp(_scaled(image, scale * fitting), quality)


def _webp(image: Image.Image, quality: int) -> Picture:
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=_WEBP_METHOD)
    return Picture(content=buffer.getvalue(), size=_size_of(image), media_type="image/webp")


def _preview(content: bytes) -> bytes:
    image = plain(decoded(content), alpha=False)
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=PREVIEW_QUALITY)
    return buffer.getvalue()


def _at_most(image: Image.Image, pixels: int) -> Image.Image:
    """Shrink what is larger than anything that can be drawn from it."""
    return _scaled(image, min(1.0, (pixels / _size_of(image).pixels) ** 0.5))


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    if factor >= 1.0:
        return image
    width, height = (max(int(side * factor), 1) for side in image.size)
    return image.resize(  # pyright: ignore[reportUnknownMemberType] its types name numpy, which is optional
        (width, height), Image.Resampling.LANCZOS
    )


def _size_of(image: Image.Image) -> Size:
    return Size(width=image.width, height=image.height)
