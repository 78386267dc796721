"""Sketches: pictures that are drawn when, and as large as, they are wanted."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

from bot.sandbox.comfyui.landscape import Landscape
from bot.sandbox.comfyui.mood import Mood, between
from bot.sandbox.comfyui.shapes import remapped, resized
from bot.sandbox.comfyui.values import Sketch

_GRAIN = [128 + round((v - 128) * 0.045) for v in range(256)]
_PAPER = (250, 246, 236)
_SHADE = (18, 16, 26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`seed` and `words` decide what is seen, `style` the colours, `strokes` the last of the texture."""

    seed: str
    words: str
    style: str
    strokes: str
    vividness: float

    @property
    def mood(self) -> Mood:
        return Mood.of(self.words, self.style, Random(self._key), self.vividness)

    def drawn(self, width: int, height: int) -> Image.Image:
        line = 1.9 if "ink" in self.style else 1.0
        landscape = Landscape(seed=self._key, mood=self.mood, line=line).painted(width, height)
        return ImageChops.add(landscape, self._grain(width, height), 1, -128)

    def patches(self, width: int, height: int, share: float) -> Image.Image:
        """Mark, in soft patches, the share of a picture that is drawn anew."""
        noise = Image.frombytes("L", (9, 9), Random(f"{self._key} patches").randbytes(81))
        mask = resized(noise, (width, height))
        return remapped(mask, [min(255, max(0, round(255 * share + (v - 128) * share))) for v in range(256)])

    @property
    def _key(self) -> str:
        return f"{self.seed} {self.words}"

    def _grain(self, width: int, height: int) -> Image.Image:
        specks = Random(f"{self._key} {self.strokes}").randbytes(width * height)
        grain = remapped(Image.frombytes("L", (width, height), specks), _GRAIN)
        return Image.merge("RGB", (grain, grain, grain))


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
    """A scene drawn over a base: first its colours change, then patch by patch what is seen."""

    base: Sketch
    scene: Scene
    denoise: float

    def drawn(self, width: int, height: int) -> Image.Image:
        if self.denoise >= 1:
            return self.scene.drawn(width, height)
        base = self.base.drawn(width, height)
        if self.denoise <= 0:
            return base
        mood = self.scene.mood
        tinted = ImageOps.colorize(
            base.convert("L"),
            between(mood.near, _SHADE, 0.5),
            mood.light,
            between(mood.far, mood.horizon, 0.4),
        )
        kept = Image.blend(base, tinted, self.denoise * 0.85)
        patches = self.scene.patches(width, height, self.denoise**2)
        return Image.composite(self.scene.drawn(width, height), kept, patches)


def signed(picture: Image.Image, signature: str) -> Image.Image:
    """Write the legend into the corner of the picture."""
    if not signature:
        return picture
    side = min(picture.size)
    height = max(8.0, side * 0.021)
    font = ImageFont.load_default(height)
    text = signature if font.getlength(signature) < picture.width * 0.9 else signature.partition(" ")[0]
    pad, margin = height * 0.55, side * 0.018
    wide, tall = font.getlength(text) + 2 * pad, height + 1.3 * pad
    left, top = margin, picture.height - margin - tall
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle((left, top, left + wide, top + tall), tall / 2.6, fill=150)
    picture.paste(_SHADE, (0, 0), mask)
    ImageDraw.Draw(picture).text((left + pad, top + tall / 2), text, fill=_PAPER, font=font, anchor="lm")
    return picture


def example(path: Path) -> None:
    """Save the picture that every new ComfyUI has in its input folder."""
    Image.new("RGB", (64, 64), (200, 190, 170)).save(path)
