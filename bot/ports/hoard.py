"""A folder of pictures that were made before there was a library."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A file that may be a picture. `name` is its path below the folder, with forward slashes.

    `changed`: when it was last written, in UTC milliseconds.
    """

    name: str
    bytes: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What was passed by, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unearthed:
    """A file's bytes and their SHA-256."""

    content: bytes
    sha256: str


Sight: TypeAlias = Find | Passed


class Hoard(Protocol):
    """Works off the event loop, and never leaves the folder."""

    def walk(self) -> AsyncIterator[Sight]:
        """Yield every file that may be a picture, and everything that is not followed, folder by folder."""
        ...

    async def read(self, find: Find) -> Unearthed:
        """Return the file's bytes; raise NotFound if it cannot be read."""
        ...
