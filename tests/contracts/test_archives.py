import asyncio
from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.core.errors import NotFound
from bot.ports.shelf import Place
from storage.archives import FolderArchives
from tests.builders import a_picture, png
from tests.fakes.archives import FakeArchives
from tests.fakes.pictures import FakeShelf

PLACE = {"place": Place(project="harbour", day="2026-11-21", kind="images"), "name": "12-0"}


@pytest.fixture
def archives(shelf, tmp_path, pool):
    return FakeArchives(shelf.files) if isinstance(shelf, FakeShelf) else FolderArchives(tmp_path, pool)


async def some_pieces():
    for piece in (b"[", b"1,", b"2]"):
        yield piece


def unpacked(content):
    with ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


async def test_what_was_put_in_comes_out(archives, shelf):
    kept = await shelf.put(a_picture(), **PLACE)
    async with archives.begin("harbour") as archive:
        await archive.add("about.json", b"{}")
        await archive.add_pieces("index.json", some_pieces())
        assert await archive.add_file("pictures/12-0.png", kept.path) == kept.bytes
        packed = await archive.seal()
    content = await archives.read(packed.path)
    assert packed.path == "exports/harbour.zip"
    assert packed.bytes == len(content)
    assert unpacked(content) == {"about.json": b"{}", "index.json": b"[1,2]", "pictures/12-0.png": png()}


async def test_a_name_that_is_taken_gets_a_number(archives):
    made = []
    for _ in range(3):
        async with archives.begin("harbour") as archive:
            made.append((await archive.seal()).path)
    assert made == ["exports/harbour.zip", "exports/harbour-2.zip", "exports/harbour-3.zip"]


async def test_what_was_not_sealed_never_was(archives):
    with suppress(ZeroDivisionError):
        async with archives.begin("harbour") as archive:
            await archive.add("about.json", b"{}")
            raise ZeroDivisionError
    with pytest.raises(NotFound):
        await archives.read("exports/harbour.zip")


async def test_whoever_is_cancelled_leaves_nothing(archives):
    begun = asyncio.Event()

    async def never_ends():
        yield b"x"
        begun.set()
        await asyncio.Event().wait()

    async def export():
        async with archives.begin("harbour") as archive:
            await archive.add_pieces("index.json", never_ends())

    exporting = asyncio.create_task(export())
    await begun.wait()
    exporting.cancel()
    await asyncio.wait({exporting})
    assert exporting.cancelled()
    with pytest.raises(NotFound):
        await archives.read("exports/harbour.zip")


async def test_a_file_that_is_gone_is_named_and_the_others_are_packed(archives):
    async with archives.begin("harbour") as archive:
        with pytest.raises(NotFound, match="12-0"):
            await archive.add_file("12-0.png", "library/harbour/_/2026-11-21/images/12-0.png")
        await archive.add("about.json", b"{}")
        packed = await archive.seal()
    assert unpacked(await archives.read(packed.path)) == {"about.json": b"{}"}


async def test_old_archives_are_swept_out(archives):
    async with archives.begin("harbour") as archive:
        packed = await archive.seal()
    assert await archives.sweep(before=2**45) == 1
    with pytest.raises(NotFound):
        await archives.read(packed.path)
