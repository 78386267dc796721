"""What the sandbox draws: a small landscape for every recipe, the same one at any size."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageOps

from bot.sandbox.comfyui.shapes import resized
from bot.sandbox.comfyui.values import Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`seed` and `words` decide what is seen, `style` the palette, `strokes` the last of the texture."""

    seed: str
    words: str
    style: str
    strokes: str
    vividness: float

    def drawn(self, width: int, height: int) -> Image.Image:
        dice = Random(f"{self.seed} {self.words} {self.strokes}")
        a, b, c = ((dice.randrange(256), dice.randrange(256), dice.randrange(256)) for _ in range(3))
        return ImageOps.colorize(resized(Image.linear_gradient("L"), (width, height)), a, c, b)


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty latent: nothing has been drawn on it."""

    def drawn(self, width: int, height: int) -> Image.Image:
        return Image.new("RGB", (width, height), (127, 127, 127))


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    picture: Image.Image = field(repr=False)

    def drawn(self, width: int, height: int) -> Image.Image:
        return resized(self.picture, (width, height))


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A scene drawn over a base; the less denoising, the more of the base stays."""

    base: Sketch
    scene: Scene
    denoise: float

    def drawn(self, width: int, height: int) -> Image.Image:
        if self.denoise >= 1:
            return self.scene.drawn(width, height)
        return Image.blend(self.base.drawn(width, height), self.scene.drawn(width, height), self.denoise)


def signed(picture: Image.Image, signature: str) -> Image.Image:
    """Write the legend into the corner of the picture."""
    if signature:
        ImageDraw.Draw(picture).text((4, picture.height - 14), signature)
    return picture


def example(path: Path) -> None:
    """Save the picture that every new ComfyUI has in its input folder."""
    Image.new("RGB", (64, 64), (200, 190, 170)).save(path)
