"""What is found out about finished pictures, and the sheets that are made of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.core.generation import Size
from bot.core.inscription import Inscription, Parameters
from bot.core.likeness import Difference, Fingerprint, Likeness
from bot.core.quality import Measures
from bot.ports.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """What one decoding of a picture tells; a blank one has no `fingerprint`."""

    measures: Measures
    fingerprint: Fingerprint | None
    thumbnail: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A finished picture as it came, proven; as it is posted where there is room; and what it is like.

    `post` and `development` are None where they failed, of `fault`: that costs nobody the picture.
    `sha256` is of the bytes as they came.
    """

    picture: Picture
    sha256: str
    post: Picture | None = None
    development: Development | None = None
    fault: Exception | None = None


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

    async def finish(self, content: bytes, *, asked: Size | None = None) -> Finished:
        """Prove, develop and encode for a post with a single decoding; raise NoOutput for no picture."""
        ...

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
