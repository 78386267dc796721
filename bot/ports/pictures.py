"""What is done to pictures, off the event loop."""

from dataclasses import dataclass
from typing import Protocol

from bot.core.generation import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded-and-proven picture: its bytes as they came, and what they are.

    `blank`: it is of one colour all over, or so near to it that nobody sees a difference.
    """

    content: bytes
    size: Size
    media_type: str
    blank: bool = False


class Pictures(Protocol):
    async def for_post(self, picture: Picture, *, limit: int) -> Picture:
        """Return it re-encoded for Discord, without metadata and below `limit` bytes."""
        ...

    async def reference(self, content: bytes) -> Picture:
        """Return a person's picture as clean PNG, upright.

        Raises BadRequest for what is no picture, above 20 MiB or above 40 megapixels.
        """
        ...

    async def preview(self, content: bytes) -> bytes:
        """Return a small JPEG of an unfinished picture, fit for a message that is edited often."""
        ...
