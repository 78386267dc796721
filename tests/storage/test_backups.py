import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured, NotFound
from storage import backups as module
from storage.backups import FolderBackups, back_up, backups_in, restore
from storage.database import Database
from storage.stores import SqliteStores

DAY = 86_400_000
NOON = 1_790_000_000_000


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder with a database in which the queue is paused since 1."""
    async with Database.open(tmp_path / "genga.db") as database:
        await SqliteStores.over(database).settings.set_paused(1)
    return tmp_path


async def paused_since(database: Path) -> int | None:
    async with Database.open(database) as opened:
        return await SqliteStores.over(opened).settings.paused_since()


async def test_a_backup_is_a_whole_database_of_its_own(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    assert await paused_since(copy) == 1


async def test_a_backup_holds_what_was_committed_while_the_bot_goes_on_writing(data: Path):
    async with Database.open(data / "genga.db") as database:
        settings = SqliteStores.over(database).settings
        await settings.set_paused(2)
        copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
        await settings.set_paused(3)
    assert await paused_since(copy) == 2


async def test_only_the_newest_copies_are_kept(data: Path):
    taken = [back_up(data / "genga.db", data / "backups", at=NOON + day * DAY, keep=2) for day in range(4)]
    assert backups_in(data / "backups") == [taken[3], taken[2]]


async def test_other_files_in_the_folder_are_left_alone(data: Path):
    (data / "backups").mkdir()
    other = data / "backups" / "genga-mine.db"
    other.write_text("mine")
    for day in range(3):
        back_up(data / "genga.db", data / "backups", at=NOON + day * DAY, keep=1)
    assert other.read_text() == "mine"


def test_without_a_database_there_is_nothing_to_copy(tmp_path: Path):
    with pytest.raises(NotFound):
        back_up(tmp_path / "genga.db", tmp_path / "backups", at=NOON, keep=1)


async def test_a_damaged_database_leaves_no_copy_behind(data: Path):
    database = data / "genga.db"
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 12] = b"\xff" * 4096 * 9
    database.write_bytes(content)
    with pytest.raises(sqlite3.DatabaseError):
        back_up(database, data / "backups", at=NOON, keep=1)
    assert backups_in(data / "backups") == []


async def test_restoring_puts_the_copy_in_place_and_keeps_what_it_replaces(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    async with Database.open(data / "genga.db") as database:
        await SqliteStores.over(database).settings.set_paused(2)
    restored = restore(copy, data / "genga.db", at=NOON + DAY)
    assert await paused_since(data / "genga.db") == 1
    assert restored.kept is not None
    assert await paused_since(restored.kept) == 2


async def test_the_transactions_still_in_the_log_are_kept_with_the_replaced_database(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    with closing(sqlite3.connect(data / "genga.db")) as unclean:
        unclean.execute("UPDATE studio_settings SET value = '9'")
        unclean.commit()
        restored = restore(copy, data / "genga.db", at=NOON + DAY)
    assert restored.kept is not None
    assert await paused_since(restored.kept) == 9


async def test_restoring_into_an_empty_folder_replaces_nothing(data: Path, tmp_path: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    fresh = tmp_path / "fresh" / "genga.db"
    fresh.parent.mkdir()
    assert restore(copy, fresh, at=NOON).kept is None
    assert await paused_since(fresh) == 1


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
async def test_what_is_no_database_of_ours_is_refused_and_nothing_is_touched(data: Path, content: bytes):
    foreign = data / "foreign.db"
    foreign.write_bytes(content)
    with pytest.raises(Misconfigured):
        restore(foreign, data / "genga.db", at=NOON)
    assert await paused_since(data / "genga.db") == 1


async def test_a_copy_of_a_newer_genga_is_refused(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    with closing(sqlite3.connect(copy)) as newer:
        newer.execute("PRAGMA user_version = 999")
    with pytest.raises(Misconfigured, match="999"):
        restore(copy, data / "genga.db", at=NOON)


async def test_the_folder_knows_when_its_newest_copy_was_taken(data: Path):
    backups = FolderBackups(data / "genga.db", data / "backups", keep=3)
    assert await backups.newest() is None
    await backups.take(at=NOON)
    assert await backups.newest() == NOON


async def test_whoever_leaves_during_a_copy_leaves_when_it_is_done(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[bool] = []

    def slowly(*_arguments: object, **_more: object) -> None:
        begun.set()
        done.append(go_on.wait(10))

    monkeypatch.setattr(module, "back_up", slowly)
    backups = FolderBackups(data / "genga.db", data / "backups", keep=3)
    taking = asyncio.create_task(backups.take(at=NOON))
    await asyncio.to_thread(begun.wait, 10)
    taking.cancel()
    await asyncio.sleep(0)
    assert not taking.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert done == [True]
