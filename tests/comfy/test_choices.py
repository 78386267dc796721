import pytest

from bot.comfy.choices import choices_in, choices_of
from tests.comfy.recordings import document


def test_choices_come_in_two_shapes():
    assert choices_in([["a", "b"], {"tooltip": "…"}]) == ("a", "b")
    assert choices_in(["COMBO", {"multiselect": False, "options": ["a", "b"]}]) == ("a", "b")


@pytest.mark.parametrize(
    "declaration", [["COMBO", {"remote": {}}], ["INT", {"min": 0}], ["COMBO"], None, [], "COMBO", [[1, None]]]
)
def test_what_lists_no_names_has_no_choices(declaration):
    assert choices_in(declaration) == ()


def test_the_samplers_are_found_where_comfyui_keeps_them():
    samplers = choices_of(document("object_info.json"), "KSampler", "sampler_name")

    assert {"euler", "euler_ancestral", "dpmpp_2m"} <= set(samplers)


def test_a_class_that_comfyui_lacks_has_no_choices():
    assert choices_of({}, "KSampler", "sampler_name") == ()
