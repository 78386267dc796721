"""In what two drawings differ."""

from dataclasses import fields

import pytest

from bot.core.comparing import Differing, differing, unlike
from bot.core.generation import CastMember, Recipe, StyleUsed
from tests.builders import a_lora, a_recipe, a_reference, a_size

USUAL = a_recipe()


def test_the_same_recipe_differs_in_nothing():
    assert differing(USUAL, a_recipe()) == ()


def test_each_difference_is_named_with_both_its_sides():
    other = a_recipe(
        seed=8,
        cfg=5.5,
        loras=(a_lora(),),
        style=StyleUsed(id=1, name="Ink", revision=3),
        cast=(CastMember(id=1, name="Mira", slug="mira", variations=("kimono", "smiling")),),
    )
    assert differing(USUAL, other) == (
        Differing(name="seed", left="1870400651", right="8"),
        Differing(name="LoRA", left="", right="mira_v2.safetensors at 0.8"),
        Differing(name="style", left="", right="Ink, revision 3"),
        Differing(name="characters", left="", right="Mira (kimono, smiling)"),
        Differing(name="cfg", left="5", right="5.5"),
    )


def test_denoise_counts_only_where_there_is_something_to_start_from():
    assert differing(USUAL, a_recipe(denoise=0.5)) == ()
    named = [one.name for one in differing(USUAL, a_recipe(denoise=0.5, reference=a_reference()))]
    assert named == ["reference", "denoise"]


def test_no_parameter_is_forgotten():
    aside = {"family", "dropped", "lightened_from", "redrawn_from", "denoise"}
    others = {
        "prompt": "x",
        "negative": "x",
        "workflow": "x",
        "size": a_size(64, 64),
        "count": 7,
        "seed": 7,
        "steps": 7,
        "cfg": 7.0,
        "sampler": "x",
        "scheduler": "x",
        "model": None,
        "loras": (a_lora(),),
        "reference": a_reference(),
        "scale": 2.0,
        "upscaler": "x",
        "cast": (CastMember(id=1, name="Mira", slug="mira"),),
        "style": StyleUsed(id=1, name="Ink", revision=1),
        "model_hash": "x",
        "renderer": "x",
    }
    assert {field.name for field in fields(Recipe)} - aside == others.keys()
    for name, value in others.items():
        assert differing(USUAL, a_recipe(**{name: value})), name


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("a heron, rain", "a heron, snow", ("… rain", "… snow")),
        ("a red fox, ink", "a blue fox, ink", ("… red …", "… blue …")),
        ("a heron", "a heron, rain, night", ("… heron", "… heron, rain, night")),
        ("a heron at night", "a heron", ("… at night", "…")),
        ("a b a", "a b a b a", ("…", "… b a")),
        ("fox", "heron", ("fox", "heron")),
        ("", "a heron", ("", "a heron")),
    ],
)
def test_of_long_texts_only_what_is_unlike_is_shown(left: str, right: str, shown: tuple[str, str]):
    assert unlike(left, right) == shown
