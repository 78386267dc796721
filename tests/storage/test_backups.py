import asyncio
import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured, NotFound
from storage import backups as module
from storage.backups import FolderBackups, back_up, backups_in, restore
from storage.database import Database
from storage.stores import SqliteStores
from tests.builders import a_new_job

DAY = 86_400_000
NOON = 1_790_000_000_000


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder with a database in which the queue is paused since 1."""
    async with Database.open(tmp_path / "genga.db") as database:
        await SqliteStores.over(database).settings.set_paused(1)
    return tmp_path


class Cut(BaseException):
    """The power fails."""


_TOUCHES = ((os, "link"), (os, "replace"), (os, "unlink"), (os, "fsync"))


@contextmanager
def cut_before(touch: int) -> Generator[None]:
    """Let the power fail just before so many touches of the disk, counted from 1."""
    left = iter(range(touch - 1, -1, -1))

    def dying(act: Callable[..., object]) -> Callable[..., object]:
        def acting(*given: object, **named: object) -> object:
            if next(left, 1) == 0:
                raise Cut
            return act(*given, **named)

        return acting

    with pytest.MonkeyPatch.context() as patch:
        for module_of, name in _TOUCHES:
            patch.setattr(module_of, name, dying(getattr(module_of, name)))
        yield


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


async def test_what_a_copy_left_behind_that_was_cut_off_goes_with_the_next_one(data: Path):
    folder = data / "backups"
    with pytest.raises(Cut), cut_before(2):
        back_up(data / "genga.db", folder, at=NOON - DAY, keep=3)
    with pytest.raises(Cut), cut_before(2):
        back_up(data / "genga.db", folder, at=NOON - 1000, keep=3)
    older, newer = sorted(folder.iterdir())
    copy = back_up(data / "genga.db", folder, at=NOON, keep=3)
    assert sorted(folder.iterdir()) == [newer, copy]
    assert older.name.endswith(".new")


async def test_of_two_who_copy_in_the_same_second_neither_disturbs_the_other(data: Path):
    async def copied() -> Path:
        return await asyncio.to_thread(back_up, data / "genga.db", data / "backups", at=NOON, keep=3)

    copies = {await copying for copying in [asyncio.create_task(copied()) for _ in range(4)]}
    assert list((data / "backups").iterdir()) == [*copies]
    assert await paused_since(copies.pop()) == 1


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


def kept_in(folder: Path) -> list[Path]:
    return list(folder.glob("*.replaced-*"))


def stored_in(database: Path) -> str:
    """Read the database as the next start does: with its log; it must be sound."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (value,) = opened.execute("SELECT value FROM studio_settings WHERE key = 'paused_since'").fetchone()
    return value


async def test_wherever_restoring_is_cut_off_the_old_database_or_the_new_one_is_there_whole(
    data: Path, tmp_path: Path
):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    with closing(sqlite3.connect(data / "genga.db")) as unclean:
        unclean.execute("UPDATE studio_settings SET value = '9'")
        unclean.commit()
        crashed = shutil.copytree(data, tmp_path / "crashed")
    found: list[str] = []
    for touch in count(1):
        folder = shutil.copytree(crashed, tmp_path / f"cut-{touch}")
        try:
            with cut_before(touch):
                restore(copy, folder / "genga.db", at=NOON + DAY)
            break
        except Cut:
            found.append(stored_in(folder / "genga.db"))
        kept = [path for path in folder.glob("genga.db.replaced-*") if path.suffix.count("-") == 2]
        assert found[-1] == "9" or [stored_in(path) for path in kept] == ["9"]
    assert found == sorted(found, reverse=True)
    assert set(found) == {"9", "1"}
    after_the_first_cut = tmp_path / "cut-1" / "genga.db"
    restore(copy, after_the_first_cut, at=NOON + DAY)
    assert stored_in(after_the_first_cut) == "1"


async def test_what_a_restore_left_undone_that_was_cut_off_does_no_harm_to_the_next_one(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    journal = data / "genga.db.incoming-journal"
    with closing(sqlite3.connect(shutil.copy(copy, data / "other.db"))) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("UPDATE studio_settings SET value = '7'")
        other.executemany(
            "INSERT INTO studio_settings (key, value) VALUES (?, ?)", [(f"{n}", "8" * 9000) for n in range(9)]
        )
        shutil.copy(data / "other.db-journal", journal)
    with closing(sqlite3.connect(copy)) as newer, newer:
        newer.execute("UPDATE studio_settings SET value = '5'")
    restore(copy, data / "genga.db", at=NOON + DAY)
    assert stored_in(data / "genga.db") == "5"


async def test_a_database_that_was_put_back_knows_since_when_it_is_there(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    restore(copy, data / "genga.db", at=NOON + DAY)
    async with Database.open(data / "genga.db") as database:
        assert await SqliteStores.over(database).settings.restored() == NOON + DAY


async def test_a_number_that_stands_in_a_post_is_given_to_nothing_else_after_a_restore(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    async with Database.open(data / "genga.db") as database:
        shown, _ = await SqliteStores.over(database).jobs.add(a_new_job())
    restore(copy, data / "genga.db", at=NOON + DAY)
    async with Database.open(data / "genga.db") as database:
        new, _ = await SqliteStores.over(database).jobs.add(a_new_job())
    assert new.id == shown.id + 1


async def test_restoring_twice_in_one_second_keeps_both_that_were_replaced(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    kept = {restore(copy, data / "genga.db", at=NOON).kept for _ in range(3)}
    assert len(kept) == 3
    assert all(path and path.is_file() for path in kept)


async def test_a_database_beyond_reading_is_replaced_and_kept_as_it_is_with_its_log(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    (data / "genga.db").write_bytes(b"not a database" * 100)
    (data / "genga.db-wal").write_bytes(b"nor a log")
    kept = restore(copy, data / "genga.db", at=NOON).kept
    assert kept is not None
    assert kept.read_bytes() == b"not a database" * 100
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"nor a log"
    assert not (data / "genga.db-wal").exists()
    assert stored_in(data / "genga.db") == "1"


async def test_a_database_that_something_else_reads_is_not_replaced(data: Path):
    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    with (
        closing(sqlite3.connect(data / "genga.db")) as writer,
        closing(sqlite3.connect(data / "genga.db", isolation_level=None, timeout=0)) as reader,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT value FROM studio_settings").fetchall()
        writer.execute("UPDATE studio_settings SET value = '9'")
        writer.commit()
        with pytest.raises(Misconfigured, match="something else has it open"):
            restore(copy, data / "genga.db", at=NOON)
        assert kept_in(data) == []
    assert stored_in(data / "genga.db") == "9"


async def test_where_a_file_has_only_one_name_the_replaced_database_is_copied(
    data: Path, monkeypatch: pytest.MonkeyPatch
):
    def only_one_name(*_names: object) -> None:
        raise OSError(errno.EPERM, "not on this disk")

    copy = back_up(data / "genga.db", data / "backups", at=NOON, keep=3)
    monkeypatch.setattr(os, "link", only_one_name)
    kept = restore(copy, data / "genga.db", at=NOON).kept
    assert kept is not None
    assert stored_in(kept) == "1"


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
