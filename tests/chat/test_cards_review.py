"""What people read while they review, and that it keeps Discord's limits whatever was typed."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.chat.cards.review import Queue
from bot.chat.look import Menu
from bot.core.artifact import Artifact
from bot.core.families import ModelFamily
from bot.core.generation import CastMember
from bot.core.learning import learned_of
from bot.core.likeness import Likeness
from bot.core.quality import Measures
from bot.core.review import Decision, Reason, Review, Teaching
from bot.ports.darkroom import Sheet
from bot.ports.library import PictureFilter
from bot.ports.review import ReviewCounts
from bot.studio.critic import MOST_AT_ONCE, MOST_LEFT, Bulk, Exhibit, Ruling
from tests.builders import (
    NOW,
    USER,
    a_character,
    a_job,
    a_lesson,
    a_picture,
    a_recipe,
    a_size,
    an_artifact,
)
from tests.chat.looks import check, jobs, long, names

SDXL = ModelFamily.SDXL
DARK = Measures(
    size=a_size(), span=90, exposure=0.01, contrast=0.2, shadows=0.1, highlights=0.0, blackness=0.1
)
few = settings(max_examples=15)


def an_exhibit(**changes):
    return Exhibit(picture=replace(an_artifact(id=7, index=2, job=128), **changes), job=a_job(id=128))


def a_decision(after=Review.REJECTED, **changes):
    given = {"before": Review.UNREVIEWED, "reasons": (), "note": "", **changes}
    return Decision(id=1, artifact=7, by=USER, by_name="artist", at=NOW, after=after, **given)


def said(after=Review.REJECTED, *teachings, **changes):
    ruling = Ruling(decision=a_decision(after, **changes), teachings=teachings)
    return cards.ruling_card(ruling, an_exhibit()).text


def taught(**changes):
    return Teaching(character=a_character(name="Mira"), family=SDXL, **changes)


# ── one picture


def test_the_card_tells_how_the_picture_was_drawn_and_what_was_measured():
    likeness = Likeness(score=0.712, colour=0.8, structure=0.6, mean=0.5, references=3)
    card = cards.exhibit_card(
        an_exhibit(measures=DARK, likeness=likeness, near=3),
        a_picture(),
        Queue(scope="all", left="3 pictures waiting for review"),
    )
    assert card.title == "#128 · picture 2"
    for words in ("1girl, silver hair", "832×1216", "measured: dark", "likeness 0.71 of 1 to 3 references"):
        assert words in card.text
    assert "looks like an earlier picture" in card.text
    assert [button.custom_id for button in card.buttons] == [
        "review:approve:7:all",
        "review:reject:7:all",
        "review:skip:7:all",
    ]


def test_what_was_not_measured_is_said():
    card = cards.exhibit_card(an_exhibit(), None, Queue(scope="all"))
    assert "quality not measured" in card.text
    assert "The picture's file cannot be read; its post may still show it." in card.text
    assert card.image is None


def test_a_picture_for_adults_is_not_shown_to_everyone():
    card = cards.exhibit_card(an_exhibit(), None, Queue(scope="all", barred=cards.FOR_ADULTS))
    assert "review it in an age-restricted one" in card.text
    assert "cannot be read" not in card.text


def test_a_picture_without_a_character_teaches_nothing_and_says_so_before():
    assert "No character is in it, so nothing is taught" in cards.reasons_card(an_exhibit(), "post").text
    cast = (CastMember(id=1, name="Mira", slug="mira"),)
    job = a_job(recipe=a_recipe(model=None, cast=cast))
    adopted = replace(an_exhibit(), job=job)
    assert "Nobody knows with which model it was drawn" in cards.reasons_card(adopted, "post").text


# ── what was decided


def test_reasons_say_what_they_teach_only_where_they_teach():
    mira = (CastMember(id=1, name="Mira", slug="mira"),)
    for cast, teaches in ((), False), (mira, True):
        job = a_job(id=128, recipe=a_recipe(cast=cast, family="SDXL"))
        [menu] = [
            control
            for control in cards.reasons_card(replace(an_exhibit(), job=job), "-").buttons
            if isinstance(control, Menu)
        ]
        assert all(bool(option.description) is teaches for option in menu.options)


def test_who_judges_a_pose_reads_which_one_was_asked_for():
    cast = (CastMember(id=1, name="Mira", slug="mira", variations=("back view", "sad")),)
    job = a_job(id=128, recipe=a_recipe(cast=cast))
    said = cards.exhibit_card(replace(an_exhibit(), job=job), None, Queue(scope="-")).text
    assert "Mira (back view, sad)" in said


def test_a_ruling_says_what_was_taught_known_and_left_out():
    text = said(
        Review.REJECTED,
        taught(learned=("red eyes",), known=("bad hands",), left_out=("crowd",), remarks=("x" * 70,)),
        reasons=(Reason.POSE, Reason.SOLO),
        note="no",
    )
    assert text.splitlines() == [
        "Picture 2 of #128 is rejected: wrong pose, not solo · “no”.",
        "Learned for **Mira** with SDXL: `red eyes`.",
        "-# known already: `bad hands`",
        "No room for `crowd`: 75 tokens are learned at most. `/review lessons` makes room.",
        "-# too long to be a negative, kept as a remark",
    ]


def test_an_approval_says_that_it_takes_back_what_the_rejection_taught():
    assert said(Review.APPROVED) == "Picture 2 of #128 is approved."
    assert "taken back" in said(Review.APPROVED, before=Review.REJECTED)


def test_a_long_list_of_lessons_is_counted():
    terms = tuple(f"term {number}" for number in range(20))
    assert "`term 11` and 8 more." in said(Review.REJECTED, taught(learned=terms))


# ── many


def test_stats_tell_how_pictures_stand_and_why_and_by_whom():
    counts = ReviewCounts(
        by_review={Review.UNREVIEWED: 5, Review.APPROVED: 3, Review.REJECTED: 1},
        by_reason={Reason.POSE: 1, Reason.STYLE: 0},
        by_person={person: 20 - person for person in range(12)},
    )
    text = cards.stats_card(counts, of="Harbor").text
    for words in (
        "**5** not reviewed yet",
        "3 of 4 judged",
        "Rejected for: wrong pose 1",
        "<@0> 20",
        "2 more",
    ):
        assert words in text
    many = ReviewCounts(by_review={Review.APPROVED: 100_000}, by_reason={}, by_person={})
    assert "**100,000 or more** approved" in cards.stats_card(many, of="").text
    assert "of the newest 10,000 of each kind" in cards.stats_card(many, of="").text
    nothing = ReviewCounts(by_review={}, by_reason={}, by_person={})
    assert cards.stats_card(nothing, of="").text == "There are no pictures yet."


def a_bulk(count=3, **changes):
    pictures = tuple(an_artifact(id=number) for number in range(count, 0, -1))
    given = {"wanted": PictureFilter(), "after": Review.REJECTED, **changes}
    return Bulk(pictures=pictures, **given)


def asked(bulk, *, hidden=0, **how):
    sheet = Sheet(content=b"x", size=a_size(), media_type="image/webp")
    return cards.bulk_card(bulk, sheet, of="Harbor", filter_name="p1r0", hidden=hidden, **how)


def test_likeness_is_spoken_of_where_somebody_is_in_the_picture():
    mira = a_recipe(cast=(CastMember(id=1, name="Mira", slug="mira"),))
    for recipe, said in ((mira, True), (a_recipe(), False)):
        exhibit = Exhibit(picture=an_artifact(), job=a_job(recipe=recipe))
        card = cards.exhibit_card(exhibit, None, Queue(scope="all"))
        assert ("likeness not measured" in card.text) is said


def test_many_are_asked_about_with_their_count_and_the_harmless_choice_first():
    card = asked(a_bulk(3))
    assert card.title == "Reject 3 pictures?"
    assert [(button.label, button.custom_id) for button in card.buttons] == [
        ("Leave them", "bulk:leave"),
        ("Reject 3 pictures", "bulk:rejected:3-1:3:p1r0"),
    ]
    assert "teaches nothing" in card.text


def test_what_the_sheet_does_not_show_is_said():
    many = a_bulk(MOST_AT_ONCE, left=1234, after=Review.APPROVED)
    text = asked(many, hidden=2, before="Changed.").text
    for words in (
        "Changed.",
        "1,234 left after these · 500 at a time",
        "2 pictures for adults",
        "the sheet shows the newest 60",
    ):
        assert words in text
    assert "10,000 or more left" in asked(replace(many, left=MOST_LEFT)).text


def test_after_some_were_decided_about_the_next_are_asked_about_and_to_stop_is_the_harmless_choice():
    card = asked(a_bulk(3), before="500 pictures rejected.", decided=500)
    assert card.title == "Reject the next 3 pictures?"
    assert card.text.startswith("500 pictures rejected.")
    assert [button.label for button in card.buttons] == ["Stop here", "Reject 3 pictures"]
    said = [cards.bulk_left(how).text for how in ("leave", "stop")]
    assert said == ["Nothing was decided.", "Nothing more was decided; the rest is as it was."]


# ── learned


def test_lessons_are_listed_newest_first_and_can_be_chosen_to_go():
    lessons = [a_lesson(id=number, term=f"term {number}", at=NOW + number // 3) for number in range(60)]
    card = cards.lessons_card(a_character(), lessons, removed=[a_lesson(term="gone")])
    (menu,) = card.buttons
    assert menu.options[0].label == "term 57"
    assert (len(menu.options), menu.most) == (25, 25)
    assert "Removed: `gone`." in card.text
    assert "and 20 older" in card.text
    assert "Nothing is learned" in cards.lessons_card(a_character(), []).text


def test_what_goes_with_approval_has_its_counts():
    judged = [(a_recipe(cfg=4.5, prompt="rain"), True)] * 9 + [(a_recipe(cfg=9.0, prompt="sun"), False)] * 9
    text = cards.learned_card(a_character(name="Mira"), learned_of(judged)).text
    for words in (
        "**9 of 18** judged pictures were approved.",
        "**cfg**: `4.5` 9 of 9 · `9` 0 of 9",
        "Words that go with approval: `rain` 9 of 9",
        "Words that go with rejection: `sun` 0 of 9",
        "Worth a try: cfg `4.5`, 9 of 9 approved, against 0 of 9 without.",
        "the same in all: model `illustrious_xl.safetensors` · sampler `euler_ancestral / normal`",
        "going together is no cause",
    ):
        assert words in text


# ── limits


def a_ruling(name, terms, note):
    """Teach each of four characters all that there is."""
    said = tuple(terms)
    teaching = Teaching(
        character=a_character(name=name), family=SDXL, learned=said, known=said, left_out=said
    )
    return Ruling(decision=a_decision(reasons=tuple(Reason), note=note[:500]), teachings=(teaching,) * 4)


@few
@given(jobs(), names, st.lists(names, max_size=60), long)
def test_every_card_of_one_picture_keeps_the_limits(job, name, terms, note):
    cast = tuple(CastMember(id=number, name=name, slug="x") for number in range(4))
    job = replace(job, recipe=replace(job.recipe, cast=cast))
    picture: Artifact = an_artifact(id=10**14, job=job.id)
    exhibit = Exhibit(picture=picture, job=job)
    scope = f"p{10**14}c{10**14}"
    before = cards.ruling_words(a_ruling(name, terms, note), exhibit)
    check(cards.exhibit_card(exhibit, a_picture(), Queue(scope=scope), before=before))
    check(cards.nothing_to_review(Queue(scope=scope), before=before, skipped=3))
    check(cards.reasons_card(exhibit, scope))
    form = cards.reason_form(exhibit, "asqope", scope)
    assert (len(form.custom_id) <= 100, len(form.title) <= 45) == (True, True)


@few
@given(names, st.lists(names, max_size=60), long)
def test_every_card_of_lessons_and_rulings_keeps_the_limits(name, terms, note):
    character = a_character(name=name)
    lessons = [a_lesson(id=number, term=term) for number, term in enumerate(terms)]
    check(cards.lessons_card(character, lessons, removed=lessons[:25]))
    check(cards.ruling_card(a_ruling(name, terms, note), an_exhibit()))
    recipes = [(a_recipe(prompt=", ".join(terms)[:4000], sampler=name, model=name), True)] * 9
    check(cards.learned_card(character, learned_of([*recipes, *[(a_recipe(), False)] * 9])))
