"""Zip files that are made for people to take away: a project, a character."""

from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A finished archive. `path` is relative to the data folder, with forward slashes."""

    path: str
    bytes: int


class Archive(Protocol):
    """An archive that is being written, one entry after the other; `name` is the entry's path in it.

    Raises DiskFull for want of room, StudioError if it cannot be written for another reason.
    """

    async def add(self, name: str, content: bytes) -> None:
        """Write what is in memory already; text is pressed, pictures are kept as they are."""
        ...

    async def add_pieces(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        """Write an entry that nobody ever has in memory as a whole."""
        ...

    async def add_file(self, name: str, path: str) -> int:
        """Copy a file of the data folder piece by piece and return its size; raise NotFound if it is gone."""
        ...

    async def seal(self) -> Packed:
        """Finish the archive and give it its name. One that is left unsealed never was."""
        ...


class Archives(Protocol):
    """Where archives are made and kept for a while: `exports/` below the data folder."""

    def begin(self, name: str) -> AbstractAsyncContextManager[Archive]:
        """Begin `<name>.zip`; `name` is a slug, and a taken one gets a number.

        Nothing is to be found under that name before it is sealed.
        """
        ...

    async def read(self, path: str) -> bytes:
        """Return a finished archive; raise NotFound if it is gone."""
        ...

    async def sweep(self, *, before: int) -> int:
        """Remove archives finished before then, in UTC milliseconds; return how many."""
        ...
