from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.core.errors import Misconfigured, NotFound
from bot.settings import Settings
from storage.database import Database
from storage.stores import SqliteStores


@pytest.fixture
async def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    async with Database.open(tmp_path / "data" / "genga.db") as database:
        await SqliteStores.over(database).settings.set_paused(1)
    return tmp_path / "data"


def genga(*arguments: str, answer: str = "") -> Result:
    result = CliRunner().invoke(cli, arguments, input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


async def paused_since(data: Path) -> int | None:
    async with Database.open(data / "genga.db") as database:
        return await SqliteStores.over(database).settings.paused_since()


async def set_paused(data: Path, since: int) -> None:
    async with Database.open(data / "genga.db") as database:
        await SqliteStores.over(database).settings.set_paused(since)


async def test_backup_says_where_the_copy_is(data: Path):
    result = genga("backup")
    (copy,) = (data / "backups").iterdir()
    assert copy.name in result.output.replace("\n", "")


async def test_backup_without_a_database_says_so(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    with pytest.raises(NotFound, match="elsewhere"):
        genga("backup")


async def test_what_the_disk_refuses_is_said_and_leaves_the_database_as_it_was(data: Path):
    genga("backup")
    (copy,) = (data / "backups").iterdir()
    await set_paused(data, 2)
    with pytest.raises(Misconfigured, match="could not be copied"):
        genga("backup", "--to", str(copy))
    (data / "genga.db.incoming.new").mkdir()
    with pytest.raises(Misconfigured, match="could not be put in place"):
        genga("restore", str(copy), "--yes")
    assert await paused_since(data) == 2


async def test_restore_asks_and_no_leaves_everything_as_it_was(data: Path):
    genga("backup")
    (copy,) = (data / "backups").iterdir()
    await set_paused(data, 2)
    assert genga("restore", str(copy), answer="n\n").exit_code == 1
    assert await paused_since(data) == 2


async def test_restore_looks_at_the_copy_before_it_asks(data: Path):
    with pytest.raises(NotFound, match="no file"):
        genga("restore", "nowhere.db", answer="y\n")
    (data / "junk.db").write_bytes(b"junk" * 999)
    with pytest.raises(Misconfigured, match="is no database"):
        genga("restore", str(data / "junk.db"))


async def test_restore_puts_the_copy_back_after_yes(data: Path):
    genga("backup")
    (copy,) = (data / "backups").iterdir()
    await set_paused(data, 2)
    assert genga("restore", str(copy), answer="y\n").exit_code == 0
    assert await paused_since(data) == 1


async def test_restore_is_refused_while_the_bot_is_running(data: Path):
    genga("backup")
    (copy,) = (data / "backups").iterdir()
    with FileLock(data / "genga.lock"), pytest.raises(Misconfigured, match="Another Genga"):
        genga("restore", str(copy), "--yes")


async def test_fsck_of_a_sound_folder_exits_with_0(data: Path):
    result = genga("fsck")
    assert (result.exit_code, "fit together" in result.output) == (0, True)


async def test_fsck_names_a_fault_and_exits_with_1(data: Path):
    (data / "library").mkdir()
    (data / "library" / "stray.png").write_bytes(b"x")
    result = genga("fsck")
    assert result.exit_code == 1
    assert "library/stray.png belongs to nothing" in result.output
    assert "1 fault.\n`genga fsck --fix` does what stands behind the arrows" in result.output


async def test_fsck_fix_says_what_it_will_do_and_asks_first(data: Path):
    (data / "library").mkdir()
    stray = data / "library" / "stray.png"
    stray.write_bytes(b"x")
    refused = genga("fsck", "--fix", answer="n\n")
    assert "move it to lost-and-found" in refused.output
    assert stray.exists()
    fixed = genga("fsck", "--fix", answer="y\n")
    assert fixed.exit_code == 0
    assert "1 mended, 0 faults left." in fixed.output
    assert not stray.exists()


async def test_fsck_mends_nothing_while_the_bot_is_running_and_looks_all_the_same(data: Path):
    with FileLock(data / "genga.lock"):
        assert genga("fsck").exit_code == 0
        with pytest.raises(Misconfigured, match="Another Genga"):
            genga("fsck", "--fix", "--yes")


async def test_fsck_fix_of_a_sound_folder_has_nothing_to_ask(data: Path):
    result = genga("fsck", "--fix")
    assert (result.exit_code, "fit together" in result.output) == (0, True)


async def test_fsck_before_the_first_start_has_nothing_to_check(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    assert genga("fsck").exit_code == 0
