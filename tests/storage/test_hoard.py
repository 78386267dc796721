"""A folder of old pictures, walked with every suspicion."""

import os
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from bot.core.errors import BadRequest, NotFound
from bot.ports.hoard import Find, Passed
from storage import hoard as module
from storage.hoard import FolderHoard
from tests.builders import png


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def old(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    return folder


def hoard_of(folder, pool):
    return FolderHoard(folder, pool, library=folder.parent / "data" / "library")


async def sights(hoard):
    return {sight.name: sight async for sight in hoard.walk()}


async def test_links_out_of_the_folder_and_back_into_it_are_named_and_not_followed(tmp_path, old, pool):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_bytes(png())
    (old / "out").symlink_to(outside, target_is_directory=True)
    (old / "circle").symlink_to(old, target_is_directory=True)
    (old / "secret.png").symlink_to(outside / "secret.png")
    (old / "nowhere.png").symlink_to(old / "gone.png")
    seen = await sights(hoard_of(old, pool))
    assert seen.keys() == {"out", "circle", "secret.png", "nowhere.png"}
    assert all(isinstance(sight, Passed) and "link" in sight.why for sight in seen.values())


@pytest.mark.skipif(
    not hasattr(os, "O_NOFOLLOW"), reason="this system cannot refuse a link when it opens a file"
)
async def test_a_file_that_was_exchanged_for_a_link_is_not_read(tmp_path, old, pool):
    (tmp_path / "secret.png").write_bytes(png())
    (old / "a.png").write_bytes(png())
    hoard = hoard_of(old, pool)
    (find,) = (await sights(hoard)).values()
    (old / "a.png").unlink()
    (old / "a.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(NotFound):
        await hoard.read(find)


async def test_other_files_are_none_of_ours(old, pool):
    for name in ("notes.txt", "model.safetensors", "clip.mp4", "anim.gif", ".png"):
        (old / name).write_bytes(b"x")
    assert await sights(hoard_of(old, pool)) == {}


async def test_a_very_deep_folder_is_walked_to_its_end(old, pool):
    folder = old
    for _ in range(200):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "deep.png").write_bytes(png())
    (found,) = (await sights(hoard_of(old, pool))).values()
    assert isinstance(found, Find)
    assert found.changed > 0


async def test_our_own_library_is_not_adopted_by_itself(tmp_path, pool):
    library = tmp_path / "data" / "library"
    library.mkdir(parents=True)
    (library / "1_1.png").write_bytes(png())
    hoard = FolderHoard(tmp_path, pool, library=library)
    assert {name: sight.why for name, sight in (await sights(hoard)).items()} == {
        "data/library": "It is Genga's own library."
    }
    with pytest.raises(BadRequest, match="part of the library"):
        FolderHoard(library, pool, library=library)


async def test_what_is_no_folder_is_refused(old, pool):
    (old / "a.png").write_bytes(png())
    for wrong in (old / "nowhere", old / "a.png"):
        with pytest.raises(BadRequest, match="is no folder"):
            hoard_of(wrong, pool)


async def test_a_file_that_is_too_large_is_never_read_whole(old, pool, monkeypatch):
    (old / "a.png").write_bytes(png())
    hoard = hoard_of(old, pool)
    (find,) = (await sights(hoard)).values()
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    (passed,) = (await sights(hoard)).values()
    assert "more than 0 MiB" in passed.why
    with pytest.raises(NotFound, match="more than"):
        await hoard.read(find)


@pytest.mark.parametrize("seen", [5, 5_000])
async def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_time(old, pool, monkeypatch, seen):
    (old / "a.png").write_bytes(png())
    hoard = hoard_of(old, pool)
    (find,) = (await sights(hoard)).values()
    monkeypatch.setattr(os, "fstat", lambda _: SimpleNamespace(st_size=seen))
    with pytest.raises(NotFound, match="being written"):
        await hoard.read(find)


async def test_what_cannot_be_opened_is_passed_by_and_the_rest_found(old, pool, monkeypatch):
    (old / "shut").mkdir()
    (old / "open.png").write_bytes(png())
    (old / "odd.png").write_bytes(png())
    scandir, lstat = os.scandir, module.Path.lstat

    def barred(folder):
        if str(folder).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    def unstable(path):
        if path.name == "odd.png":
            raise PermissionError(13, "Permission denied")
        return lstat(path)

    monkeypatch.setattr(os, "scandir", barred)
    monkeypatch.setattr(module.Path, "lstat", unstable)
    seen = await sights(hoard_of(old, pool))
    assert seen["shut"].why == "The folder cannot be opened: Permission denied."
    assert seen["odd.png"].why == "It cannot be opened: Permission denied."
    assert isinstance(seen["open.png"], Find)
