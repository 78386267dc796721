"""What is said of characters, and that it keeps Discord's limits whatever people typed."""

from dataclasses import replace
from typing import Any

from hypothesis import given as given_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.core.casting import MOST_DESIGN, MOST_TRAIT, MOST_VARIATIONS
from bot.core.characters import Appearance, Character, Pose, VariationKind
from bot.core.describing import Clash
from bot.core.review import Review
from bot.ports.darkroom import Sheet
from bot.studio.characters import MOST_COUNTED, Described, Profile
from bot.studio.dossiers import Arrival, Packed
from bot.studio.portraits import Added, Board
from tests.builders import (
    NOW,
    a_character,
    a_character_reference,
    a_lesson,
    a_lora,
    a_project,
    a_size,
    a_variation,
    an_artifact,
)
from tests.chat.looks import check, long, names


def given(*strategies):
    """Try fewer cases than usual: each is a whole card of long texts."""
    return lambda test: settings(max_examples=20)(given_all(*strategies)(test))


def a_profile(**changes: Any) -> Profile:
    usual = {
        "character": a_character(),
        "project": a_project(),
        "variations": (),
        "references": (),
        "lessons": (),
    }
    return Profile(**{**usual, "drawn": 12, "approved": 5, **changes})


@st.composite
def characters(draw: Any) -> Character:
    trait = long.map(lambda text: text[:MOST_TRAIT])
    return a_character(
        name=draw(names),
        design_prompt=draw(long)[:MOST_DESIGN],
        trigger=draw(names),
        lora=draw(st.one_of(st.none(), names.map(lambda name: a_lora(name=name)))),
        appearance=draw(
            st.builds(
                Appearance, hair=trait, eyes=trait, clothing=trait, key_colours=trait, common_errors=trait
            )
        ),
        archived=draw(st.sampled_from([None, NOW])),
    )


@given(characters(), characters(), names)
def test_a_character(one, other, name):
    project = a_project(name=name)
    variations = [
        a_variation(
            name=f"{name} {number}"[:80],
            kind=list(VariationKind)[number % 3],
            prompt=one.design_prompt[:500] or "x",
        )
        for number in range(MOST_VARIATIONS)
    ]
    references = [a_character_reference(pose=list(Pose)[number % 4]) for number in range(32)]
    lessons = [a_lesson(term=name)] * 40
    profile = a_profile(
        character=one,
        project=project,
        variations=variations,
        references=references,
        lessons=lessons,
        drawn=10**6,
    )
    clashes = tuple(
        Clash(trait=trait, kept=getattr(other.appearance, trait), written=getattr(one.appearance, trait))
        for trait in cards.TRAITS
    )
    for look in (
        cards.character_card(profile, b"x"),
        cards.character_card(profile),
        cards.character_created(one, project),
        cards.character_changed(one, replace(other, id=1)),
        cards.character_archived(one),
        cards.described_at_once(Described(character=one, clashes=clashes)),
        cards.character_restored(one),
        cards.character_list(project, [one] * 40),
        cards.character_list(project, [one], archived=True),
        cards.variation_list(one, variations),
        cards.variation_added(one, variations[0]),
        cards.variation_removed(one, variations[0]),
        cards.reference_removed(one, "front 1"),
        cards.turnaround_lacks(one, [VariationKind.POSE, VariationKind.EXPRESSION]),
    ):
        check(look)
    form = cards.appearance_form(one)
    assert len(form.custom_id) <= 100
    assert len(form.title) <= 45
    assert len(form.fields) == 5
    assert all(len(field.value) <= field.most and len(field.hint) <= 100 for field in form.fields)


@given(characters(), names)
def test_pictures_of_a_character(one, name):
    references = [(f"front {number}", a_character_reference(id=number)) for number in range(32)]
    sheet = Sheet(
        content=b"x", size=a_size(), media_type="image/webp", missing=tuple(label for label, _ in references)
    )
    board = Board(references=references, drawings={3: an_artifact()}, sheet=sheet)
    added = Added(reference=references[0][1], label="front 1", of_pose=1)
    packed = Packed(content=b"x", references=9, smaller=True, missing=sheet.missing)
    arrival = Arrival(character=one, variations=1, references=2, without_lora=name * 9, repeated=1, lessons=2)
    for look in (
        cards.reference_list(one, board),
        cards.reference_added(one, added),
        cards.reference_added(one, replace(added, drawing=an_artifact())),
        cards.character_exported(one, packed),
        cards.character_imported(arrival, a_project(name=name)),
    ):
        check(look)


def test_the_card_tells_all_that_is_known_of_a_character():
    profile = a_profile(
        character=a_character(lora=a_lora()),
        variations=[a_variation(), a_variation(name="smile", kind=VariationKind.EXPRESSION)],
        references=[a_character_reference(pose=pose) for pose in (Pose.FRONT, Pose.FRONT, Pose.ACTION)],
        lessons=[a_lesson()],
    )
    look = cards.character_card(profile, b"x")
    for words in (
        "1girl, silver hair, calm",
        "**Hair** silver hair, long",
        "`mira_v2` at 0.8 · trigger `yuki`",
        "**Outfits** kimono",
        "**Expressions** smile",
        "front 2 · action 1",
        "hat, short hair · common errors",
        "extra fingers · learned with SDXL from a rejection by <@42>",
        "**Pictures** 12 · 5 approved",
        "`@Yuki` in a prompt of Harbour",
    ):
        assert words in look.text
    assert look.image is not None
    assert look.image.alt == "Yuki, a reference"
    assert [button.label for button in look.buttons] == ["Appearance", "References"]


def test_the_card_of_somebody_new_says_what_to_do_next():
    bare = a_character(design_prompt="", appearance=Appearance(), trigger="")
    look = cards.character_card(a_profile(character=bare, drawn=MOST_COUNTED, approved=0))
    assert "`/character edit` takes a `design_prompt`" in look.text
    assert "`/character reference add` takes a picture in" in look.text
    assert "10,000 or more · 0 approved" in look.text
    assert "Kept out" not in look.text
    assert [button.label for button in look.buttons] == ["Appearance"]


def test_a_trigger_without_a_lora_and_a_lora_without_a_trigger_say_so():
    alone = cards.character_card(a_profile())
    assert "**Trigger** `yuki`, without a LoRA" in alone.text
    silent = cards.character_card(a_profile(character=a_character(trigger="", lora=a_lora())))
    assert "at 0.8 · no trigger" in silent.text


def test_who_is_archived_reads_so_and_has_no_buttons():
    look = cards.character_card(a_profile(character=a_character(archived=NOW)))
    assert "`/character restore` brings them back" in look.text
    assert look.buttons == ()


def test_a_picture_that_cannot_be_read_is_said():
    look = cards.character_card(a_profile(references=[a_character_reference()]))
    assert "its file cannot be read" in look.text


def test_a_change_tells_what_became_of_each_thing():
    before = a_character(lora=a_lora())
    after = replace(before, trigger="snow", design_prompt="", lora=a_lora(strength=0.5))
    look = cards.character_changed(before, after)
    assert "**Trigger** yuki → snow" in look.text
    assert "**Design** 1girl, silver hair, calm → nothing" in look.text
    assert "**LoRA** `mira_v2` at 0.8 → `mira_v2` at 0.5" in look.text
    assert "so already" in cards.character_changed(before, before).text
    assert "→ none" in cards.character_changed(before, replace(before, lora=None)).text


def test_lists_say_what_to_do_where_they_are_empty():
    assert "`/character create`" in cards.character_list(a_project(), []).text
    assert "Nobody is archived" in cards.character_list(a_project(), [], archived=True).text
    assert "`/character variation add`" in cards.variation_list(a_character(), []).text
    assert "and 15 more characters" in cards.character_list(a_project(), [a_character()] * 40).text


def test_a_drawing_that_nobody_approved_yet_is_a_reference_with_a_word():
    added = Added(
        reference=a_character_reference(artifact=3), label="front 1", of_pose=1, drawing=an_artifact(index=2)
    )
    assert "picture 2 of #1 · nobody has approved it yet" in cards.reference_added(a_character(), added).text
    approved = replace(added, drawing=an_artifact(index=2, review=Review.APPROVED))
    assert "nobody" not in cards.reference_added(a_character(), approved).text


def test_an_arrival_without_a_lora_says_why():
    arrival = Arrival(
        character=a_character(), variations=0, references=1, without_lora="There is no LoRA called `mira`."
    )
    look = cards.character_imported(arrival, a_project())
    assert "There is no LoRA called `mira`. They came without it." in look.text
    assert "0 variations · 1 reference" in look.text
