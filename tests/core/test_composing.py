"""The words that go to the model, and where each of them came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.characters import Appearance, Character, Lesson, Part, Variation, VariationKind
from bot.core.composing import Source, Why, compose
from bot.core.errors import BadRequest
from bot.core.families import ModelFamily
from bot.core.generation import MAX_PROMPT
from bot.core.profiles import ILLUSTRIOUS, PLAIN, WINDOW, Profile, PromptFormat
from bot.core.styles import Revision, Style, StyleSheet
from bot.core.terms import key_of, split_terms
from tests.builders import NOW, USER

PROSE = Profile(name="prose", format=PromptFormat.PROSE, window=None)


def somebody(name="Mira", **changes):
    return Character(
        id=1, project=1, name=name, slug=name.casefold(), created=NOW, created_by=USER, **changes
    )


def a_part(name="Mira", *, variations=(), lessons=(), **changes):
    return Part(character=somebody(name, **changes), variations=variations, lessons=lessons)


def a_variation(kind=VariationKind.OUTFIT, name="kimono", prompt="floral kimono"):
    return Variation(id=1, character=1, kind=kind, name=name, prompt=prompt)


def a_lesson(term, *, number=1, at=NOW, family=ModelFamily.SDXL):
    return Lesson(id=number, character=1, family=family, term=term, at=at, by=USER, decision=1)


def a_style(positive="", negative=""):
    sheet = StyleSheet(positive=positive, negative=negative)
    revision = Revision(number=1, sheet=sheet, by=USER, at=NOW)
    return Style(id=1, project=1, name="Ink", created=NOW, created_by=USER, revision=revision)


def composed(prompt="a heron, rain", negative=None, **said):
    return compose(prompt, negative, **{"profile": PLAIN, "family": ModelFamily.SDXL, **said})


def words(prompt, **said):
    return composed(prompt, **said).positive


def against(negative=None, **said):
    return composed(negative=negative, **said).negative


# ── the positive


@pytest.mark.parametrize(
    "prompt", ["a heron,rain ,  dusk", "very, very, blue", "(a, b:1.2), \\(c\\)", ",,,", "(a"]
)
def test_a_plain_profile_changes_nothing_of_the_prompt(prompt):
    assert words(prompt) == " ".join(prompt.split())


@given(st.text(alphabet="ab ,()[]:1@\\.", min_size=1, max_size=60).filter(lambda text: text.strip(" ,")))
def test_every_term_that_was_typed_is_sent(prompt):
    sent = composed(prompt.replace("@", "at "))
    assert "".join(term.lead + term.text for term in sent.positive_terms) == sent.positive
    assert sent.positive == " ".join(prompt.replace("@", "at ").split()).strip(" ,") or "," in prompt


def test_the_profile_puts_its_quality_words_first():
    sent = composed("a heron", profile=ILLUSTRIOUS)
    assert sent.positive == "masterpiece, best quality, a heron"
    assert [(term.source, term.whose) for term in sent.positive_terms] == [
        (Source.PROFILE, "Illustrious"),
        (Source.PROFILE, "Illustrious"),
        (Source.TYPED, ""),
    ]


def test_what_was_typed_already_is_not_said_again():
    assert words("a heron, Best_Quality", profile=ILLUSTRIOUS) == "masterpiece, a heron, Best_Quality"


def test_a_character_is_described_before_what_was_typed():
    looks = Appearance(hair="silver hair", eyes="blue eyes", clothing="red coat", key_colours="navy")
    mira = a_part(trigger="mira_v2", design_prompt="1girl, tall", appearance=looks)
    sent = composed("@Mira, at the harbour", parts=(mira,))
    assert sent.positive == "mira_v2, 1girl, tall, silver hair, blue eyes, red coat, navy, at the harbour"
    assert sent.positive_terms[0].whose == "Mira"


def test_an_outfit_takes_the_place_of_the_usual_clothing():
    looks = Appearance(clothing="red coat")
    smile = a_variation(VariationKind.EXPRESSION, "happy", "smile")
    mira = a_part(design_prompt="1girl", appearance=looks, variations=(smile, a_variation()))
    sent = composed("dusk", parts=(mira,))
    assert sent.positive == "1girl, floral kimono, smile, dusk"
    assert [term.whose for term in sent.positive_terms] == ["Mira", "Mira: kimono", "Mira: happy", ""]


def test_a_mention_within_a_sentence_becomes_the_trigger_or_the_name():
    mira, kai = a_part(trigger="mira_v2", design_prompt="tall"), a_part("Kai", design_prompt="short")
    sent = words("@mira and @[Kai] walk, \\@home", parts=(mira, kai))
    assert sent == "mira_v2, tall, short, mira_v2 and Kai walk, @home"


def test_a_character_without_words_goes_by_its_name():
    assert words("@Mira", parts=(a_part(),)) == "Mira"


def test_a_mention_alone_leaves_the_description():
    assert words("@Mira", parts=(a_part(design_prompt="1girl"),)) == "1girl"


def test_two_girls_are_two_girls():
    mira, kai = a_part(design_prompt="1girl, tall"), a_part("Kai", design_prompt="1girl, 1boy, short")
    assert words("dusk", parts=(mira, kai)) == "2girls, tall, 1boy, short, dusk"


@pytest.mark.parametrize(
    ("template", "sent"),
    [
        ("ink lines", "a heron, rain, ink lines"),
        ("ink lines, {prompt}, paper", "ink lines, a heron, rain, paper"),
        ("a print of {prompt} in ink, paper", "a print of a heron, rain in ink, paper"),
        ("({prompt}:1.1), paper", "(a heron, rain:1.1), paper"),
        ("{prompt}, rain, paper", "a heron, rain, paper"),
        ("{prompt}", "a heron, rain"),
        ("{prompt}, ({prompt}:1.2)", "a heron, rain, (:1.2)"),
    ],
)
def test_a_style_puts_its_words_around_the_prompt(template, sent):
    assert words("a heron, rain", style=a_style(template)) == sent


def test_a_weight_is_never_lost():
    smile = a_part(design_prompt="smile, (grin:1.1), grin")
    assert words("dusk", parts=(smile,), style=a_style("(smile:1.3)")) == "(smile:1.3), (grin:1.1), dusk"
    assert words("smile", style=a_style("(smile:1.3)")) == "(smile:1.3)"
    assert words("(smile:0.8)", style=a_style("(smile:1.3)")) == "(smile:0.8)"


def test_prose_keeps_its_sentences():
    mira = a_part(design_prompt="Mira is tall, very tall.", appearance=Appearance(hair="silver hair"))
    sent = words("@Mira walks, slowly", parts=(mira,), profile=PROSE)
    assert sent == "Mira is tall, very tall. silver hair. Mira walks, slowly"


def test_what_lies_beyond_the_first_window_is_named():
    many = ", ".join(f"word{number}" for number in range(40))
    sent = composed(f"{many}, the end", profile=PLAIN)
    assert sent.positive.endswith("the end")
    assert sent.positive_tokens > WINDOW
    assert sent.late[-1].text == "the end"
    assert composed(many, profile=PROSE).late == ()
    assert composed("a heron").late == ()


def test_of_a_long_sentence_only_its_end_is_beyond_the_window():
    sent = composed(f"{'word ' * WINDOW}and the end")
    assert [term.text for term in sent.late] == ["and the end"]


TERMS = st.lists(st.sampled_from(["a", "b", "(a:1.2)", "A", "b c", "1girl", "(c, d)", "@Mira"]), max_size=6)
LISTS = TERMS.map(", ".join)


@given(LISTS, LISTS, LISTS, LISTS, LISTS)
def test_whoever_says_what_each_thing_is_said_once_and_nothing_that_was_typed_is_lost(
    typed, looks, worn, template, hat
):
    mira = a_part(
        design_prompt=looks, appearance=Appearance(clothing="coat"), variations=(a_variation(prompt=worn),)
    )
    sent = composed(f"x, {typed}", hat, parts=(mira,), style=a_style(template, looks), profile=ILLUSTRIOUS)
    assert "".join(term.lead + term.text for term in sent.positive_terms) == sent.positive
    said = [key_of(term.text) for term in sent.positive_terms]
    others = [
        key_of(term.text)
        for term in sent.positive_terms
        if term.source is not Source.TYPED and key_of(term.text) not in typed_keys(f"x, {typed}")
    ]
    assert len(others) == len(set(others))
    assert typed_keys(typed) - {"@mira"} <= set(said)
    kept = [key_of(term.text) for term in sent.negative_terms]
    assert len(kept) == len(set(kept))
    assert typed_keys(hat) <= set(kept)


def typed_keys(text):
    return {key_of(term) for term in split_terms(text)}


def test_an_empty_prompt_is_refused():
    with pytest.raises(BadRequest):
        composed("  ")


# ── the negative


def test_each_negative_stands_once_the_askers_first():
    sent = against("Text, hat", default_negative="lowres, text , blurry")
    assert sent == "Text, hat, lowres, blurry"
    assert against("hat, text", default_negative="text, hat") == "hat, text"


def test_without_negatives_of_the_askers_the_workflows_stand_alone():
    assert against(default_negative="lowres, blurry") == "lowres, blurry"
    assert against(" , ,") == ""


def test_a_bracketed_group_is_one_term():
    groups = "(hat, b:1.2), [x, (b:1.2)]"
    assert against(groups, default_negative="(c, b:1.2)") == f"{groups}, (c, b:1.2)"
    assert against(":), hat") == ":), hat"


def test_the_profiles_negatives_take_the_place_of_the_workflows():
    sent = composed(profile=ILLUSTRIOUS, default_negative="ugly")
    assert "ugly" not in sent.negative
    assert sent.negative_terms[0].source is Source.PROFILE


def test_styles_characters_and_lessons_have_their_negatives():
    mira = a_part(
        appearance=Appearance(common_errors="short hair"),
        lessons=(
            a_lesson("third arm", number=1, at=NOW),
            a_lesson("extra ears", number=2, at=NOW + 1),
            a_lesson("of SD1.5", number=3, family=ModelFamily.SD15),
        ),
    )
    sent = composed(negative="hat", parts=(mira,), style=a_style(negative="photo"), default_negative="lowres")
    assert sent.negative == "hat, photo, short hair, lowres, extra ears, third arm"
    assert [term.source for term in sent.negative_terms] == [
        Source.TYPED,
        Source.STYLE,
        Source.CHARACTER,
        Source.WORKFLOW,
        Source.LESSON,
        Source.LESSON,
    ]


def test_a_negative_keeps_its_weight():
    assert against("hat", default_negative="(hat:1.3)") == "(hat:1.3)"


def test_what_does_not_fit_into_the_window_is_named_and_what_was_typed_stays():
    typed = ", ".join(f"typed {number}" for number in range(30))
    sent = composed(negative=typed, default_negative="lowres, blurry")
    assert sent.negative == typed
    assert [(one.term.text, one.why) for one in sent.dropped] == [
        ("lowres", Why.NO_ROOM),
        ("blurry", Why.NO_ROOM),
    ]


def test_nothing_is_held_against_what_was_asked_for():
    mira = a_part(variations=(a_variation(prompt="glasses"),), lessons=(a_lesson("glasses"),))
    sent = composed("neon sign, text", "hat", parts=(mira,), default_negative="text, lowres")
    assert sent.negative == "hat, lowres"
    assert [(one.term.text, one.why) for one in sent.dropped] == [
        ("text", Why.ASKED_FOR),
        ("glasses", Why.ASKED_FOR),
    ]


def test_a_negative_over_the_limit_is_refused():
    with pytest.raises(BadRequest, match="negative prompt"):
        composed(negative="x" * (MAX_PROMPT + 1))
