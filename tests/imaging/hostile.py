"""Pictures that were made to do harm, or that are not what they say."""

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, Base

from tests.builders import png


def encoded(image, kind, **options):
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def arrow(width=80, height=40):
    """Return a picture whose left half is red and right half blue, to see which way is up."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return image


def photo(orientation=6):
    """Return a JPEG as a telephone makes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "Telephone"
    exif.get_ifd(Base.GPSInfo)[GPS.GPSLatitude] = (35.0, 39.0, 31.0)
    return encoded(arrow(), "JPEG", quality=95, exif=exif)


def with_workflow(image):
    """Return a PNG as ComfyUI saves it: the whole graph inside."""
    text = PngImagePlugin.PngInfo()
    text.add_text("prompt", '{"3": {"class_type": "KSampler"}}')
    text.add_text("workflow", '{"nodes": []}')
    return encoded(image, "PNG", pnginfo=text)


def bomb(width=60_000, height=60_000):
    """Return a PNG of a few bytes that says it is huge."""
    return with_header(png(), width, height)


def with_header(content, width, height):
    body = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + body
    return content[:12] + chunk + struct.pack(">I", zlib.crc32(chunk)) + content[33:]


def text_bomb():
    """Return a PNG whose comment unpacks to far more than the picture."""
    comment = b"Comment\0\0" + zlib.compress(b"x" * 80_000_000)
    chunk = struct.pack(">I", len(comment)) + b"zTXt" + comment
    return png()[:33] + chunk + struct.pack(">I", zlib.crc32(chunk[4:])) + png()[33:]


def animated(kind):
    frames = [Image.new("RGB", (16, 16), shade) for shade in ("red", "green", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def without_palette():
    """Return a PNG of colour numbers that no longer says which colours."""
    content = encoded(arrow().convert("P"), "PNG")
    start = content.index(b"PLTE") - 4
    (length,) = struct.unpack(">I", content[start : start + 4])
    return content[:start] + content[start + 12 + length :]


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

NO_PICTURES = {
    "nothing": b"",
    "text": b"just words",
    "svg": SVG,
    "html after a png's signature": png()[:8] + b"<html>",
    "animated gif": animated("GIF"),
    "bitmap": encoded(arrow(), "BMP"),
    "tiff": encoded(arrow(), "TIFF"),
    "icon": encoded(arrow(), "ICO"),
    "truncated png": png()[:-20],
    "png cut in its header": png()[:20],
    "truncated jpeg": encoded(arrow(), "JPEG")[:300],
    "truncated webp": encoded(arrow(), "WEBP")[:60],
    "decompression bomb": bomb(),
    "medium bomb": bomb(10_000, 9_500),
    "text bomb": text_bomb(),
    "png without its palette": without_palette(),
    "damaged data": png()[:60] + b"\xff" * 8 + png()[68:],
}
