"""What a drawing is: the request as somebody typed it, and the recipe it becomes."""

import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from math import sqrt
from typing import NewType, Self

from bot.core.errors import BadRequest
from bot.core.families import ModelFamily

Seed = NewType("Seed", int)

MAX_SEED = 2**64 - 1
MAX_PROMPT = 4000
MAX_COUNT = 8
SIDE_RANGE = range(64, 4097)
SIDE_STEP = 8
MAX_PIXELS = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `832x1216`; raise BadRequest for what no workflow could draw."""
        match = re.fullmatch(r"\s*(\d{1,6})\s*[x×X*]\s*(\d{1,6})\s*", text)
        if match is None:
            raise BadRequest(
                f"`{text[:40]}` is not a size.",
                hint=f"Use {', '.join(f'`{name}`' for name in Aspect)}, or WxH such as `832x1216`.",
            )
        size = cls(width=int(match[1]), height=int(match[2]))
        size.check()
        return size

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def check(self) -> None:
        if any(side not in SIDE_RANGE or side % SIDE_STEP for side in (self.width, self.height)):
            raise BadRequest(
                f"{self} cannot be drawn: each side goes from {SIDE_RANGE.start} to {SIDE_RANGE.stop - 1} "
                f"pixels in steps of {SIDE_STEP}.",
                hint=self._advice(),
            )
        if self.pixels > MAX_PIXELS:
            raise BadRequest(
                f"{self} is {self.pixels / 1e6:.1f} megapixels; the most is {MAX_PIXELS / 1e6:.1f}.",
                hint=self._advice(),
            )

    def _advice(self) -> str:
        near = self.nearest()
        return f"The nearest that works is `{near.width}x{near.height}`."

    def nearest(self) -> Self:
        """Return the size next to this one that can be drawn."""
        width, height = (_fitting(round(side / SIDE_STEP)) for side in (self.width, self.height))
        shrink = min(sqrt(MAX_PIXELS / (width * height)), 1.0)
        return replace(
            self,
            width=_fitting(int(width * shrink / SIDE_STEP)),
            height=_fitting(int(height * shrink / SIDE_STEP)),
        )

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


def _fitting(steps: int) -> int:
    return min(max(steps * SIDE_STEP, SIDE_RANGE.start), SIDE_RANGE.stop - 1)


class Aspect(StrEnum):
    """The sizes that have a name; how many pixels they have depends on the model's family."""

    SQUARE = "square"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"
    WIDE = "wide"


_ONE_MEGAPIXEL = {
    Aspect.SQUARE: (1024, 1024),
    Aspect.PORTRAIT: (832, 1216),
    Aspect.LANDSCAPE: (1216, 832),
    Aspect.WIDE: (1344, 768),
}
_SIDES: dict[ModelFamily, dict[Aspect, tuple[int, int]]] = {
    ModelFamily.SDXL: _ONE_MEGAPIXEL,
    ModelFamily.SD3: _ONE_MEGAPIXEL,
    ModelFamily.FLUX: _ONE_MEGAPIXEL,
    ModelFamily.SD2: {
        Aspect.SQUARE: (768, 768),
        Aspect.PORTRAIT: (640, 896),
        Aspect.LANDSCAPE: (896, 640),
        Aspect.WIDE: (1024, 576),
    },
    ModelFamily.SD15: {
        Aspect.SQUARE: (512, 512),
        Aspect.PORTRAIT: (512, 768),
        Aspect.LANDSCAPE: (768, 512),
        Aspect.WIDE: (912, 512),
    },
}


def size_of(aspect: Aspect, family: ModelFamily) -> Size:
    width, height = _SIDES[family][aspect]
    return Size(width=width, height=height)


def parse_size(text: str) -> Size | Aspect:
    """Read the name of an aspect or `WxH`."""
    name = text.strip().casefold()
    return Aspect(name) if name in set(Aspect) else Size.parse(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """A LoRA by ComfyUI's file name, applied to model and text encoder alike."""

    name: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A picture of the asker's: re-encoded, kept on our shelf, named by its content."""

    sha256: str
    path: str
    size: Size

    @property
    def upload_name(self) -> str:
        """The name under which ComfyUI gets it: the same bytes always have the same name."""
        return f"genga_{self.sha256[:24]}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """What somebody asked for, and nothing about where; None means: not said, so the studio decides.

    `prompt` is as it was typed, with its `@names`. `characters` and `variations` are names of the project's.
    `scale` is how many times as wide and high an upscaled picture becomes.
    """

    prompt: str
    negative: str | None = None
    project: str | None = None
    workflow: str | None = None
    size: Size | Aspect | None = None
    count: int | None = None
    seed: Seed | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    model: str | None = None
    loras: tuple[Lora, ...] = ()
    reference: Reference | None = None
    denoise: float | None = None
    scale: float | None = None
    upscaler: str | None = None
    style: str | None = None
    characters: tuple[str, ...] = ()
    variations: tuple[str, ...] = ()
    allow_smaller: bool = False
    contact_sheet: bool = False

    def given(self) -> frozenset[str]:
        """Name the options that were said."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return frozenset(
            name for name, value in values if not (value is None or value is False or value == ())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """Who is in a drawing, as it was when it was asked for; the first one names its folder."""

    id: int
    name: str
    slug: str
    variations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleUsed:
    """The style a drawing was made in, and which state of it."""

    id: int
    name: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is drawn at once, as far as the GPU's memory is concerned."""

    size: Size
    count: int

    def __str__(self) -> str:
        return f"{self.size}, {self.count} pictures" if self.count > 1 else str(self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything a graph is bound from, decided: what is stored is what is drawn.

    `model` is None for a workflow that brings its own models, and while ComfyUI has never been reached, so
    that nobody can know what it has; then the worker decides it before the drawing starts.
    `model_hash` and `renderer` (ComfyUI's version) are as ComfyUI told them, "" and None where it did not.
    `dropped` are the negatives that were left out. `redrawn_from` is the seed of a first drawing
    that came out blank.
    """

    workflow: str
    prompt: str
    negative: str
    size: Size
    count: int
    seed: Seed
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    model: str | None
    loras: tuple[Lora, ...] = ()
    reference: Reference | None = None
    denoise: float = 1.0
    scale: float = 1.0
    upscaler: str | None = None
    cast: tuple[CastMember, ...] = ()
    style: StyleUsed | None = None
    family: ModelFamily | None = None
    model_hash: str | None = None
    renderer: str = ""
    dropped: tuple[str, ...] = ()
    lightened_from: Load | None = None
    redrawn_from: Seed | None = None

    @property
    def load(self) -> Load:
        return Load(size=self.size, count=self.count)

    def with_seed(self, seed: Seed) -> Self:
        return replace(self, seed=seed)

    def as_asked(self) -> Self:
        """Return the recipe without what happened to its first drawing: with as much as was asked for."""
        load = self.lightened_from or self.load
        return replace(self, size=load.size, count=load.count, lightened_from=None, redrawn_from=None)

    def redrawn(self, seed: Seed) -> Self:
        """Return the recipe for a second try, after what was drawn with the first seed came out blank."""
        return replace(self, seed=seed, redrawn_from=self.seed)


def redrawn_words(recipe: Recipe) -> str:
    """Say that this is a second try; nothing for a first one."""
    first = recipe.redrawn_from
    return "" if first is None else f"drawn again: with seed {first} it came out blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who asked, and from where.

    `key` is unique per request (a Discord interaction's id, an HTTP client's idempotency key): the same
    request arriving twice is one job. `guild` and `channel` are None for askers outside Discord.
    """

    key: str
    user: int
    user_name: str
    guild: int | None = None
    channel: int | None = None
