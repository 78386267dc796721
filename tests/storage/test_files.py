import asyncio
import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import DiskFull, NotFound
from bot.ports.shelf import Place
from storage import files
from storage.files import PictureShelf, slug
from tests.builders import a_picture, png

PLACE = {"project": "harbour", "character": "yuki", "day": "2026-11-21", "kind": "images", "name": "12-0"}


def put(shelf, picture=None, **changes):
    parts = {**PLACE, **changes}
    name = parts.pop("name")
    return shelf.put(picture or a_picture(), place=Place(**parts), name=name)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def shelf(tmp_path, pool):
    return PictureShelf(tmp_path / "data", pool)


def all_files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_nothing_but_the_picture_is_left_on_the_disk(shelf, tmp_path):
    kept = await put(shelf)
    assert all_files(tmp_path / "data") == [kept.path]
    assert (tmp_path / "data" / kept.path).read_bytes() == png()


@pytest.mark.parametrize("part", list(PLACE))
@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "../x", "a/b", "a\\b", "/etc", "C:", "a b", "ä", "A", "-a", "a.", "a\0", "x" * 101],
)
async def test_what_is_no_slug_names_no_file(shelf, tmp_path, part, text):
    with pytest.raises(ValueError, match="no slug"):
        await put(shelf, **{part: text})
    assert all_files(tmp_path / "data") == []


@pytest.mark.parametrize("device", ["con", "prn", "aux", "nul", "com1", "lpt9"])
async def test_names_that_windows_keeps_for_devices_get_a_mark(shelf, device):
    kept = await put(shelf, project=device, character=device, name=device)
    assert kept.path == f"library/{device}_/{device}_/2026-11-21/images/{device}_.png"


@given(st.text(max_size=12))
def test_every_slug_is_a_single_plain_name(text):
    try:
        name = slug(text)
    except ValueError:
        return
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "secret.txt",
        "library/../secret.txt",
        "library/../../secret.txt",
        "/etc/passwd",
        "library/a\0b",
        "",
    ],
)
async def test_nothing_outside_the_library_is_read(shelf, tmp_path, path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "data" / "secret.txt").write_text("secret")
    with pytest.raises(NotFound):
        await shelf.read(path)


async def test_a_link_out_of_the_library_is_not_followed(shelf, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "data" / "library" / "link").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "data" / "library" / "harbour").symlink_to(tmp_path)
    with pytest.raises(NotFound):
        await shelf.read("library/link")
    with pytest.raises(ValueError, match="not below"):
        await put(shelf)


async def test_many_pictures_of_one_name_at_once_are_all_kept(shelf):
    contents = [png(grey=grey) for grey in range(12)]
    kept = await asyncio.gather(*(put(shelf, a_picture(content=content)) for content in contents))
    assert len({each.path for each in kept}) == 12
    assert [await shelf.read(each.path) for each in kept] == contents


async def test_a_full_disk_is_said_and_leaves_no_half_file(shelf, tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(DiskFull, match="No space left on device") as refused:
        await put(shelf)
    assert "room" in refused.value.hint
    assert all_files(tmp_path / "data") == []


async def test_what_a_crash_left_unfinished_is_cleared_away(shelf, tmp_path, pool):
    kept = await put(shelf)
    (tmp_path / "data" / "library" / ".incoming" / "x.part").write_bytes(b"half")
    PictureShelf(tmp_path / "data", pool)
    assert all_files(tmp_path / "data") == [kept.path]


async def test_a_library_that_was_taken_away_comes_back(shelf, tmp_path):
    shutil.rmtree(tmp_path / "data" / "library")
    kept = await put(shelf)
    assert await shelf.read(kept.path) == png()
    assert await shelf.free_bytes() > 0


@pytest.mark.skipif(os.name == "nt", reason="Windows refuses to open folders; it keeps its names safe itself")
async def test_file_and_folders_are_safe_before_the_shelf_says_so(shelf, tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    kept = await put(shelf)
    folder = (tmp_path / "data" / kept.path).parent
    library = tmp_path / "data" / "library"
    assert set(synced) == {folder, *folder.parents} & {library, *library.rglob("*")}


async def test_a_removed_file_is_gone_for_good_before_the_shelf_says_so(shelf, tmp_path, monkeypatch):
    kept = await put(shelf)
    synced = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    await shelf.remove(kept.path)
    await shelf.remove(kept.path)
    assert synced == [(tmp_path / "data" / kept.path).parent]


KILLED_WHILE_WRITING = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from bot.ports.shelf import Place
from storage.files import PictureShelf
from tests.builders import a_picture, png

async def main():
    with ThreadPoolExecutor(2) as pool:
        shelf = PictureShelf(Path(sys.argv[1]), pool)
        for number in range(1_000_000):
            content = png(200, 200, grey=number % 256)
            place = Place(project="p", day="2026-11-21", kind="images")
            kept = await shelf.put(a_picture(content=content), place=place, name=f"{number}")
            print(kept.path, flush=True)

asyncio.run(main())
"""


def promises_of_a_killed_process(folder):
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WHILE_WRITING, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        promised = [process.stdout.readline().strip() for _ in range(40)]
        process.kill()
        process.stdout.read()
    return promised


def test_kill_9_leaves_every_promised_file_whole(tmp_path):
    promised = promises_of_a_killed_process(tmp_path)
    for number, path in enumerate(promised):
        assert (tmp_path / path).read_bytes() == png(200, 200, grey=number % 256)
    for path in (tmp_path / "library" / "p").rglob("*.png"):
        assert path.read_bytes() == png(200, 200, grey=int(path.stem) % 256)
