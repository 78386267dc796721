"""Kept pictures, made ready to be looked at: one alone, or many on a sheet."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from bot.core.artifact import Artifact
from bot.core.errors import StudioError
from bot.core.review import Review
from bot.ports.darkroom import Darkroom, Frame, Sheet, Tone
from bot.ports.pictures import Picture, Pictures
from bot.ports.shelf import Shelf

SHOWN_BYTES: Final = 8 * 1024 * 1024
MOST_ON_SHEET: Final = 60

_TONES: Final = {Review.APPROVED: Tone.GOOD, Review.REJECTED: Tone.BAD}


class Exhibition:
    def __init__(self, *, shelf: Shelf, pictures: Pictures, darkroom: Darkroom) -> None:
        self._shelf = shelf
        self._pictures = pictures
        self._darkroom = darkroom

    async def shown(self, picture: Artifact) -> Picture | None:
        """Return the picture as it would be posted; None if its file cannot be read any more."""
        try:
            content = await self._shelf.read(picture.path)
            kept = Picture(content=content, size=picture.size, media_type=picture.media_type)
            return await self._pictures.for_post(kept, limit=SHOWN_BYTES)
        except StudioError:
            return None

    async def thumbnail(self, picture: Artifact) -> bytes:
        """Return the picture in small, as WebP; raise StudioError if its file cannot be read any more."""
        if picture.thumbnail is not None:
            return await self._shelf.read(picture.thumbnail)
        return await self._darkroom.thumbnail(await self._shelf.read(picture.path))

    async def sheet(self, pictures: Sequence[Artifact], *, title: str) -> Sheet:
        """Lay out the first MOST_ON_SHEET of these; a file that is gone is named by its frame."""
        return await self._darkroom.contact_sheet(
            [self._frame(picture) for picture in pictures[:MOST_ON_SHEET]], title=title
        )

    def _frame(self, picture: Artifact) -> Frame:
        decided = "" if picture.review is Review.UNREVIEWED else picture.review.value
        return frame_of(picture, self._shelf, caption=f"#{picture.job} · {picture.index}", detail=decided)


def frame_of(picture: Artifact, shelf: Shelf, *, caption: str, detail: str = "") -> Frame:
    """Return the picture in small, to be laid out on a sheet, in the tone of what was decided about it."""
    return Frame(
        read=partial(shelf.read, picture.thumbnail or picture.path),
        caption=caption,
        detail=detail,
        size=picture.size,
        tone=tone_of(picture.review),
    )


def tone_of(review: Review) -> Tone:
    return _TONES.get(review, Tone.PLAIN)
