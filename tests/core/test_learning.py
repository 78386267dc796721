"""What goes with approval is counted; it stands out only where chance hardly explains it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.generation import StyleUsed
from bot.core.learning import ENOUGH, Tally, learned_of
from tests.builders import a_lora, a_recipe, a_size


def judged(*pictures):
    """Say (approved, rejected, what it was drawn with) of each kind of picture."""
    return [
        (a_recipe(**drawn_with), good)
        for approved, rejected, drawn_with in pictures
        for good in (*[True] * approved, *[False] * rejected)
    ]


def test_of_nothing_nothing_is_told():
    learned = learned_of([])
    assert (learned.all.judged, learned.parameters, learned.words, learned.suggestions) == (0, {}, (), {})


def test_every_value_of_a_parameter_is_counted():
    learned = learned_of(judged((2, 1, {"steps": 25, "cfg": 5.0}), (0, 2, {"steps": 40, "cfg": 5.0})))
    assert learned.all == Tally(what="", approved=2, judged=5)
    assert learned.parameters["steps"] == (
        Tally(what="25", approved=2, judged=3),
        Tally(what="40", approved=0, judged=2),
    )
    assert set(learned.parameters) == {"steps"}


def test_model_style_size_sampler_and_loras_are_parameters_where_there_are_any():
    style = StyleUsed(id=1, name="Ink", revision=2)
    recipe = {"style": style, "loras": (a_lora(name="ink", strength=0.8),), "size": a_size(512, 768)}
    learned = learned_of(judged((1, 0, recipe), (1, 0, {"model": None})))
    shown = {name: [tally.what for tally in tallies] for name, tallies in learned.parameters.items()}
    assert shown["style"] == ["Ink"]
    assert shown["lora"] == ["ink × 0.8"]
    assert shown["model"] == ["illustrious_xl.safetensors"]
    assert (learned.same["sampler"], "model" in learned.same) == ("euler_ancestral / normal", False)
    assert set(shown["size"]) == {"512×768", "832×1216"}


def test_a_word_counts_once_per_picture_however_it_is_written():
    learned = learned_of(judged((6, 0, {"prompt": "rain, Rain, (rain:1.2)"}), (1, 6, {"prompt": "sun"})))
    assert learned.words == (Tally(what="rain", approved=6, judged=6),)
    assert learned.against == (Tally(what="sun", approved=1, judged=7),)


def test_what_stands_out_is_suggested():
    learned = learned_of(judged((9, 1, {"cfg": 4.5}), (3, 9, {"cfg": 9.0})))
    assert learned.suggestions == {"cfg": Tally(what="4.5", approved=9, judged=10)}


def test_what_chance_explains_is_not_suggested():
    assert learned_of(judged((4, 2, {"cfg": 4.5}), (3, 3, {"cfg": 9.0}))).suggestions == {}


def test_of_too_few_nothing_is_suggested():
    learned = learned_of(judged((4, 0, {"cfg": 4.5}), (0, 30, {"cfg": 9.0})))
    assert ENOUGH > 4
    assert learned.parameters["cfg"][1].too_few
    assert learned.suggestions == {}


def test_what_all_pictures_have_stands_out_against_nothing():
    assert learned_of(judged((9, 0, {}))).suggestions == {}


@given(approved=st.integers(0, 60), rejected=st.integers(0, 60))
def test_the_bounds_hold_the_share_between_them(approved, rejected):
    if approved + rejected:
        tally = Tally(what="", approved=approved, judged=approved + rejected)
        assert 0 <= tally.at_least(2.0) <= tally.share <= tally.at_most(2.0) <= 1


def test_more_pictures_make_the_bounds_narrower():
    few, many = Tally(what="", approved=6, judged=8), Tally(what="", approved=60, judged=80)
    assert few.share == pytest.approx(many.share)
    assert few.at_least(2.0) < many.at_least(2.0) < many.at_most(2.0) < few.at_most(2.0)


@pytest.mark.parametrize("seed", range(5))
def test_of_many_words_that_mean_nothing_hardly_any_stands_out(seed):
    chance = random.Random(seed)
    words = [f"word {number}" for number in range(60)]
    learned = learned_of(
        [(a_recipe(prompt=", ".join(chance.sample(words, 8))), chance.random() < 0.6) for _ in range(150)]
    )
    assert len(learned.words) + len(learned.against) <= 1
