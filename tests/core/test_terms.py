"""Prompts taken apart: terms, mentions, lists of names, and an estimate of their tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.mentions import mentions, spoken
from bot.core.naming import looked_up, readings
from bot.core.terms import estimated_tokens, is_weighted, key_of, led_terms, split_terms

PROMPTS = st.text(alphabet="ab ,()[]:1\\", max_size=40)


@given(PROMPTS)
def test_taken_apart_and_put_together_a_prompt_is_as_it_was(prompt):
    together = "".join(lead + term for lead, term in led_terms(prompt))
    assert together.replace(" ", "") in prompt.replace(" ", "")
    assert prompt.replace(" ", "").removeprefix(together.replace(" ", "")).strip(",") == ""


def test_brackets_that_are_escaped_group_nothing():
    assert split_terms("mira \\(series, a), b") == ["mira \\(series", "a)", "b"]


@pytest.mark.parametrize(
    "term", ["Silver Hair", "silver_hair", "(silver hair:1.2)", "((silver  hair))", "[silver hair]"]
)
def test_the_same_thing_said_differently_has_one_key(term):
    assert key_of(term) == "silver hair"
    assert is_weighted(term) is (term[0] in "([")


def test_two_groups_are_no_weight():
    assert not is_weighted("(a) and (b)")
    assert key_of("(a) and (b)") == "(a) and (b)"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a heron", 2),
        ("a heron, rain", 4),
        ("(masterpiece:1.2)", 2),
        ("score_9", 3),
        ("夜の港", 6),
        ("1girl", 2),
    ],
)
def test_tokens_are_estimated_without_brackets_and_weights(text, tokens):
    assert estimated_tokens(text) == tokens


def test_the_longest_name_is_meant():
    found = mentions("@mira of the north, @[Mira] and @Miranda", ["Mira", "Mira of the North"])
    assert [(one.typed, one.known) for one in found] == [
        ("mira of the north", "Mira of the North"),
        ("Mira", "Mira"),
        ("Miranda", None),
    ]


@pytest.mark.parametrize(
    "text", ["a@b", "@_@", ":@", "@ home", "@7", "\\@home", "@everyone", "@here", "<@1>"]
)
def test_signs_that_name_nobody_are_no_mentions(text):
    assert mentions(text, ["b", "home"]) == []


def test_a_name_that_grows_when_folded_is_found():
    assert spoken("@Straße, @[STRASSE]", {"Straße": "road"}) == "road, road"


def test_a_stranger_stays_as_typed():
    assert spoken("@Zoe and \\@home", {"Mira": "mira"}) == "@Zoe and @home"


def test_a_list_is_read_with_the_longest_name_first():
    assert list(readings("Mira, the Elder, Kai")) == [
        ("Mira, the Elder, Kai", ""),
        ("Mira, the Elder", " Kai"),
        ("Mira", " the Elder, Kai"),
    ]


def test_names_with_commas_are_looked_up_whole():
    known = {"mira, the elder": 1, "kai": 2}
    assert list(looked_up(["Mira, the Elder, KAI", " ,, zoe,"], known)) == [
        ("Mira, the Elder", 1),
        ("KAI", 2),
        ("zoe", None),
    ]
