import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.imaging.comparing import difference
from bot.imaging.decoding import Undecodable
from tests.builders import a_size, png
from tests.imaging.hostile import encoded, with_workflow
from tests.imaging.sketches import png_of, sketch, webp_of


def test_the_same_pixels_are_identical_whatever_else_is_in_the_file():
    found = difference(with_workflow(sketch(1)), encoded(sketch(1), "PNG", compress_level=9))
    assert found.identical
    assert (found.pixels, found.most) == (0, 0)


@given(
    changes=st.dictionaries(
        st.tuples(st.integers(0, 15), st.integers(0, 15)), st.integers(1, 127), max_size=9
    )
)
def test_every_changed_pixel_is_counted_and_the_largest_step_named(changes):
    before = Image.new("RGB", (16, 16), (128, 10, 10))
    after = before.copy()
    for place, step in changes.items():
        after.putpixel(place, (128 - step, 10, 10))
    found = difference(png_of(before), png_of(after))
    assert (found.pixels, found.most) == (len(changes), max(changes.values(), default=0))
    assert found.identical is not bool(changes)


def test_other_sizes_are_not_compared():
    found = difference(png(40, 30), png(30, 40))
    assert found.sizes == (a_size(40, 30), a_size(30, 40))
    assert (found.pixels, found.most, found.identical) == (None, None, False)


def test_a_lossy_copy_is_not_identical():
    assert not difference(png_of(sketch(1)), webp_of(sketch(1))).identical


def test_transparency_counts():
    clear = Image.new("RGBA", (8, 8), (1, 2, 3, 0))
    assert difference(png_of(clear), png_of(clear.convert("RGB"))).most == 255


def test_a_palette_with_the_same_colours_is_identical():
    image = Image.new("RGB", (8, 8), (10, 20, 30))
    assert difference(png_of(image), png_of(image.convert("P", palette=Image.Palette.ADAPTIVE))).identical


def test_sixteen_bits_are_compared_on_eight():
    assert difference(png_of(Image.new("I;16", (8, 8), 32768)), png_of(Image.new("L", (8, 8), 128))).identical


def test_what_is_no_picture_is_not_compared():
    with pytest.raises(Undecodable):
        difference(png(), b"no picture")
