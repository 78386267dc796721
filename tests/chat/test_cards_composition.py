"""A preview keeps Discord's limits, pings nobody, and leaves nothing out that it does not name."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.core.characters import Appearance, Part
from bot.core.composing import Source, compose
from bot.core.families import Belonging, Knowing, ModelFamily
from bot.core.fitting import AppliedLora, Checkpoint
from bot.core.generation import CastMember, Lora, Seed, StyleUsed
from bot.core.planning import Plan
from bot.core.profiles import ILLUSTRIOUS, PLAIN
from bot.core.styles import Revision, Style, StyleSheet
from bot.studio.submit import Prepared
from tests.builders import (
    NOW,
    USER,
    a_character,
    a_lesson,
    a_new_job,
    a_project,
    a_recipe,
    a_request,
    a_variation,
)
from tests.chat.looks import check, long, names

SDXL = Belonging(family=ModelFamily.SDXL, how=Knowing.TOLD)


def a_style(name: str = "Ink", positive: str = "", negative: str = "") -> Style:
    sheet = StyleSheet(positive=positive, negative=negative)
    revision = Revision(number=1, sheet=sheet, by=USER, at=NOW)
    return Style(id=1, project=1, name=name, created=NOW, created_by=USER, revision=revision)


def a_prepared(
    prompt: str = "a heron",
    negative: str = "hat",
    *,
    parts: tuple[Part, ...] = (),
    style: Style | None = None,
    **plan: Any,
) -> Prepared:
    composed = compose(
        prompt, negative, parts=parts, style=style, profile=ILLUSTRIOUS, family=ModelFamily.SDXL
    )
    recipe = a_recipe(
        prompt=composed.positive,
        negative=composed.negative,
        family=ModelFamily.SDXL,
        cast=tuple(
            CastMember(id=1, name=part.character.name, slug="x", variations=("kimono",)) for part in parts
        ),
        style=StyleUsed(id=1, name=style.name, revision=1) if style else None,
    )
    checkpoint = Checkpoint(name="illustrious_xl.safetensors", belonging=SDXL)
    made: dict[str, Any] = {"profile": ILLUSTRIOUS, "checkpoint": checkpoint, **plan}
    return Prepared(
        new=a_new_job(recipe=recipe, request=a_request(prompt=prompt)),
        project=a_project(),
        plan=Plan(recipe=recipe, composed=composed, **made),
    )


def parts_of(texts: list[str], name: str) -> tuple[Part, ...]:
    return tuple(
        Part(
            character=a_character(
                name=f"{name}{number}"[:80],
                design_prompt=text,
                trigger=text[:100],
                appearance=Appearance(common_errors=text[:400]),
            ),
            variations=(a_variation(name=name, prompt=text[:500]),),
            lessons=(a_lesson(term=text[:80] or "x"),),
        )
        for number, text in enumerate(texts)
    )


@settings(max_examples=10)
@given(long.filter(lambda text: text.isprintable() and text.strip()), long, st.lists(long, max_size=4), names)
def test_whatever_is_composed_fits_the_card(prompt: str, negative: str, texts: list[str], name: str) -> None:
    loras = tuple(
        AppliedLora(lora=Lora(name=name, strength=0.123456), source=source, whose=name, belonging=SDXL)
        for source in (Source.TYPED, Source.STYLE, Source.CHARACTER, Source.CHARACTER) * 3
    )
    style = a_style(name, f"{prompt[:700]}, {{prompt}}", negative[:700])
    prepared = a_prepared(
        prompt[:4000], negative[:4000], parts=parts_of(texts, name), style=style, loras=loras
    )
    look = cards.preview_card(prepared)
    check(look)
    shown = look.text + "".join(file.content.decode() for file in look.files)
    assert prepared.composed.positive in shown
    assert prepared.composed.negative in shown


def test_what_has_no_room_on_the_card_is_in_a_file() -> None:
    texts = [f"{'word ' * 30}{number}" for number in range(12)]
    prepared = a_prepared(parts=parts_of(texts, "Mira"), style=a_style(positive="ink lines"))
    look = cards.preview_card(prepared)
    files = {file.name: file.content.decode() for file in look.files}
    assert files["prompt.txt"] == prepared.composed.positive
    assert "  style Ink: ink lines" in files["origins.txt"]
    assert "  for want of room in 75 tokens: " in files["origins.txt"]
    assert "more" in look.text


def test_what_is_not_known_is_said() -> None:
    lora = AppliedLora(lora=Lora(name="mira.safetensors"), source=Source.TYPED)
    prepared = a_prepared(checkpoint=None, profile=PLAIN, loras=(lora,))
    text = cards.preview_card(prepared).text
    assert "`mira.safetensors` at 1 · asked for · family not known" in text
    assert "**Checkpoint** the workflow's own, or decided once ComfyUI is there" in text
    assert "no style" in text
    assert "a seed is rolled when it is drawn" in text


def test_a_seed_that_was_asked_for_and_an_empty_negative_are_shown() -> None:
    composed = compose("a heron", None, profile=PLAIN, family=None)
    recipe = a_recipe(prompt="a heron", negative="", seed=Seed(7))
    prepared = Prepared(
        new=a_new_job(recipe=recipe, request=a_request(seed=Seed(7))),
        project=None,
        plan=Plan(recipe=recipe, composed=composed, profile=PLAIN, checkpoint=None),
    )
    text = cards.preview_card(prepared).text
    for words in ("seed `7`", "**Negative** none", "no project", "-# All of it: typed"):
        assert words in text
