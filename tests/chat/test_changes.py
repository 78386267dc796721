"""What is written into forms and options is read once, and clearly refused."""

import pytest

from bot.chat.changes import changes_in, strength_in
from bot.chat.inviting import chosen_reactions
from bot.core.errors import BadRequest
from bot.core.generation import Aspect, Size
from bot.studio.refining import Changes


def test_a_form_left_empty_but_for_its_prompt_leaves_all_to_the_studio():
    assert changes_in({"prompt": " a heron "}) == Changes(prompt="a heron")


def test_a_form_filled_in_says_all_of_it():
    fields = {"prompt": "a heron", "negative": "rain", "size": "64x96", "steering": "12 / 6,5", "seed": "7"}
    assert changes_in(fields) == Changes(
        prompt="a heron", negative="rain", size=Size(width=64, height=96), steps=12, cfg=6.5, seed=7
    )
    assert changes_in({"prompt": "a", "size": "wide"}).size is Aspect.WIDE


@pytest.mark.parametrize(
    ("text", "steps", "cfg"), [("", None, None), ("25", 25, None), ("/ 5", None, 5.0), ("25;5", 25, 5.0)]
)
def test_steps_and_cfg_may_be_said_alone(text, steps, cfg):
    changes = changes_in({"prompt": "a heron", "steering": text})
    assert (changes.steps, changes.cfg) == (steps, cfg)


@pytest.mark.parametrize(
    "wrong", [{"prompt": " "}, {}, {"steering": "x"}, {"seed": "-1"}, {"seed": "٣"}, {"size": "1x1x1"}]
)
def test_what_cannot_be_read_is_refused(wrong):
    with pytest.raises(BadRequest):
        changes_in({"prompt": "a heron", **wrong} if wrong else {})


def test_how_far_a_drawing_may_stray_is_a_number_or_nothing():
    assert strength_in(" 0,4 ") == 0.4
    assert strength_in("") is None
    with pytest.raises(BadRequest, match="`much` is no number"):
        strength_in("much")


def test_reactions_are_chosen_by_their_emoji_each_once_or_by_a_word():
    assert chosen_reactions("🔁 ✅🔁\n⬆") == ("🔁", "✅", "⬆️")
    assert chosen_reactions("None") == ()
    assert chosen_reactions("usual") is None
    with pytest.raises(BadRequest, match="no reaction `🦀`"):
        chosen_reactions("🔁 🦀")
