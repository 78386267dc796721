import errno
import time
from concurrent.futures import ThreadPoolExecutor
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from bot.core.errors import DiskFull, NotFound, StudioError
from bot.ports.shelf import Place
from storage import archives as module
from storage.archives import FolderArchives
from storage.files import PictureShelf
from tests.builders import a_picture

PLACE = {"place": Place(project="harbour", day="2026-11-21", kind="images"), "name": "12-0"}


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def archives(tmp_path, pool):
    return FolderArchives(tmp_path, pool)


def left_of(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_pictures_are_kept_as_they_are_and_text_is_pressed(archives, tmp_path, pool):
    kept = await PictureShelf(tmp_path, pool).put(a_picture(), **PLACE)
    async with archives.begin("harbour") as archive:
        await archive.add_file("12-0.png", kept.path)
        await archive.add("12-0.json", b"{}" * 1000)
        packed = await archive.seal()
    with ZipFile(tmp_path / packed.path) as read:
        methods = {info.filename: info.compress_type for info in read.infolist()}
        assert {info.date_time[0] for info in read.infolist()} == {time.localtime().tm_year}
    assert methods == {"12-0.png": ZIP_STORED, "12-0.json": ZIP_DEFLATED}


async def test_an_archive_has_its_name_only_when_it_is_whole(archives, tmp_path):
    async with archives.begin("harbour") as archive:
        await archive.add("about.json", b"{}")
        assert [path for path in left_of(tmp_path) if path.endswith(".zip")] == []
    assert left_of(tmp_path) == []


async def test_what_an_earlier_life_left_unfinished_is_thrown_away(archives, tmp_path, pool):
    (tmp_path / "exports/.incoming").mkdir(parents=True)
    (tmp_path / "exports/.incoming/half.part").write_bytes(b"PK")
    FolderArchives(tmp_path, pool)
    assert left_of(tmp_path) == []


async def test_nothing_outside_the_library_is_packed(archives, tmp_path):
    (tmp_path / "genga.db").write_bytes(b"secret")
    async with archives.begin("harbour") as archive:
        for path in ("genga.db", "library/../genga.db", "/etc/hostname"):
            with pytest.raises(NotFound):
                await archive.add_file("x", path)
    with pytest.raises(NotFound):
        await archives.read("exports/../genga.db")


@pytest.mark.parametrize("name", ["", "..", "a/b", "Ä", "a b"])
async def test_what_is_no_slug_names_no_archive(archives, tmp_path, name):
    async with archives.begin(name) as archive:
        with pytest.raises(ValueError, match="no slug"):
            await archive.seal()
    assert left_of(tmp_path) == []


@pytest.mark.parametrize(("number", "failure"), [(errno.ENOSPC, DiskFull), (errno.EIO, StudioError)])
async def test_a_full_disk_is_told_and_nothing_is_left(archives, tmp_path, monkeypatch, number, failure):
    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(module.ZipFile, "writestr", refuse)
    async with archives.begin("harbour") as archive:
        with pytest.raises(failure, match="could not be written"):
            await archive.add("about.json", b"{}")
    assert left_of(tmp_path) == []


async def test_only_what_is_old_is_swept_out(archives, tmp_path):
    async with archives.begin("harbour") as archive:
        await archive.seal()
    assert await archives.sweep(before=int((time.time() - 60) * 1000)) == 0
    assert left_of(tmp_path) == ["exports/harbour.zip"]


async def test_where_nothing_was_exported_there_is_nothing_to_sweep(archives):
    assert await archives.sweep(before=2**45) == 0


async def test_an_export_that_cannot_be_removed_now_stops_no_other(archives, tmp_path, monkeypatch):
    for _ in range(2):
        async with archives.begin("harbour") as archive:
            await archive.seal()
    unlink = module.Path.unlink

    def refuse(path, **more):
        if path.name == "harbour.zip":
            raise PermissionError(errno.EACCES, "in use")
        unlink(path, **more)

    monkeypatch.setattr(module.Path, "unlink", refuse)
    assert await archives.sweep(before=2**45) == 1
    assert left_of(tmp_path) == ["exports/harbour.zip"]
