"""The texts inside the EXIF of a JPEG or WebP: A1111's comment, and what ComfyUI writes beside it."""

from collections.abc import Iterator
from io import BytesIO

from PIL import ExifTags, Image

from bot.imaging.decoding import FORMATS, Undecodable
from bot.imaging.png_text import Texts

MOST_FILE = 128 * 1024 * 1024
"""Bytes; EXIF is never packed, so that what is read of it is smaller than the file."""

_CHARSET_BYTES = 8
_COMFYUI = ("prompt", "workflow")


def texts_of(content: bytes) -> Texts:
    """Read `parameters`, `prompt` and `workflow`; what cannot be read is remarked on, never raised."""
    try:
        exif = _exif(content)
        comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
        return Texts(by_keyword={**dict(_comfyui(exif)), **_parameters(comment)})
    except Undecodable as damage:
        return Texts(by_keyword={}, remarks=(damage.message,))
    except Exception:  # noqa: BLE001 damaged EXIF makes Pillow raise anything; it says nothing then
        return Texts(by_keyword={}, remarks=("Its EXIF is damaged.",))


def _exif(content: bytes) -> Image.Exif:
    if len(content) > MOST_FILE:
        raise Undecodable(f"It has more than {MOST_FILE // 1024**2} MiB: its EXIF was not read.")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return image.getexif()
    except Exception as error:  # damaged bytes make Pillow raise anything, AssertionError included
        raise Undecodable("It is no PNG, JPEG or WebP picture.") from error


def _comfyui(exif: Image.Exif) -> Iterator[tuple[str, str]]:
    """Find `prompt:{…}` and `workflow:{…}`: ComfyUI has put them into one tag and another over the years."""
    for value in exif.values():
        if isinstance(value, str):
            keyword, separator, text = value.partition(":")
            if separator and keyword.lower() in _COMFYUI:
                yield keyword.lower(), text


def _parameters(comment: object) -> dict[str, str]:
    text = _decoded(comment) if isinstance(comment, bytes) else comment
    return {"parameters": text} if isinstance(text, str) and text.strip() else {}


def _decoded(comment: bytes) -> str:
    charset, text = comment[:_CHARSET_BYTES], comment[_CHARSET_BYTES:]
    if charset.startswith(b"UNICODE"):
        return text.decode(_utf_16(text), "replace").rstrip("\0")
    if charset.startswith(b"ASCII") or charset == bytes(_CHARSET_BYTES):
        return text.decode("utf-8", "replace").rstrip("\0")
    return comment.decode("utf-8", "replace").rstrip("\0")


def _utf_16(text: bytes) -> str:
    """Tell the byte order, which the standard leaves open, by where the zeros of the Latin letters stand."""
    return "utf-16-be" if text[::2].count(0) >= text[1::2].count(0) else "utf-16-le"
