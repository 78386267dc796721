import sqlite3
from contextlib import closing

import pytest

from bot.core.errors import Misconfigured
from storage.database import Database
from storage.migrating import Migration, keep_copy, migrate, migrations

FIRST = Migration(version=1, name="first", sql="CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;")
SECOND = Migration(
    version=2,
    name="second",
    sql="""
    CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (id)) STRICT;
    INSERT INTO parents (id) VALUES (7);
    """,
)


@pytest.fixture
def connection(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def version(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]


def tables(connection):
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_the_shipped_steps_are_numbered_without_a_gap():
    assert [step.version for step in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_new_database_takes_every_step(connection, path):
    migrate(connection, path, [FIRST, SECOND])
    assert version(connection) == 2
    assert tables(connection) == {"parents", "children"}


def test_an_up_to_date_database_is_left_alone(connection, path):
    migrate(connection, path, [FIRST])
    migrate(connection, path, [FIRST])
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_copy_is_kept_before_an_existing_database_is_migrated(connection, path):
    migrate(connection, path, [FIRST])
    connection.execute("INSERT INTO parents (id) VALUES (1)")
    migrate(connection, path, [FIRST, SECOND])
    copy = path.with_name(f"{path.name}.v1.bak")
    with closing(sqlite3.connect(copy)) as kept:
        assert version(kept) == 1
        assert kept.execute("SELECT id FROM parents").fetchall() == [(1,)]
    assert {file.name for file in path.parent.iterdir()} == {path.name, copy.name}


def test_no_copy_is_made_of_a_database_that_does_not_exist_yet(connection, path):
    migrate(connection, path, [FIRST, SECOND])
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_newer_database_is_refused_and_left_alone(connection, path):
    migrate(connection, path, [FIRST, SECOND])
    with pytest.raises(Misconfigured, match="schema is 2, this version knows 1") as refused:
        migrate(connection, path, [FIRST])
    assert "Update Genga" in refused.value.hint
    assert version(connection) == 2


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("CREATE TABLE notes (id INTEGER)", "table notes is foreign"),
        ("DROP TABLE parents", "table parents is missing"),
        ("ALTER TABLE parents ADD COLUMN name TEXT", "table parents differs"),
        ("CREATE INDEX parents_twice ON parents (id)", "index parents_twice is foreign"),
    ],
)
def test_a_schema_that_no_step_made_is_refused_and_the_difference_named(connection, path, change, finding):
    migrate(connection, path, [FIRST])
    connection.execute(change)
    with pytest.raises(Misconfigured, match=finding):
        migrate(connection, path, [FIRST, SECOND])
    assert version(connection) == 1
    assert "children" not in tables(connection)


def test_a_foreign_database_is_refused(connection, path):
    connection.execute("CREATE TABLE shopping (item TEXT)")
    with pytest.raises(Misconfigured, match="table shopping is foreign"):
        migrate(connection, path, [FIRST])


def test_what_sqlite_keeps_for_itself_is_no_difference(connection, path):
    migrate(connection, path, [FIRST])
    connection.executescript("CREATE TEMP TABLE t (i); ANALYZE;")
    migrate(connection, path, [FIRST])


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (i INTEGER) STRICT; SELECT nonsense;",
        f"{SECOND.sql} INSERT INTO children VALUES (1, 99);",
    ],
    ids=["a wrong statement", "an orphan"],
)
def test_a_step_that_fails_leaves_the_database_as_it_was(connection, path, sql):
    migrate(connection, path, [FIRST])
    broken = Migration(version=2, name="broken", sql=sql)
    with pytest.raises(sqlite3.Error):
        migrate(connection, path, [FIRST, broken])
    assert version(connection) == 1
    assert tables(connection) == {"parents"}
    assert not connection.in_transaction


def test_a_copy_that_is_damaged_gets_no_name(connection, path, tmp_path):
    migrate(connection, path, [FIRST])
    connection.executescript(
        """
        PRAGMA writable_schema = ON;
        CREATE TABLE doubles (i INTEGER); CREATE INDEX doubles_i ON doubles (i); INSERT INTO doubles VALUES (1);
        UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX doubles_i ON doubles (i)' WHERE name = 'doubles_i';
        INSERT INTO doubles VALUES (1);
        """
    )
    target = tmp_path / "copy"
    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        keep_copy(connection, target)
    assert not target.exists()


async def test_a_database_that_was_written_is_opened_again(path):
    for _ in range(2):
        async with Database.open(path) as database:
            assert await database.problems() == []
