"""A picture that a job made and that lies on our shelf."""

from dataclasses import dataclass

from bot.core.generation import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file in ComfyUI's folders, by the three names that `/view` needs."""

    filename: str
    subfolder: str = ""
    type: str = "output"
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A stored picture. `path` is relative to the data folder, with forward slashes."""

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
