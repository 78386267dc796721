"""A kept picture in small."""

import pytest

from bot.core.errors import NotFound
from bot.studio.exhibition import Exhibition
from tests.builders import an_artifact, png
from tests.fakes import FakeDarkroom, FakePictures, FakeShelf


async def test_a_picture_is_shown_by_its_thumbnail_or_by_one_made_of_it():
    shelf, darkroom = FakeShelf(), FakeDarkroom()
    exhibition = Exhibition(shelf=shelf, pictures=FakePictures(), darkroom=darkroom)
    shelf.files |= {"small.webp": b"small", an_artifact().path: png()}
    assert await exhibition.thumbnail(an_artifact(thumbnail="small.webp")) == b"small"
    assert await exhibition.thumbnail(an_artifact()) == await darkroom.thumbnail(png())
    with pytest.raises(NotFound):
        await exhibition.thumbnail(an_artifact(path="gone.png"))
