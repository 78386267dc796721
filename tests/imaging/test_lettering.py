import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imaging.lettering import ELLIPSIS, Lettering


@pytest.fixture(scope="module")
def lettering():
    return Lettering(14)


def test_what_fits_is_left_alone(lettering):
    assert lettering.cut("#12 1girl, solo", 500) == "#12 1girl, solo"


def test_what_does_not_fit_ends_in_an_ellipsis_and_fits(lettering):
    cut = lettering.cut("masterpiece, best quality, 1girl, silver hair, red eyes", 120)
    assert cut.startswith("masterpiece")
    assert cut.endswith(ELLIPSIS)
    assert lettering.width(cut) <= 120


def test_no_comma_is_left_dangling_before_the_ellipsis(lettering):
    room = lettering.width("masterpiece, " + ELLIPSIS)
    assert lettering.cut("masterpiece, best quality", room) == "masterpiece" + ELLIPSIS


def test_line_breaks_and_tabs_become_spaces(lettering):
    assert lettering.drawable("a\n b\t\tc\r\n") == "a b c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("café naïve", "cafe naive"),
        ("832×1216 – done", "832x1216 - done"),
        ("ＡＢＣ", "ABC"),
        ("猫耳, 1girl, 銀髪", "…, 1girl, …"),
        ("日本語だけ", "…"),
        ("hi \u202egnp.exe", "hi gnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("a\0b\ud800c", "ab…c"),
    ],
)
def test_what_the_typeface_lacks_is_written_plainly_or_seen_to_be_left_out(lettering, text, shown):
    assert lettering.drawable(text) == shown


@pytest.mark.parametrize("text", ["الإبل", "👩‍👩‍👧‍👦 family", "é" * 50_000, "", " ", "\n"])
def test_nothing_that_people_write_is_a_failure(lettering, text):
    assert lettering.width(lettering.cut(text, 80)) <= 80


@given(text=st.text(), width=st.integers(20, 300))
def test_every_text_is_cut_to_its_room(text, width):
    lettering = Lettering(12)
    assert lettering.width(lettering.cut(text, width)) <= width
    lines = lettering.wrapped(text, width, most=3)
    assert len(lines) <= 3
    assert all(lettering.width(line) <= width for line in lines)


def test_lines_break_between_words_and_only_the_last_is_cut(lettering):
    lines = lettering.wrapped("one two three four five six seven eight nine ten", 100, most=2)
    assert len(lines) == 2
    assert not lines[0].endswith(ELLIPSIS)
    assert lines[1].endswith(ELLIPSIS)
    assert lettering.wrapped("one two", 100, most=2) == ["one two"]
