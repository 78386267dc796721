"""What takes less of the GPU's memory."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.generation import Load, Size
from bot.core.lightening import advice, change_words, lighter
from tests.builders import a_recipe, a_size

sides = st.integers(8, 360).map(lambda steps: steps * 8)
recipes = st.builds(
    lambda width, height, count: a_recipe(size=Size(width=width, height=height), count=count),
    sides,
    sides,
    st.integers(1, 8),
)


def test_fewer_pictures_come_before_smaller_ones():
    less = lighter(a_recipe(count=4))
    assert (less.count, less.size) == (2, a_size())
    assert less.lightened_from == Load(size=a_size(), count=4)


def test_a_single_picture_gets_smaller():
    assert lighter(a_recipe()).size == a_size(576, 896)


def test_what_cannot_be_less_is_not_lightened():
    assert lighter(a_recipe(size=a_size(64, 64))) is None
    assert advice(a_recipe(size=a_size(64, 64))) == "It was 64×64. Try another model."


@given(recipes)
def test_lighter_is_always_less_and_can_be_drawn(recipe):
    less = lighter(recipe)
    if less is not None:
        less.size.check()
        assert less.size.pixels * less.count < recipe.size.pixels * recipe.count


@given(recipes)
def test_lightening_comes_to_an_end_and_remembers_where_it_began(recipe):
    less, times = recipe, 0
    while (next_one := lighter(less)) is not None:
        less, times = next_one, times + 1
        assert less.lightened_from == recipe.load
    assert times < 30


def test_the_advice_names_numbers():
    assert advice(a_recipe(count=4)) == "It was 832×1216, 4 pictures. Try 2 at once or 576×896."
    assert advice(a_recipe()) == "It was 832×1216. Try 576×896."


def test_a_change_is_said_and_only_a_change():
    assert change_words(a_recipe()) == ""
    words = change_words(lighter(a_recipe(count=4)))
    assert words == "832×1216, 2 pictures instead of 832×1216, 4 pictures: the GPU's memory did not suffice"
