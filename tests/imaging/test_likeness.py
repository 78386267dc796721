from itertools import permutations

import pytest
from PIL import Image, ImageEnhance

from bot.imaging.decoding import Undecodable
from bot.imaging.likeness import likeness
from tests.builders import png
from tests.imaging.sketches import png_of, sketch, webp_of


def like(a, b):
    return likeness(png_of(a), [png_of(b)])


def test_the_same_picture_is_exactly_one():
    for seed in range(10):
        found = like(sketch(seed), sketch(seed))
        assert (found.score, found.colour, found.structure, found.mean) == (1, 1, 1, 1)


def test_another_encoding_is_nearly_one():
    found = likeness(webp_of(sketch(1)), [png_of(sketch(1))])
    assert 0.9 < found.score < 1


def test_no_two_different_pictures_are_one_and_none_is_below_zero():
    scores = [like(sketch(0), sketch(seed)).score for seed in range(1, 40)]
    assert all(0 <= score < 1 for score in scores)
    assert len(set(scores)) == len(scores)


def test_the_order_of_the_references_changes_nothing():
    references = [png_of(sketch(seed)) for seed in range(4)]
    seen = webp_of(sketch(2), 70)
    assert len({likeness(seen, order) for order in permutations(references)}) == 1


def test_the_nearest_reference_counts_and_the_mean_tells_of_all():
    near, far = png_of(sketch(1)), png_of(sketch(2))
    found = likeness(near, [far, near])
    assert found.score == 1
    assert found.references == 2
    assert found.mean == pytest.approx((1 + likeness(near, [far]).score) / 2)


def test_likeness_goes_both_ways():
    assert like(sketch(1), sketch(2)).score == like(sketch(2), sketch(1)).score


def test_other_colours_on_the_same_lines_cost_colour_only():
    found = like(sketch(1), ImageEnhance.Color(sketch(1)).enhance(0.0))
    assert found.colour < 0.8
    assert found.structure > 0.9


def test_the_same_colours_elsewhere_cost_structure_only():
    found = like(sketch(1), sketch(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert found.structure < 0.9
    assert found.colour > 0.95


def test_a_slight_shift_in_colour_costs_little():
    found = like(sketch(1), ImageEnhance.Brightness(sketch(1)).enhance(1.03))
    assert found.colour > 0.7


def test_without_references_it_is_not_measured():
    assert likeness(png(), []) is None


def test_two_blank_pictures_have_no_lines_and_so_the_same_ones():
    assert likeness(png(grey=128), [png(grey=128)]).score == 1
    assert likeness(png(grey=0), [png_of(sketch(1))]).structure == 0


def test_what_is_no_picture_is_like_nothing():
    with pytest.raises(Undecodable):
        likeness(png(), [b"no picture"])
