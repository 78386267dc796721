import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrating import migrate
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


@pytest.fixture(scope="module")
def db():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA trusted_schema = OFF")
        migrate(connection, Path(":memory:"))
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection
