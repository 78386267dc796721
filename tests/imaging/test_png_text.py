import tracemalloc
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.imaging.decoding import Undecodable
from bot.imaging.png_text import MOST_TEXT, texts_of, with_texts
from tests.builders import png
from tests.imaging.chunks import chunk, inserted, pixels, texts, walk
from tests.imaging.hostile import animated, encoded, text_bomb
from tests.imaging.sketches import sketch

WANTED = frozenset({"parameters", "prompt", "workflow"})
ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def read(content):
    return dict(texts_of(content, WANTED).by_keyword)


# ── reading


def test_all_three_kinds_of_text_are_read():
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "Grüße")
    info.add_text("prompt", "{}" * 900, zip=True)
    info.add_itxt("workflow", "猫 🐈", zip=True)
    content = encoded(sketch(1), "PNG", pnginfo=info)
    assert read(content) == {"parameters": "Grüße", "prompt": "{}" * 900, "workflow": "猫 🐈"}


def test_texts_behind_the_pixels_are_read_too():
    content = png()[:-12] + chunk(b"tEXt", b"parameters\0late") + png()[-12:]
    assert read(content) == {"parameters": "late"}


def test_of_two_texts_with_one_keyword_the_first_counts():
    content = inserted(png(), chunk(b"tEXt", b"prompt\0one"), chunk(b"tEXt", b"prompt\0two"))
    assert read(content) == {"prompt": "one"}


def test_other_texts_are_not_even_unpacked():
    found = texts_of(text_bomb(), WANTED)
    assert (found.by_keyword, found.remarks) == ({}, ())


@pytest.mark.parametrize("kind", ["zTXt", "iTXt"])
def test_a_bomb_never_goes_off(kind):
    packed = zlib.compress(bytes(600_000_000), 9)
    head = b"workflow\0\0" if kind == "zTXt" else b"workflow\0\1\0\0\0"
    content = inserted(png(), chunk(kind.encode(), head + packed), chunk(b"tEXt", b"prompt\0{}"))
    tracemalloc.start()
    found = texts_of(content, WANTED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.by_keyword == {"prompt": "{}"}
    assert found.remarks == ("The text `workflow` was not read: it would take more than 8 MiB.",)
    assert peak < 4 * MOST_TEXT


def test_huge_plain_texts_are_refused_alone_and_together():
    alone = inserted(png(), chunk(b"tEXt", b"prompt\0" + b"x" * (MOST_TEXT + 1)))
    assert "more than 8 MiB" in texts_of(alone, WANTED).remarks[0]
    half = b"\0" + b"x" * (MOST_TEXT // 2 + 1)
    both = inserted(png(), chunk(b"tEXt", b"prompt" + half), chunk(b"tEXt", b"workflow" + half))
    found = texts_of(both, WANTED)
    assert list(found.by_keyword) == ["prompt"]
    assert len(found.remarks) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (chunk(b"zTXt", b"prompt\0\0no zlib"), "its packing is damaged"),
        (chunk(b"iTXt", b"prompt\0\0\0no language"), "it is cut off"),
    ],
)
def test_a_damaged_text_is_remarked_on(body, reason):
    assert texts_of(inserted(png(), body), WANTED).remarks == (f"The text `prompt` was not read: {reason}.",)


def test_what_was_read_before_the_damage_counts():
    found = texts_of(inserted(png(), chunk(b"tEXt", b"prompt\0{}"))[:-20], WANTED)
    assert found.by_keyword == {"prompt": "{}"}
    assert found.remarks == ("It is damaged: it ends too early.",)


@given(content=st.binary(max_size=300))
def test_no_bytes_trip_the_reader(content):
    texts_of(content, WANTED)
    texts_of(png()[:8] + content, WANTED)
    texts_of(inserted(png(), content), WANTED)


# ── writing


@given(text=ANY_TEXT)
def test_two_independent_readers_find_what_was_written(text):
    written = with_texts(png(), {"parameters": text})
    assert texts(written) == [("parameters", text)]
    assert Image.open(BytesIO(written)).info.get("parameters", "") == text
    assert read(written) == {"parameters": text}


def test_plain_words_are_written_for_the_oldest_readers():
    assert walk(with_texts(png(), {"parameters": "1girl"}))[0][1] == ("tEXt", b"parameters\x001girl")


@pytest.mark.parametrize(
    "content", [encoded(sketch(1), "PNG"), png(3, 5), animated("PNG")], ids=["rgb", "l", "apng"]
)
def test_not_a_byte_of_the_pixels_is_touched(content):
    written = with_texts(content, {"parameters": "1girl, 猫耳"})
    assert pixels(written) == pixels(content)
    assert [each for each in walk(written)[0] if each[0] != "iTXt"] == walk(content)[0]
    assert Image.open(BytesIO(written)).tobytes() == Image.open(BytesIO(content)).tobytes()


def test_writing_twice_replaces_and_writing_the_same_changes_nothing():
    once = with_texts(png(), {"parameters": "first"})
    twice = with_texts(once, {"parameters": "second"})
    assert texts(twice) == [("parameters", "second")]
    assert with_texts(twice, {"parameters": "second"}) == twice


def test_what_others_wrote_is_kept_and_only_the_same_keyword_replaced():
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", '{"3": {}}')
    info.add_itxt("parameters", "old", zip=True)
    info.add_text("Software", "somebody's")
    written = with_texts(encoded(sketch(1), "PNG", pnginfo=info), {"parameters": "new"})
    assert texts(written) == [("parameters", "new"), ("prompt", '{"3": {}}'), ("Software", "somebody's")]


def test_what_hangs_behind_the_end_stays_there():
    assert walk(with_texts(png() + b"a zip, perhaps", {"parameters": "x"}))[1] == b"a zip, perhaps"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", png()[:8], png()[:40], png()[:-4], png()[:8] + png()[33:]]
)
def test_into_a_damaged_png_nothing_is_written(content):
    with pytest.raises(Undecodable):
        with_texts(content, {"parameters": "x"})
