"""A picture that a job made and that lies on our shelf."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.generation import Size
from bot.core.likeness import Fingerprint, Likeness
from bot.core.quality import Measures
from bot.core.review import Review


class ArtifactKind(StrEnum):
    """What a picture is; names its folder."""

    IMAGES = "images"
    UPSCALES = "upscales"
    IMPORTS = "imports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file in ComfyUI's folders, by the three names that `/view` needs."""

    filename: str
    subfolder: str = ""
    type: str = "output"
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A stored picture. Paths are relative to the data folder, with forward slashes.

    `created` is when it was recorded and `deleted` when its file was given up, in UTC milliseconds; the row
    stays. `origin_sha256` is of the bytes as they came, before parameters were written into them.
    `measures`, `fingerprint` and `likeness` are None where nothing was measured.
    """

    job: int
    index: int
    path: str
    sha256: str
    bytes: int
    size: Size
    media_type: str
    source: Output
    id: int = 0
    message: int | None = None
    attachment: int | None = None
    kind: ArtifactKind = ArtifactKind.IMAGES
    created: int = 0
    origin_sha256: str | None = None
    thumbnail: str | None = None
    measures: Measures | None = None
    fingerprint: Fingerprint | None = None
    likeness: Likeness | None = None
    near: int | None = None
    """The id of an earlier picture of the project that looks the same."""
    review: Review = Review.UNREVIEWED
    deleted: int | None = None
