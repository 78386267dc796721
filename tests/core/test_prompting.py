"""What was typed, cleaned or refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadRequest
from bot.core.generation import MAX_PROMPT
from bot.core.prompting import clean_negative, clean_prompt


def test_control_characters_and_doubled_blanks_leave_the_prompt():
    assert clean_prompt("  a\x00 heron,\n\n\train \ud800") == "a heron, rain"


@pytest.mark.parametrize("text", ["", "   ", "\x00\n\t", "\u200b", "\u2060 \u200f"])
def test_an_empty_prompt_is_refused_with_an_example(text):
    with pytest.raises(BadRequest) as refusal:
        clean_prompt(text)
    assert "heron" in refusal.value.hint


def test_a_prompt_over_the_limit_is_refused_naming_both_numbers():
    assert clean_prompt("x" * MAX_PROMPT)
    with pytest.raises(BadRequest) as refusal:
        clean_prompt("x" * (MAX_PROMPT + 1))
    assert "4,001" in refusal.value.message
    assert "4,000" in refusal.value.message
    assert refusal.value.hint


@given(st.text(min_size=1, max_size=200))
def test_a_cleaned_prompt_is_clean_and_stays_as_it_is(text):
    try:
        cleaned = clean_prompt(text)
    except BadRequest:
        return
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in cleaned)
    assert clean_prompt(cleaned) == cleaned


def test_a_negative_over_the_limit_is_refused():
    assert clean_negative("") == ""
    with pytest.raises(BadRequest, match="negative prompt"):
        clean_negative("x" * (MAX_PROMPT + 1))
