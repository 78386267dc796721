"""What is found out about finished pictures, and the sheets that are made of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, Self

from bot.core.generation import Lora, Size

FINGERPRINT_BITS: Final = 64
NEAR_DUPLICATE: Final = 6
"""So many differing bits of 64 at most, and two pictures are one, re-encoded, resized or a shade lighter."""


# ── quality


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


# ── likeness


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """64 bits of what a picture looks like (a perceptual hash): alike pictures differ in few of them.

    It survives another format, another size, WebP at quality 90 and a little more or less light. It does not
    survive mirroring, turning or cropping. `signed` is for a store whose integers have a sign.
    """

    bits: int

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(int(text, 16))

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

    def __str__(self) -> str:
        return f"{self.bits:016x}"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """What one decoding of a picture tells; a blank one has no `fingerprint`."""

    measures: Measures
    fingerprint: Fingerprint | None
    thumbnail: bytes


# ── the parameters inside a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a picture was drawn with, as far as its file tells; None: it does not.

    Samplers and schedulers have ComfyUI's names where those are known. `prompt` is without LoRA tags.
    `others` are the settings that have no field here, by the names that the file has for them.
    """

    prompt: str | None = None
    negative: str | None = None
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    denoise: float | None = None
    model: str | None = None
    model_hash: str | None = None
    loras: tuple[Lora, ...] = ()
    size: Size | None = None
    others: tuple[tuple[str, str], ...] = ()


class Provenance(StrEnum):
    """Where in a file parameters were found; the first one found fills what the next ones leave open."""

    GRAPH = "ComfyUI prompt"
    EDITOR = "ComfyUI workflow"
    INFOTEXT = "A1111 parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inscription:
    """What is written in a picture's file about its making.

    `graph` and `workflow` are ComfyUI's JSON texts as they stand in the file. `remarks` tell, in whole
    sentences, what could not be read and why.
    """

    parameters: Parameters | None = None
    found: tuple[Provenance, ...] = ()
    graph: str | None = None
    workflow: str | None = None
    remarks: tuple[str, ...] = ()


# ── sheets

ReadPicture = Callable[[], Awaitable[bytes]]
"""Fetches a picture's bytes when its turn comes. A StudioError that it raises is shown in the frame."""


class Tone(StrEnum):
    """How a frame stands out."""

    PLAIN = "plain"
    CHOSEN = "chosen"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture on a sheet: `caption` is its name, `detail` the softer line below it.

    `size`, where it is known, lets the sheet choose the shape of its boxes; the default is a square.
    """

    read: ReadPicture
    caption: str = ""
    detail: str = ""
    size: Size | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table below two pictures: what each has of something."""

    name: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    id: int
    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEdge:
    """`child` came from `parent`; `how` is a word on the line between them."""

    parent: int
    child: int
    how: str = ""


class SheetFormat(StrEnum):
    WEBP = "image/webp"
    PNG = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`missing`: the captions of the frames whose pictures could not be shown."""

    content: bytes
    size: Size
    media_type: str
    missing: tuple[str, ...] = ()


SHEET_BYTES: Final = 8 * 1024 * 1024


class Darkroom(Protocol):
    """Works off the event loop. Bytes that are no picture raise BadRequest, which says why."""

    async def develop(self, content: bytes, *, asked: Size | None = None) -> Development:
        """Measure, fingerprint and shrink a picture with a single decoding."""
        ...

    async def thumbnail(self, content: bytes) -> bytes:
        """Return a WebP of at most 512 pixels a side, without metadata."""
        ...

    async def likeness(self, content: bytes, references: Sequence[bytes]) -> Likeness | None:
        """Compare with the references, in whatever order; None if there are none."""
        ...

    async def difference(self, a: bytes, b: bytes) -> Difference: ...

    async def inscription(self, content: bytes) -> Inscription:
        """Read what the file tells of its making; never raises."""
        ...

    async def inscribe(
        self, content: bytes, parameters: Parameters, *, graph: str | None = None, workflow: str | None = None
    ) -> bytes:
        """Return the PNG with the parameters in the form that other tools read (A1111's `parameters`).

        The pixels stay as they are, byte by byte; a `parameters` text that is already there is replaced;
        ComfyUI's `prompt` and `workflow` are kept, and added where they are missing and given.
        Other formats come back unchanged. Raises BadRequest for a damaged PNG.
        """
        ...

    async def contact_sheet(
        self,
        frames: Sequence[Frame],
        *,
        title: str = "",
        columns: int | None = None,
        limit: int = SHEET_BYTES,
        form: SheetFormat = SheetFormat.WEBP,
    ) -> Sheet:
        """Lay the pictures out in a grid, reading them one by one.

        Raises BadRequest for none, or for more than fit; DeliveryError if it cannot be below `limit` bytes.
        """
        ...

    async def side_by_side(
        self,
        left: Frame,
        right: Frame,
        *,
        rows: Sequence[Row] = (),
        title: str = "",
        limit: int = SHEET_BYTES,
        form: SheetFormat = SheetFormat.WEBP,
    ) -> Sheet: ...

    async def tree(
        self,
        nodes: Sequence[TreeNode],
        edges: Sequence[TreeEdge],
        *,
        title: str = "",
        limit: int = SHEET_BYTES,
        form: SheetFormat = SheetFormat.WEBP,
    ) -> Sheet:
        """Draw pictures with their descent, parents to the left of their children.

        Edges to unknown nodes, and those that would close a circle, are left out.
        """
        ...
