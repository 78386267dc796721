"""How a picture is, in numbers, and what may be wrong with it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.core.generation import Size


class Finding(StrEnum):
    """What may be wrong with a picture."""

    BLANK = "blank"
    NEAR_BLACK = "near-black"
    BLURRED = "blurred"
    FLAT = "flat"
    DARK = "dark"
    BRIGHT = "bright"
    CLIPPED_SHADOWS = "clipped shadows"
    CLIPPED_HIGHLIGHTS = "clipped highlights"
    WRONG_ASPECT = "wrong aspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on a measure is worth a word. Levels and spans are of 255, everything else is a share of 1.

    `shadow_level`, `highlight_level` and `black_level` are already part of the measuring: values that were
    measured with other ones cannot be compared.
    """

    blank_span: int = 4
    black_level: int = 16
    black_share: float = 0.98
    sharpness: float = 0.012
    contrast: float = 0.06
    dark: float = 0.08
    bright: float = 0.94
    shadow_level: int = 2
    highlight_level: int = 253
    clipped: float = 0.5
    aspect: float = 0.03


DEFAULT_THRESHOLDS: Final = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How a picture is, in numbers; None is “not measured”.

    - `sharpness`: root of the gradient energy, the mean squared difference of neighbouring pixels, on the
      luminance shrunk to a longer side of 512 pixels, of 1. Not measured below 32 pixels a side. It grows
      with contrast as well: fog and soft painting are “blurred” to it.
    - `contrast`: standard deviation of the luminance, of 1 (RMS contrast): 0.5 is half black, half white.
    - `exposure`: mean luminance, of 1. `shadows`, `highlights`: share of the pixels that are clipped.
    - `blackness`: share of the pixels at or below the black level.
    - `span`: how far apart the darkest and the lightest value of any colour are, of 255.
    - `aspect`: how far width : height is from what was asked, 0.1 is 10 %. Not measured if nobody asked.

    Nothing is rounded or put into classes. `exposure` is linear in every sample of every pixel, so a change
    of one sample changes it; that two unrelated pictures agree in it by chance takes two of some 10⁹ equally
    likely sums, and in all measures at once several such chances. What does measure the same is what is
    equally good: a mirrored or turned copy.
    """

    size: Size
    span: int
    exposure: float
    contrast: float
    shadows: float
    highlights: float
    blackness: float
    sharpness: float | None = None
    aspect: float | None = None
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    @property
    def blank(self) -> bool:
        return self.span <= self.thresholds.blank_span

    @property
    def near_black(self) -> bool:
        return self.blackness >= self.thresholds.black_share

    def findings(self) -> tuple[Finding, ...]:
        """Name what is beyond its threshold; of a blank or black picture only that."""
        if self.blank or self.near_black:
            nothing = {Finding.BLANK: self.blank, Finding.NEAR_BLACK: self.near_black}
            return tuple(finding for finding, found in nothing.items() if found)
        return tuple(finding for finding, found in self._beyond().items() if found)

    def _beyond(self) -> dict[Finding, bool]:
        least = self.thresholds
        return {
            Finding.BLURRED: self.sharpness is not None and self.sharpness < least.sharpness,
            Finding.FLAT: self.contrast < least.contrast,
            Finding.DARK: self.exposure < least.dark,
            Finding.BRIGHT: self.exposure > least.bright,
            Finding.CLIPPED_SHADOWS: self.shadows > least.clipped,
            Finding.CLIPPED_HIGHLIGHTS: self.highlights > least.clipped,
            Finding.WRONG_ASPECT: self.aspect is not None and self.aspect > least.aspect,
        }
