import pytest
from hypothesis import settings

from storage.database import Database
from storage.stores import SqliteStores

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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
