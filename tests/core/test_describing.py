"""Two who describe a character at once: neither undoes what the other wrote."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.characters import Appearance
from bot.core.describing import Clash, marks_of, merged

FILLED = Appearance(hair="black", eyes="green", clothing="a coat")
MARKS = marks_of(FILLED)


def test_what_was_left_as_it_stood_changes_nothing():
    stored = replace(FILLED, hair="silver", common_errors="hat")
    assert merged(FILLED, stored=stored, marks=MARKS) == (stored, ())


def test_what_only_one_changed_is_theirs():
    stored = replace(FILLED, hair="silver")
    written = replace(FILLED, eyes="", key_colours="red")
    assert merged(written, stored=stored, marks=MARKS) == (
        Appearance(hair="silver", clothing="a coat", key_colours="red"),
        (),
    )


def test_what_both_changed_stays_as_it_was_written_first_and_is_named():
    stored = replace(FILLED, hair="silver", eyes="blue")
    written = replace(FILLED, hair="white", eyes="blue")
    assert merged(written, stored=stored, marks=MARKS) == (
        stored,
        (Clash(trait="hair", kept="silver", written="white"),),
    )


def test_a_form_that_does_not_say_what_it_was_filled_with_counts_whole():
    written = replace(FILLED, hair="white")
    assert merged(written, stored=replace(FILLED, hair="silver")) == (written, ())


TEXTS = st.sampled_from(["", "black", "silver", "white"])
APPEARANCES = st.builds(
    Appearance, hair=TEXTS, eyes=TEXTS, clothing=TEXTS, key_colours=TEXTS, common_errors=TEXTS
)


@given(APPEARANCES, APPEARANCES, APPEARANCES)
def test_every_trait_that_was_written_is_stored_or_named(filled, stored, written):
    whole, clashes = merged(written, stored=stored, marks=marks_of(filled))
    named = {clash.trait: (clash.kept, clash.written) for clash in clashes}
    for trait in Appearance.__slots__:
        now, then, before = (getattr(one, trait) for one in (stored, written, filled))
        if trait in named:
            assert (named[trait], getattr(whole, trait)) == ((now, then), now)
        else:
            assert getattr(whole, trait) == (now if then == before else then)
