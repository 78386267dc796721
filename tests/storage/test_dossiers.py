import io
import json
import struct
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.core.errors import BadRequest
from bot.ports.dossiers import MIB, MOST_PACKED
from storage import dossiers as module
from storage.dossiers import ZippedDossiers
from tests.builders import png

YUKI = {"format": "genga character", "version": 1, "name": "Yuki"}


@pytest.fixture
def dossiers():
    with ThreadPoolExecutor(1) as pool:
        yield ZippedDossiers(pool)


def a_zip(sheet=YUKI, *, at="character.json", how=zipfile.ZIP_DEFLATED, **files):
    """Return a zip with this sheet and these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        if at:
            archive.writestr(at, sheet if isinstance(sheet, (str, bytes)) else json.dumps(sheet))
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_pictures(*files):
    return YUKI | {"references": [{"pose": "front", "file": file} for file in files]}


async def refused(dossiers, content, words):
    with pytest.raises(BadRequest, match=words) as told:
        await dossiers.unpack(content)
    assert "/character export" in told.value.hint


@pytest.mark.parametrize("at", ["character.json", "yuki/character.json"])
async def test_a_zip_that_somebody_packed_anew_is_read(dossiers, at):
    folder = at.removesuffix("character.json")
    content = a_zip(
        with_pictures("references/front-1.PNG"),
        at=at,
        **{f"{folder}references/front-1.PNG": png(), "__MACOSX/character.json": b"\0"},
    )
    read = await dossiers.unpack(content)
    assert (read.name, [one.content for one in read.references]) == ("Yuki", [png()])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no zip"),
        (b"PK\5\6", "no zip"),
        (png(), "no zip"),
        (a_zip()[:-30], "no zip"),
        (a_zip()[30:], "no zip that can be read"),
        (b"PK\5\6" + b"\xff" * 18, "more than 64 files"),
    ],
)
async def test_what_is_no_whole_zip_is_refused(dossiers, content, words):
    await refused(dossiers, content, words)


async def test_damaged_contents_are_refused(dossiers):
    content = bytearray(a_zip())
    content[45:60] = b"\xff" * 15
    await refused(dossiers, bytes(content), "no zip that can be read")


async def test_more_bytes_than_are_taken_are_not_looked_at(dossiers):
    await refused(dossiers, bytes(MOST_PACKED + 1), "20.0 MiB")


@pytest.mark.parametrize(
    "name", ["../evil.png", "..\\evil.png", "/etc/passwd", "C:evil.png", "a/../../evil.png", "./x", "a//../b"]
)
async def test_a_name_that_points_out_of_the_zip_is_refused(dossiers, name):
    out = io.BytesIO(a_zip())
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        archive.writestr(entry, b"x")
    await refused(dossiers, out.getvalue(), "points out of it")


@pytest.mark.parametrize("file", ["../front.png", "/front.png", "references/gone.png", "character.json/x"])
async def test_a_picture_that_is_not_in_the_zip_is_refused(dossiers, file):
    await refused(dossiers, a_zip(with_pictures(file)), "is not in the zip")


async def test_too_many_files_are_refused(dossiers):
    await refused(dossiers, a_zip(**{f"file{number}": b"" for number in range(64)}), "more than 64 files")


async def test_a_list_of_contents_that_would_take_long_to_read_is_not_begun(dossiers, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", None)
    out = io.BytesIO()
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, module.MOST_DIRECTORY + 1, 0, 0)
    out.write(bytes(module.MOST_DIRECTORY + 1) + end)
    await refused(dossiers, out.getvalue(), "more than 64 files")
    await refused(dossiers, b"PK\6\7" + bytes(16) + struct.pack("<4s4H2LH", b"PK\5\6", *[0] * 7), "64 files")


async def test_a_bomb_is_read_only_as_far_as_is_allowed(dossiers):
    bomb = a_zip(with_pictures("bomb.png"), **{"bomb.png": bytes(30 * MIB)})
    assert len(bomb) < MIB // 10
    await refused(dossiers, bomb, "unpacks to more than 20 MiB")


async def test_many_small_bombs_are_one_bomb(dossiers, monkeypatch):
    monkeypatch.setattr(module, "MOST_UNPACKED", 3 * MIB)
    files = {f"{number}.png": bytes(MIB) for number in range(4)}
    await refused(dossiers, a_zip(with_pictures(*files), **files), "unpacks to more than")


async def test_a_size_that_lies_changes_nothing(dossiers):
    content = bytearray(a_zip(with_pictures("a.png"), **{"a.png": bytes(30 * MIB)}))
    at = content.rindex(b"PK\1\2")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    await refused(dossiers, bytes(content), "unpacks to more than 20 MiB|no zip that can be read")


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_other_ways_of_packing_are_not_taken(dossiers, how):
    await refused(dossiers, a_zip(how=how), "packed in a way")


async def test_a_locked_zip_is_refused(dossiers):
    content = bytearray(a_zip())
    content[content.rindex(b"PK\1\2") + 8] |= 1
    await refused(dossiers, bytes(content), "password")


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (b"\xff\xfe", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ({}, "`format`: Field required"),
        (YUKI | {"format": "something"}, "`format`"),
        (YUKI | {"version": 2}, "`version`"),
        (YUKI | {"name": 7}, "`name`"),
        (YUKI | {"lora": {"name": "x", "strength": 99}}, "`lora.strength`"),
        (YUKI | {"lora": {"name": "x", "strength": float("nan")}}, "`lora.strength`"),
        (YUKI | {"variations": [{"kind": "hat", "name": "x", "prompt": "x"}]}, "`variations.0.kind`"),
        (YUKI | {"references": [{"pose": "back", "file": "x"}]}, "`references.0.pose`"),
        (YUKI | {"references": [{"pose": "front", "file": "x"}] * 65}, "`references`"),
        (YUKI | {"appearance": {"hair": "x" * 4001}}, "`appearance.hair`"),
    ],
)
async def test_a_wrong_sheet_is_refused_with_where_it_is_wrong(dossiers, sheet, words):
    await refused(dossiers, a_zip(sheet), words)


@pytest.mark.parametrize("at", ["", "a/b/character.json", "yuki.json"])
async def test_a_zip_without_a_sheet_is_refused(dossiers, at):
    await refused(dossiers, a_zip(at=at), "no `character.json`")
