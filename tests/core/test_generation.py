"""What is asked for: sizes, families, requests."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadRequest
from bot.core.families import ModelFamily
from bot.core.generation import MAX_PIXELS, Aspect, Load, Seed, Size, parse_size, size_of
from tests.builders import a_lora, a_recipe, a_reference, a_request, a_size

drawable = st.integers(8, 512).map(lambda steps: steps * 8)


@pytest.mark.parametrize("text", ["832x1216", " 832 X 1216 ", "832×1216", "832*1216"])
def test_a_size_is_read_however_people_write_it(text):
    assert Size.parse(text) == a_size(832, 1216)


@pytest.mark.parametrize("text", ["", "big", "832", "832x", "832x1216x3", "-64x64", "8.5x64", "9999999x64"])
def test_what_is_no_size_is_refused_with_the_ways_to_write_one(text):
    with pytest.raises(BadRequest) as refusal:
        Size.parse(text)
    assert "square" in refusal.value.hint
    assert "832x1216" in refusal.value.hint


@given(st.text(max_size=30))
def test_no_text_trips_the_reading_of_sizes(text):
    with suppress(BadRequest):
        assert isinstance(parse_size(text), Aspect | Size)


@pytest.mark.parametrize(
    ("asked", "advised"),
    [("831x1217", "832x1216"), ("10x10", "64x64"), ("5000x64", "4096x64"), ("4096x4096", "2896x2896")],
)
def test_an_impossible_size_is_refused_with_the_nearest_that_works(asked, advised):
    with pytest.raises(BadRequest) as refusal:
        Size.parse(asked)
    assert advised in refusal.value.hint


@given(st.integers(1, 999_999), st.integers(1, 999_999))
def test_the_size_that_is_advised_can_be_drawn(width, height):
    Size(width=width, height=height).nearest().check()


@given(drawable, drawable)
def test_a_size_that_can_be_drawn_is_its_own_nearest(width, height):
    size = Size(width=width, height=height)
    if size.pixels <= MAX_PIXELS:
        assert size.nearest() == size


@pytest.mark.parametrize("aspect", Aspect)
def test_an_aspect_is_read_by_its_name(aspect):
    assert parse_size(f" {aspect.upper()} ") is aspect


@pytest.mark.parametrize("family", ModelFamily)
@pytest.mark.parametrize("aspect", Aspect)
def test_every_aspect_can_be_drawn_by_every_family(aspect, family):
    size_of(aspect, family).check()


@pytest.mark.parametrize(
    ("checkpoint", "family"),
    [
        ("illustrious_v1.safetensors", ModelFamily.SDXL),
        ("sd_XL_base.safetensors", ModelFamily.SDXL),
        ("counterfeit_v3.safetensors", ModelFamily.SD15),
    ],
)
def test_a_models_family_is_guessed_from_its_name(checkpoint, family):
    assert ModelFamily.guess(checkpoint) is family


def test_an_option_that_was_said_is_given_even_if_it_is_zero():
    assert a_request(seed=Seed(0), cfg=0.0, loras=(a_lora(),)).given() == {"prompt", "seed", "cfg", "loras"}


def test_options_that_were_not_said_are_not_given():
    assert a_request().given() == {"prompt"}


def test_the_same_reference_is_always_uploaded_under_the_same_name():
    assert a_reference().upload_name == a_reference(path="elsewhere.png").upload_name
    assert a_reference(sha256="cd" * 32).upload_name != a_reference().upload_name


def test_a_recipe_with_another_seed_differs_in_nothing_else():
    assert a_recipe(seed=Seed(1)).with_seed(Seed(2)) == a_recipe(seed=Seed(2))


def test_a_recipe_as_asked_for_forgets_what_happened_to_its_first_drawing():
    load = Load(size=Size(width=832, height=1216), count=4)
    tried = a_recipe(size=Size(width=448, height=640), lightened_from=load, redrawn_from=Seed(9))
    assert tried.as_asked() == a_recipe(size=load.size, count=4)
    assert a_recipe().as_asked() == a_recipe()
