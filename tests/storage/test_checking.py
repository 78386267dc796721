import sqlite3

import pytest

from storage.checking import inspect
from storage.migrating import migrations


async def test_a_sound_database_has_no_problems(database, path):
    found = inspect(path)
    assert found.schema == found.newest == len(migrations())
    assert found.problems == ()


def test_what_is_no_database_is_an_error(path):
    path.write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.Error):
        inspect(path)


def test_looking_makes_no_file(path):
    with pytest.raises(sqlite3.Error):
        inspect(path)
    assert not path.exists()
