import pytest

from storage.database import Database
from storage.stores import SqliteStores


@pytest.fixture
def path(tmp_path):
    return tmp_path / "genga.sqlite3"


@pytest.fixture
async def database(path):
    async with Database.open(path) as database:
        yield database


@pytest.fixture
def stores(database):
    return SqliteStores.over(database)
