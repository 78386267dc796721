"""From bytes that came from outside to pixels, within limits, or to one error."""

import warnings
from io import BytesIO

from PIL import ExifTags, Image, ImageCms
from PIL.Image import ImagePointTransform

from bot.core.errors import StudioError
from bot.core.generation import Size

FORMATS = ("PNG", "JPEG", "WEBP")
"""Every other decoder stays shut: each is a way in for a file that was made to do harm."""

warnings.simplefilter("error", Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # odd EXIF: not ours to complain of

_SRGB = ImageCms.ImageCmsProfile(ImageCms.core.createProfile("sRGB"))


class Undecodable(StudioError):
    """The bytes are no picture of an allowed format; becomes what the caller's port promises."""


def size_in_header(content: bytes) -> Size:
    """Read the size from the header, before a single pixel is decoded."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return Size(width=image.width, height=image.height)
    except Exception as error:  # damaged bytes make Pillow raise anything, AssertionError included
        raise Undecodable("It is no PNG, JPEG or WebP picture.") from error


def decoded(content: bytes) -> Image.Image:
    """Decode every pixel."""
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
        image.load()
    except Exception as error:  # damaged bytes make Pillow raise anything, AssertionError included
        raise Undecodable("It is damaged: not all of it can be read.") from error
    if image.mode == "P" and image.palette is None:
        raise Undecodable("It is damaged: its colours are missing.")
    return image


def media_type_of(image: Image.Image) -> str:
    """Return the type of the file that it was decoded from."""
    return Image.MIME[image.format or ""]


def frames_of(image: Image.Image) -> int:
    return getattr(image, "n_frames", 1)


def upright(image: Image.Image) -> Image.Image:
    """Turn it as its EXIF says; EXIF that makes no sense says nothing."""
    turn = _TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF's number. Pillow's own `exif_transpose` also rewrites the EXIF, and trips over odd values in it."""


def _orientation(image: Image.Image) -> object:
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except (OSError, SyntaxError, ValueError):
        return None


def plain(image: Image.Image, *, alpha: bool) -> Image.Image:
    """Return it as 8-bit sRGB without metadata; transparency is kept if `alpha`, laid on white otherwise."""
    transparent = image.has_transparency_data
    pixels = _in_srgb(_in_eight_bits(image)).convert("RGBA" if transparent else "RGB")
    if transparent and not alpha:
        pixels = Image.alpha_composite(Image.new("RGBA", pixels.size, "white"), pixels).convert("RGB")
    pixels.info.clear()
    return pixels


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit greys: Pillow's own conversion cuts everything above 255 off."""
    if not image.mode.startswith("I"):
        return image
    wide = image.convert("I")
    narrow = wide.point(_by_256)  # pyright: ignore[reportUnknownMemberType] its types name numpy, which is optional
    return narrow.convert("L")


def _by_256(value: ImagePointTransform) -> ImagePointTransform:
    return value * (1 / 256)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Apply an embedded colour profile, as it is about to be dropped; one that cannot be read is ignored."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return image
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        return ImageCms.profileToProfile(image, BytesIO(profile), _SRGB, outputMode=target) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
