"""Which typeface a text is written in, and where one is found; the fonts are made here."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.imaging.darkroom import PillowDarkroom
from bot.imaging.lettering import ELLIPSIS, Lettering, has_all
from bot.imaging.typefaces import ACCENTED, JAPANESE, japanese_of, typefaces_of
from bot.ports.darkroom import Frame
from tests.builders import png
from tests.imaging.fonts import a_font

LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#,.… "
NOTO = "opentype/noto/NotoSansCJK-Regular.ttc"


@pytest.fixture(autouse=True)
def found_anew():
    typefaces_of.cache_clear()


@pytest.fixture
def system(tmp_path):
    """The folder of a system's fonts: one for accents, one for Japanese, one that is damaged."""
    a_font(tmp_path / "truetype/DejaVuSans.ttf", LATIN + ACCENTED)
    a_font(tmp_path / NOTO, LATIN + JAPANESE)
    (tmp_path / "meiryo.ttc").write_bytes(b"no font")
    return tmp_path


def test_a_name_in_kanji_is_written_where_a_japanese_typeface_is_found(system):
    lettering = Lettering(14, typefaces_of(None, (system,)))
    assert lettering.drawable("葵 #12") == "葵 #12"
    assert Lettering(14, typefaces_of(None, ())).drawable("葵 #12") == f"{ELLIPSIS} #12"


def test_each_text_has_the_first_typeface_that_has_all_of_it(system):
    _, accented, kanji = typefaces = typefaces_of(None, (system,))
    lettering = Lettering(14, typefaces)
    assert lettering.font("Mira").getname() == Lettering(14).font("Mira").getname()
    assert lettering.font("Zoé").path == accented
    assert lettering.font("凛 Mira").path == kanji


def test_where_no_typeface_has_everything_the_one_that_leaves_out_least_is_taken(system):
    assert Lettering(14, typefaces_of(None, (system,))).drawable("日本語 ñ ✨") == f"日本語 n {ELLIPSIS}"


def test_a_chosen_typeface_goes_first_and_one_that_is_none_is_left_out(system, tmp_path):
    chosen = a_font(tmp_path / "own/Brush.ttf", LATIN)
    assert typefaces_of(chosen, (system,))[:2] == (chosen, None)
    assert typefaces_of(system / "meiryo.ttc", (system,))[0] is None
    assert typefaces_of(tmp_path / "gone.ttf", ()) == (None,)


def test_file_names_are_compared_as_macos_and_windows_do(tmp_path):
    apart = "ヒラギノ角ゴシック W3.ttc"  # the signs on its letters stand apart, as macOS lists them
    for name in (apart, "YUGOTHM.TTC"):
        file = a_font(tmp_path / name[0] / name, JAPANESE)
        assert japanese_of(typefaces_of(None, (tmp_path / name[0],))) == file


def test_a_font_that_lacks_what_its_name_promises_is_passed_over(tmp_path):
    a_font(tmp_path / NOTO, LATIN)
    second = a_font(tmp_path / "ipag.ttf", JAPANESE)
    assert japanese_of(typefaces_of(None, (tmp_path,))) == second
    assert japanese_of(typefaces_of(None, ())) is None


def test_what_is_no_font_has_nothing(system, tmp_path):
    assert not has_all(system / "meiryo.ttc", "a")
    assert not has_all(tmp_path, "a")


def test_japanese_lines_break_anywhere_but_before_what_closes(tmp_path):
    lettering = Lettering(10, (a_font(tmp_path / "kanji.ttf", "日本。… "),))
    assert lettering.wrapped("日本日日本。日本", lettering.width("日本日日本"), most=9) == [
        "日本日日",
        "本。日本",
    ]


async def test_a_sheet_is_written_in_the_typefaces_that_are_at_hand(system):
    async def read():
        return png()

    with ThreadPoolExecutor(1) as pool:
        plain = PillowDarkroom(pool)
        found = PillowDarkroom(pool, typefaces=lambda: typefaces_of(None, (system,)))
        sheets = [
            await room.contact_sheet([Frame(read=read, caption=caption)])
            for room in (plain, found)
            for caption in ("葵", ELLIPSIS, "Mira")
        ]
    kanji_lost, lost, latin, kanji, _, latin_too = (sheet.content for sheet in sheets)
    assert kanji_lost == lost != kanji
    assert latin == latin_too
