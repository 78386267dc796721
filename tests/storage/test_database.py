import asyncio
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from functools import partial

import pytest

from bot.core.errors import Misconfigured
from storage.database import Database
from tests.builders import a_new_job


def value(sql, *parameters):
    """Return work that asks for one value."""
    return lambda db: db.execute(sql, parameters).fetchone()[0]


def put(key, text="x"):
    return lambda db: db.execute("INSERT INTO studio_settings (key, value) VALUES (?, ?)", (key, text))


def keys(db):
    return [row["key"] for row in db.execute("SELECT key FROM studio_settings ORDER BY key")]


# ── how it is opened


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("temp_store", 2),
        ("trusted_schema", 0),
        ("journal_size_limit", 64 * 1024 * 1024),
    ],
)
async def test_the_writer_is_set_up_for_safety(database, pragma, expected):
    assert await database._writer.run(value(f"PRAGMA {pragma}")) == expected


async def test_the_reader_cannot_write(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(put("a"))


async def test_the_folder_is_made(tmp_path):
    async with Database.open(tmp_path / "new" / "folder" / "genga.sqlite3") as database:
        assert await database.problems() == []


async def test_every_table_is_strict(database):
    sql = "SELECT group_concat(name) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
    loose = await database.read(value(f"{sql} AND name NOT LIKE 'sqlite%'"))
    assert loose is None


async def test_a_file_that_is_no_database_is_named(path):
    path.write_bytes(b"this is no database, whatever its name says" * 40)
    with pytest.raises(Misconfigured, match=path.name):
        async with Database.open(path):
            pass


async def test_a_folder_in_the_way_is_named(path):
    path.mkdir()
    with pytest.raises(Misconfigured, match=path.name):
        async with Database.open(path):
            pass


async def test_a_path_with_signs_that_mean_something_to_a_uri_works(tmp_path):
    path = tmp_path / "a?b#c %20 日本" / "genga.sqlite3"
    async with Database.open(path) as database:
        await database.write(put("a"))
        assert await database.read(keys) == ["a"]
    assert path.exists()


async def test_an_sqlite_that_is_too_old_is_named(path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(Misconfigured, match=r"3\.37\.0"):
        async with Database.open(path):
            pass


# ── how it is closed


async def test_closing_leaves_one_file_and_no_thread(path):
    before = threading.active_count()
    async with Database.open(path) as database:
        await database.write(put("a"))
    assert threading.active_count() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_a_refused_database_leaves_no_thread(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 999")
    before = threading.active_count()
    with pytest.raises(Misconfigured):
        async with Database.open(path):
            pass
    assert threading.active_count() == before


async def test_a_cancelled_close_leaves_no_thread(path):
    before = threading.active_count()
    opened = asyncio.Event()

    async def use():
        async with Database.open(path) as database:
            await database.write(put("a"))
            opened.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(use())
    await opened.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert threading.active_count() == before


ENDED_BY_AN_ERROR = """
import asyncio, sys
from pathlib import Path
from storage.database import Database

async def main():
    async with Database.open(Path(sys.argv[1])) as database:
        await database.write(lambda db: db.execute("nonsense"))

asyncio.run(main())
"""


def test_an_error_ends_the_process_and_does_not_hang_it(path):
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", ENDED_BY_AN_ERROR, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "OperationalError" in ended.stderr, ended.stderr
    assert ended.returncode == 1
    assert "Warning" not in ended.stderr


async def test_what_was_asked_before_the_close_is_written(path):
    async with Database.open(path) as database:
        writes = [asyncio.create_task(database.write(put(f"{number}"))) for number in range(20)]
        await asyncio.sleep(0)
    await asyncio.gather(*writes)
    async with Database.open(path) as database:
        assert len(await database.read(keys)) == 20


# ── transactions


async def test_a_write_that_fails_leaves_nothing_behind(database):
    def half(db):
        put("a")(db)
        put("a")(db)

    with pytest.raises(sqlite3.IntegrityError):
        await database.write(half)
    assert await database.read(keys) == []
    assert not await database._writer.run(lambda db: db.in_transaction)


async def test_interleaved_tasks_do_not_mix_their_transactions(database):
    def two_steps(number, db):
        put(f"{number}-a")(db)
        if number % 2:
            raise RuntimeError
        put(f"{number}-b")(db)

    writes = (database.write(partial(two_steps, number)) for number in range(10))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [isinstance(result, RuntimeError) for result in results] == [False, True] * 5
    assert await database.read(keys) == [f"{number}-{step}" for number in range(0, 10, 2) for step in "ab"]


async def test_a_task_cancelled_inside_a_write_leaves_a_whole_transaction(database):
    inside, go_on = threading.Event(), threading.Event()

    def slow(db):
        put("a")(db)
        inside.set()
        assert go_on.wait(10)
        put("b")(db)

    task = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(inside.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await database.write(put("c"))
    assert await database.read(keys) == ["a", "b", "c"]


async def test_a_reader_sees_nothing_of_a_write_that_is_not_finished(database):
    inside, go_on = threading.Event(), threading.Event()

    def slow(db):
        put("a")(db)
        inside.set()
        assert go_on.wait(10)

    task = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(inside.wait, 10)
    assert await database.read(keys) == []
    go_on.set()
    await task
    assert await database.read(keys) == ["a"]


async def test_a_long_read_holds_up_no_write(database):
    reading, go_on = threading.Event(), threading.Event()

    def slow(db):
        reading.set()
        assert go_on.wait(10)
        return keys(db)

    task = asyncio.create_task(database.read(slow))
    await asyncio.to_thread(reading.wait, 10)
    await database.write(put("a"))
    go_on.set()
    assert await task == ["a"]


# ── rules that the schema itself holds


async def test_a_row_without_its_parent_is_refused(stores):
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await stores.jobs.add(a_new_job(project=77))


async def test_an_ended_job_stays_as_it_ended(database, stores):
    job, _ = await stores.jobs.add(a_new_job())
    move = "UPDATE jobs SET state = ? WHERE id = ?"
    await database.write(lambda db: db.execute(move, ("cancelled", job.id)))
    with pytest.raises(sqlite3.IntegrityError, match="has ended"):
        await database.write(lambda db: db.execute(move, ("queued", job.id)))


async def test_an_unknown_state_is_refused(database, stores):
    job, _ = await stores.jobs.add(a_new_job())
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await database.write(lambda db: db.execute("UPDATE jobs SET state = 'lost' WHERE id = ?", (job.id,)))


async def test_counts_follow_jobs_that_are_taken_out(database, stores):
    await stores.jobs.add(a_new_job())
    await database.write(lambda db: [db.execute("DELETE FROM job_events"), db.execute("DELETE FROM jobs")])
    assert set((await stores.jobs.counts()).values()) == {0}


# ── the worst that can happen to the process

KILLED_WHILE_WRITING = """
import asyncio, sys
from pathlib import Path
from storage.database import Database
from storage.stores import SqliteStores
from tests.builders import a_new_job

async def main():
    async with Database.open(Path(sys.argv[1])) as database:
        jobs = SqliteStores.over(database).jobs
        while True:
            job, _ = await jobs.add(a_new_job())
            print(job.id, flush=True)

asyncio.run(main())
"""


def last_promise_of_a_killed_process(path):
    """Let a process add jobs, kill it, and return the last number that it got to know."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WHILE_WRITING, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        promised = [process.stdout.readline() for _ in range(30)]
        process.kill()
        promised += process.stdout.read().splitlines()[:-1]
        assert all(promised), f"it never got as far as writing: {process.stderr.read()}"
    return int(promised[-1])


async def test_kill_9_in_the_middle_of_writing_loses_nothing_that_was_promised(path):
    for _ in range(3):
        promised = last_promise_of_a_killed_process(path)
        async with Database.open(path) as database:
            assert await database.problems() == []
            jobs = await database.read(value("SELECT count(*) FROM jobs"))
            assert jobs >= promised
            assert await database.read(value("SELECT count(*) FROM job_events")) == jobs
            assert await database.read(value("SELECT sum(jobs) FROM job_counts")) == jobs
