"""What flows along the links of a graph."""

from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    checkpoint: str
    loras: tuple[tuple[str, float], ...] = ()

    def with_lora(self, name: str, strength: float) -> Self:
        return replace(self, loras=(*self.loras, (name, strength)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    checkpoint: str
    loras: tuple[tuple[str, float], ...] = ()
    last_layer: int = -1

    def with_lora(self, name: str, strength: float) -> Self:
        return replace(self, loras=(*self.loras, (name, strength)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vae:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    text: str
    clip: Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleModel:
    name: str
    scale: int


class Sketch(Protocol):
    """A picture that has not been drawn yet: any size can be asked of it, and it looks the same at each."""

    def drawn(self, width: int, height: int) -> Image.Image: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Latent:
    """A batch of sketches with the size, in pixels, at which they will be decoded."""

    width: int
    height: int
    sketches: tuple[Sketch, ...]
    signature: str = ""
    """What is written in the corner of the decoded picture; empty when nothing was sampled."""

    def resized(self, width: int, height: int) -> Self:
        return replace(self, width=width, height=height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    pictures: tuple[Image.Image, ...] = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        return self.pictures[0].size


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    pictures: tuple[Image.Image, ...] = field(repr=False)
