from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.imaging.pictures import PillowPictures
from storage.database import Database
from storage.files import PictureShelf
from storage.stores import SqliteStores
from tests.fakes import FakePictures, FakeShelf, FakeStores


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request, tmp_path):
    if request.param == "memory":
        yield FakeStores()
        return
    async with Database.open(tmp_path / "genga.sqlite3") as database:
        yield SqliteStores.over(database)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture(params=["memory", "disk"])
def shelf(request, tmp_path, pool):
    return FakeShelf() if request.param == "memory" else PictureShelf(tmp_path, pool)


@pytest.fixture(params=["headers", "pillow"])
def pictures(request, pool):
    return FakePictures() if request.param == "headers" else PillowPictures(pool)
