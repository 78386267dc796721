"""Latent previews: what a sampler shows of its picture after each step."""

import io
from random import Random

from PIL import Image

from bot.sandbox.comfyui.shapes import resized
from bot.sandbox.comfyui.values import Latent, Sketch

_FIT = 512
_ROUGH = 256


def thumbnail(sketch: Sketch, latent: Latent) -> Image.Image:
    """Draw the picture in small, once per sampler: every preview of it is made from this."""
    width, height = _fitted(latent, _ROUGH)
    return sketch.drawn(width, height)


def preview(small: Image.Image, latent: Latent, value: int, steps: int) -> bytes:
    """Make a JPEG that fits 512 x 512: mostly noise after the first step, nearly sharp after the last."""
    done = value / steps
    width, height = small.size
    grain = max(1, round(12 * (1 - done)))
    coarse = resized(small, (max(4, width // grain), max(4, height // grain)), Image.Resampling.BOX)
    coarse = resized(coarse, small.size, Image.Resampling.BILINEAR)
    noisy = Image.blend(coarse, _noise(small.size, value), 0.75 * (1 - done) ** 1.5)
    file = io.BytesIO()
    resized(noisy, _fitted(latent, _FIT), Image.Resampling.BILINEAR).save(file, "JPEG", quality=90)
    return file.getvalue()


def _fitted(latent: Latent, side: int) -> tuple[int, int]:
    """Scale the size of the picture, also up, so that its longer side is `side`."""
    scale = side / max(latent.width, latent.height)
    return max(1, round(latent.width * scale)), max(1, round(latent.height * scale))


def _noise(size: tuple[int, int], value: int) -> Image.Image:
    cells = size[0] // 4 + 1, size[1] // 4 + 1
    noise = Image.frombytes("RGB", cells, Random(value).randbytes(cells[0] * cells[1] * 3))
    return resized(noise, size, Image.Resampling.BILINEAR)
