"""Copies of everything that is remembered."""

from typing import Protocol


class Backups(Protocol):
    async def take(self, *, at: int) -> None:
        """Copy, prove, keep, and let the oldest go; raise StudioError if there is no sound copy."""
        ...

    async def newest(self) -> int | None:
        """Return when the newest copy was taken, in UTC milliseconds."""
        ...
