"""How much pictures are like each other."""

from dataclasses import dataclass
from typing import Final, Self

from bot.core.generation import Size

FINGERPRINT_BITS: Final = 64
NEAR_DUPLICATE: Final = 6
"""So many differing bits of 64 at most, and two pictures are one, re-encoded, resized or a shade lighter."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """64 bits of what a picture looks like (a perceptual hash): alike pictures differ in few of them.

    It survives another format, another size, WebP at quality 90 and a little more or less light. It does not
    survive mirroring, turning or cropping. `signed` is for a store whose integers have a sign.
    """

    bits: int

    @classmethod
    def from_signed(cls, value: int) -> Self:
        return cls(value % (1 << FINGERPRINT_BITS))

    @property
    def signed(self) -> int:
        return self.bits - (self.bits >> (FINGERPRINT_BITS - 1) << FINGERPRINT_BITS)

    def distance(self, other: Self) -> int:
        """Count the bits in which they differ (Hamming): 0…64; unrelated pictures are near 32."""
        return (self.bits ^ other.bits).bit_count()

    def near(self, other: Self) -> bool:
        return self.distance(other) <= NEAR_DUPLICATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much a picture is like the nearest of its references, 0…1; 1 is the very same picture.

    Advisory: it compares colours and the directions of lines, and knows nothing of faces, clothes or poses.
    It is good for putting pictures of one character in an order, and no reason to reject one.
    `score` is the mean of `colour` and `structure`; `mean` is the mean score over all `references`.
    """

    score: float
    colour: float
    structure: float
    mean: float
    references: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two pictures differ in, pixel by pixel, on 8 bits; None: not measured, as the sizes differ.

    `most` is the largest difference of any sample, of 255.
    """

    sizes: tuple[Size, Size]
    pixels: int | None
    most: int | None

    @property
    def identical(self) -> bool:
        return self.pixels == 0
