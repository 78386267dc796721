"""Names: of projects, and of their folders."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadRequest, WrongState
from bot.core.library import (
    MAX_NAME,
    Rating,
    check_audience,
    check_open,
    clean_name,
    clean_text,
    listable_name,
    slug_of,
    spare_slug,
)
from tests.builders import NOW, a_project


def test_direction_marks_and_control_characters_leave_a_name():
    assert clean_name("project", "\u202eHar\u200fbour\x07  at\n dusk\u2066") == "Harbour at dusk"


@pytest.mark.parametrize("name", ["sitting, calm", "All"])
def test_a_name_that_means_something_in_a_list_is_refused(name):
    with pytest.raises(BadRequest, match="cannot be called"):
        listable_name("variation", name)
    assert listable_name("variation", " all fours ") == "all fours"


def test_emoji_are_a_name():
    assert clean_name("project", "🌊🌊") == "🌊🌊"


@pytest.mark.parametrize("text", ["", "  ", "\u200f\u202e", "\x00"])
def test_a_name_of_nothing_visible_is_refused(text):
    with pytest.raises(BadRequest, match="empty") as refusal:
        clean_name("project", text)
    assert refusal.value.hint


def test_a_name_of_200_characters_is_refused_naming_the_limit():
    with pytest.raises(BadRequest, match=str(MAX_NAME)) as refusal:
        clean_name("project", "x" * 200)
    assert "200" in refusal.value.message


@given(st.text(max_size=120))
def test_a_clean_name_is_clean_and_short(text):
    try:
        name = clean_name("project", text)
    except BadRequest:
        return
    assert 0 < len(name) <= MAX_NAME
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name)
    assert clean_name("project", name) == name


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Harbour at Dusk", "harbour-at-dusk"),
        ("Böse Überraschung!", "bose-uberraschung"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\x", "c-x"),
        ("原画", ""),
        ("🌊", ""),
        ("\u202eabc", "abc"),
        ("x" * 200, "x" * 40),
        (f"{'x' * 39} y", "x" * 39),
    ],
)
def test_a_slug_keeps_what_a_folder_can_be_called(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["CON", "nul", "Aux", "prn", "COM1", "lpt9"])
def test_a_device_of_windows_never_names_a_folder(name):
    assert slug_of(name) == f"{name.casefold()}-0"


def test_a_name_that_only_begins_like_a_device_is_kept():
    assert slug_of("Concert") == "concert"


@given(st.text(max_size=120))
def test_a_slug_is_always_fit_for_a_folder(name):
    slug = slug_of(name)
    assert re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?)?", slug)
    assert len(slug) <= 42


@pytest.mark.parametrize("name", ["References", "THUMBNAILS"])
def test_folders_that_the_library_keeps_for_itself_are_no_projects(name):
    assert slug_of(name) == f"{name.casefold()}-0"


@pytest.mark.parametrize(
    ("slug", "taken", "free"),
    [
        ("fox", set(), "fox"),
        ("fox", {"fox"}, "fox-2"),
        ("fox", {"fox", "fox-2", "fox-3"}, "fox-4"),
        ("", set(), "project-1"),
        ("", {"project-1"}, "project-2"),
    ],
)
def test_a_slug_that_is_taken_gets_a_number(slug, taken, free):
    assert spare_slug(slug, taken, noun="project") == free


def test_a_description_keeps_its_words_on_one_line():
    assert clean_text("description", " a\n fox\u202e\tin \x07rain ", most=20) == "a fox in rain"


def test_a_description_that_is_too_long_is_refused_naming_the_limit():
    with pytest.raises(BadRequest, match="the most is 20") as refusal:
        clean_text("description", "x" * 21, most=20)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("rating", "restricted"),
    [(Rating.EVERYONE, True), (Rating.EVERYONE, False), (Rating.ADULT, True)],
)
def test_these_pictures_may_go_there(rating, restricted):
    check_audience(rating, 5, restricted=restricted)


def test_adult_pictures_go_to_age_restricted_channels_only():
    with pytest.raises(BadRequest, match="<#5>") as refusal:
        check_audience(Rating.ADULT, 5, restricted=False)
    assert "age-restricted" in refusal.value.hint


def test_an_open_project_may_be_worked_on_and_one_put_away_or_deleted_may_not():
    assert check_open(a_project()) == a_project()
    for gone, said in (({"archived": NOW}, "archived"), ({"deleted": NOW}, "deleted")):
        with pytest.raises(WrongState, match=said) as refusal:
            check_open(a_project(**gone))
        assert "/project" in refusal.value.hint
