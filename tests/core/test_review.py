"""What a rejection teaches: the reviewer's own words first, once each, and never more than there is room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.characters import Appearance
from bot.core.families import ModelFamily
from bot.core.review import (
    LONGEST_TERM,
    MOST_LEARNED,
    USUAL_NEGATIVES,
    Decision,
    Reason,
    Review,
    family_of,
    teach,
)
from bot.core.terms import estimated_tokens, key_of
from tests.builders import NOW, USER, a_character, a_lesson, a_recipe

SDXL = ModelFamily.SDXL


def taught(*reasons, note="", errors="", in_force=(), alone=True):
    mira = a_character(appearance=Appearance(common_errors=errors))
    lessons = [a_lesson(id=number, term=term) for number, term in enumerate(in_force, start=1)]
    return teach(mira, SDXL, reasons=reasons, note=note, in_force=lessons, alone=alone)


@pytest.mark.parametrize("reason", [None, *Reason])
def test_the_reviewers_own_words_come_first_whatever_the_reason(reason):
    reasons = () if reason is None else (reason,)
    found = taught(*reasons, note="red eyes, (six fingers:1.3),, ")
    assert found.learned[:2] == ("red eyes", "(six fingers:1.3)")


def test_a_wrong_appearance_teaches_what_the_character_is_known_to_get_wrong():
    assert taught(Reason.APPEARANCE, errors="short hair, freckles").learned == ("short hair", "freckles")


@pytest.mark.parametrize("reason", [Reason.QUALITY, Reason.SOLO])
def test_bad_quality_and_not_solo_teach_the_usual(reason):
    assert taught(reason).learned == USUAL_NEGATIVES[reason]


def test_in_a_picture_of_several_nobody_learns_to_be_alone():
    assert taught(Reason.SOLO, note="blurry", alone=False).learned == ("blurry",)


@pytest.mark.parametrize("reason", [Reason.POSE, Reason.EXPRESSION, Reason.STYLE])
def test_pose_expression_and_style_teach_nothing_but_the_reviewers_words(reason):
    assert taught(reason, errors="short hair").learned == ()


def test_a_term_is_taught_once_however_it_is_written():
    assert taught(Reason.QUALITY, note="Bad_Hands, bad hands, BAD HANDS").learned == (
        "Bad_Hands",
        "lowres",
        "blurry",
        "bad anatomy",
        "jpeg artifacts",
    )


def test_what_is_in_force_is_named_and_not_taught_again():
    found = taught(note="red eyes, Bad Hands", in_force=["bad_hands"])
    assert (found.learned, found.known) == (("red eyes",), ("Bad Hands",))


def test_a_whole_sentence_is_a_remark_and_no_negative():
    sentence = "she looks much older here than in every other drawing we have of her"
    found = taught(note=f"{sentence}, red eyes")
    assert len(sentence) > LONGEST_TERM
    assert (found.learned, found.remarks) == (("red eyes",), (sentence,))


def test_what_finds_no_room_is_named():
    full = [f"term {number}" for number in range(MOST_LEARNED // 3)]
    found = taught(note="red eyes, six fingers", in_force=full)
    assert (found.learned, found.left_out) == ((), ("red eyes", "six fingers"))


@given(note=st.lists(st.text("abc xyz_", max_size=30), max_size=40).map(", ".join))
def test_however_much_is_said_no_more_is_learned_than_fits_and_nothing_is_lost(note):
    found = taught(Reason.QUALITY, note=note)
    assert sum(estimated_tokens(term) + 1 for term in found.learned) <= MOST_LEARNED
    said = [*found.learned, *found.known, *found.left_out, *found.remarks]
    assert len({key_of(term) for term in said}) == len(said)
    assert {key_of(term) for term in note.split(",")} - {""} <= {key_of(term) for term in said}


def test_the_family_is_the_recipes_else_that_of_the_model_by_its_name():
    assert family_of(a_recipe(family=ModelFamily.SD15, model="x_xl.safetensors")) is ModelFamily.SD15
    assert family_of(a_recipe(family=None, model="illustrious_xl.safetensors")) is SDXL
    assert family_of(a_recipe(family=None, model=None)) is None


def a_decision(before, after, **changes):
    given = {"id": 1, "artifact": 1, "by": USER, "by_name": "artist", "at": NOW, **changes}
    return Decision(before=before, after=after, **given)


def test_a_decision_says_what_is_part_of_it():
    decision = a_decision(Review.UNREVIEWED, Review.REJECTED, reasons=(Reason.POSE, Reason.SOLO), note="no")
    assert decision.says((), "")
    assert decision.says((Reason.SOLO,), "no")
    assert not decision.says((Reason.STYLE,), "")
    assert not decision.says((), "yes")


def test_only_what_was_rejected_can_be_taken_back():
    assert a_decision(Review.REJECTED, Review.APPROVED).takes_back
    assert not a_decision(Review.REJECTED, Review.REJECTED).takes_back
    assert not a_decision(Review.APPROVED, Review.REJECTED).takes_back
