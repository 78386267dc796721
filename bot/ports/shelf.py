"""Where pictures are kept: a folder tree below the data folder."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from bot.ports.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A file that is safe on disk. `path` is relative to the data folder, with forward slashes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder of the library, by slugs: `<project>/<character>/<day>/<kind>`; `_` stands for none."""

    project: str
    day: str
    kind: str
    character: str = "_"


class Shelf(Protocol):
    @property
    def custody(self) -> asyncio.Lock:
        """Held by who takes a file up until its need is stored, and by who removes what nothing needs."""
        ...

    async def put(self, picture: Picture, *, place: Place, name: str) -> Shelved:
        """Write `<place>/<name>.<ext>` whole or not at all; `name` is a slug.

        Raises DiskFull for want of room, StudioError if it cannot be written for another reason.
        """
        ...

    async def put_reference(self, picture: Picture) -> Shelved:
        """Keep a person's picture under the hash of its content."""
        ...

    async def read(self, path: str) -> bytes:
        """Return the file's bytes; raise NotFound if it is gone."""
        ...

    async def lying(self, place: Place, beginning: str) -> list[str]:
        """Return the paths of the files of this place whose names begin so."""
        ...

    async def references(self) -> list[str]:
        """Return the paths of all kept references."""
        ...

    async def written(self, path: str) -> int:
        """Return when the file was written, in UTC milliseconds; raise NotFound if it is gone."""
        ...

    async def remove(self, path: str) -> None:
        """Remove the file; one that is gone already is fine. Raises StudioError if it cannot be."""
        ...

    async def free_bytes(self) -> int:
        """Return how much room is left on the disk."""
        ...
