"""Styles as they are changed: what is said and nothing else, fit to be drawn, and every change revocable."""

import pytest

from bot.core.catalogue import ModelFacts
from bot.core.errors import BadRequest, UnknownName, WrongState
from bot.core.families import ModelFamily
from bot.core.generation import Aspect, Lora, Seed, Size
from bot.core.styles import Change, StyleSheet
from bot.core.styling import (
    EMPTY,
    MOST_LORAS,
    MOST_TEMPLATE,
    StyleField,
    changed,
    changes,
    checked,
    sheet_of,
    style_field,
    taken_back,
    words_of,
)
from tests.builders import a_catalogue, a_lora, a_recipe, a_size

MIRA = a_lora()
INK = Lora(name="ink_lines.safetensors", strength=0.5)
WHOLE = StyleSheet(model="illustrious_xl.safetensors", sampler="euler", steps=28, cfg=5.5, loras=(MIRA,))


# ── changing


def test_what_is_not_said_stays():
    after = changed(WHOLE, StyleSheet(steps=30, positive="ink, {prompt}"))
    assert after == StyleSheet(
        model=WHOLE.model, sampler="euler", steps=30, cfg=5.5, positive="ink, {prompt}", loras=(MIRA,)
    )


def test_a_lora_is_added_and_one_that_is_there_gets_its_new_strength():
    stronger = Lora(name=MIRA.name, strength=1.2)
    assert changed(WHOLE, StyleSheet(loras=(INK,))).loras == (MIRA, INK)
    assert changed(WHOLE, StyleSheet(loras=(stronger,))).loras == (stronger,)


def test_a_lora_is_taken_away_by_its_name():
    both = changed(WHOLE, StyleSheet(loras=(INK,)))
    assert changed(both, EMPTY, without_lora="Mira_V2").loras == (INK,)
    with pytest.raises(UnknownName, match="LoRA in this style") as refusal:
        changed(both, EMPTY, without_lora="ren")
    assert "ink_lines" in refusal.value.hint
    with pytest.raises(BadRequest, match="no LoRA to take away"):
        changed(EMPTY, EMPTY, without_lora="mira_v2")


def test_fields_are_emptied_by_name():
    clear = [StyleField.STEPS, StyleField.LORAS, StyleField.POSITIVE]
    assert changed(WHOLE, EMPTY, clear=clear) == StyleSheet(model=WHOLE.model, sampler="euler", cfg=5.5)


def test_what_is_given_and_cleared_at_once_is_refused():
    with pytest.raises(BadRequest, match="`cfg` is given and cleared"):
        changed(WHOLE, StyleSheet(cfg=0.0), clear=[StyleField.CFG])


@pytest.mark.parametrize(("text", "field"), [("Steps ", StyleField.STEPS), ("lora", StyleField.LORAS)])
def test_a_field_is_known_by_its_name(text, field):
    assert style_field(text) is field


def test_an_unknown_field_is_answered_with_the_nearest():
    with pytest.raises(UnknownName) as refusal:
        style_field("sampling")
    assert "sampler" in refusal.value.nearest


# ── checking


def test_names_become_as_comfyui_spells_them():
    said = StyleSheet(
        model="Counterfeit_V3", sampler="EULER", scheduler="Karras", loras=(Lora(name="ink_lines"),)
    )
    fit = checked(said, a_catalogue())
    assert (fit.model, fit.sampler, fit.scheduler) == ("counterfeit_v3.safetensors", "euler", "karras")
    assert fit.loras == (Lora(name="ink_lines.safetensors"),)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (StyleSheet(model="wai"), "model"),
        (StyleSheet(sampler="eulr"), "sampler"),
        (StyleSheet(scheduler="karas"), "scheduler"),
        (StyleSheet(loras=(Lora(name="ren"),)), "LoRA"),
    ],
)
def test_what_comfyui_does_not_have_is_refused(said, kind):
    with pytest.raises(UnknownName, match=f"no {kind} called"):
        checked(said, a_catalogue())
    assert checked(said, None) == said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (StyleSheet(steps=0), "`steps` goes from 1"),
        (StyleSheet(steps=151), "150"),
        (StyleSheet(cfg=30.5), "`cfg`"),
        (StyleSheet(loras=(Lora(name="ink_lines", strength=9),)), "lora_strength"),
        (StyleSheet(size=Size(width=100, height=101)), "cannot be drawn"),
        (StyleSheet(positive="{prompt}, {prompt}"), "cannot be filled in"),
        (StyleSheet(negative="not {prompt}"), "cannot be filled in"),
        (StyleSheet(positive="x" * (MOST_TEMPLATE + 1)), "positive template has"),
        (
            StyleSheet(loras=tuple(Lora(name=f"{number}") for number in range(MOST_LORAS + 1))),
            "at most 8 LoRAs",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(said, words):
    with pytest.raises(BadRequest, match=words) as refusal:
        checked(said, None)
    assert refusal.value.hint


def test_words_lose_their_control_and_direction_marks():
    fit = checked(StyleSheet(positive="ink \u202e\x07 lines", size=Aspect.WIDE), a_catalogue())
    assert (fit.positive, fit.size) == ("ink lines", Aspect.WIDE)


def test_a_lora_of_another_family_is_refused_with_both_names():
    facts = {
        "counterfeit_v3.safetensors": ModelFacts(family=ModelFamily.SD15),
        "mira_v2.safetensors": ModelFacts(family=ModelFamily.SDXL),
    }
    catalogue = a_catalogue(facts=facts)
    with pytest.raises(BadRequest, match=r"mira_v2.*SDXL.*counterfeit_v3.*SD1\.5"):
        checked(StyleSheet(model="counterfeit_v3", loras=(MIRA,)), catalogue)
    assert checked(StyleSheet(model="illustrious_xl", loras=(MIRA,)), catalogue).loras == (MIRA,)
    assert checked(StyleSheet(loras=(MIRA, INK)), catalogue).loras == (MIRA, INK)


# ── telling and taking back


def test_what_became_of_a_sheet_is_told_before_and_after():
    after = StyleSheet(model=WHOLE.model, sampler="euler", steps=30, size=a_size(), loras=(MIRA, INK))
    assert changes(WHOLE, after) == (
        Change(name="steps", before="28", after="30"),
        Change(name="cfg", before="5.5", after=""),
        Change(name="size", before="", after="832×1216"),
        Change(
            name="loras",
            before="mira_v2.safetensors at 0.8",
            after="mira_v2.safetensors at 0.8, ink_lines.safetensors at 0.5",
        ),
    )
    assert changes(WHOLE, WHOLE) == ()
    assert words_of(Aspect.WIDE) == "wide"


def test_a_change_is_taken_back_and_later_ones_of_other_fields_stay():
    first = changed(WHOLE, StyleSheet(steps=30))
    second = changed(first, StyleSheet(sampler="dpmpp_2m"))
    back = taken_back(second, before=WHOLE, after=first)
    assert back == changed(WHOLE, StyleSheet(sampler="dpmpp_2m"))


def test_a_change_of_what_was_changed_again_since_is_not_taken_back():
    first = changed(WHOLE, StyleSheet(steps=30))
    second = changed(first, StyleSheet(steps=40))
    with pytest.raises(WrongState, match="`steps` was changed again"):
        taken_back(second, before=WHOLE, after=first)


def test_a_change_of_the_name_only_has_nothing_to_take_back():
    with pytest.raises(WrongState, match="name only"):
        taken_back(WHOLE, before=WHOLE, after=WHOLE)


def test_a_style_is_taken_from_a_drawing_without_what_its_characters_brought():
    recipe = a_recipe(loras=(MIRA, INK), seed=Seed(5))
    template = StyleSheet(positive="ink, {prompt}", negative="colour")
    sheet = sheet_of(recipe, template=template, not_of_style={MIRA.name})
    assert sheet == StyleSheet(
        model=recipe.model,
        sampler=recipe.sampler,
        scheduler=recipe.scheduler,
        steps=recipe.steps,
        cfg=recipe.cfg,
        size=recipe.size,
        positive="ink, {prompt}",
        negative="colour",
        loras=(INK,),
    )
