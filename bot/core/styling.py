"""Changing styles: what a sheet may say, what became of it, and how a change is taken back."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from bot.core import families
from bot.core.catalogue import Catalogue, ModelFacts, spelled
from bot.core.errors import BadRequest, UnknownName, WrongState
from bot.core.generation import Lora, Recipe, Size
from bot.core.library import clean_text
from bot.core.planning import CFG_MOST, STEPS, STRENGTH_MOST
from bot.core.styles import Change, StyleSheet

MOST_TEMPLATE: Final = 1500
MOST_LORAS: Final = 8
PROMPT: Final = "{prompt}"
EMPTY: Final = StyleSheet()


class StyleField(StrEnum):
    """What a style can say, in the order in which people read it."""

    MODEL = "model"
    SAMPLER = "sampler"
    SCHEDULER = "scheduler"
    STEPS = "steps"
    CFG = "cfg"
    SIZE = "size"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    LORAS = "loras"


def changed(
    sheet: StyleSheet,
    said: StyleSheet,
    *,
    clear: Collection[StyleField] = (),
    without_lora: str | None = None,
) -> StyleSheet:
    """Return the sheet with what is said and nothing else changed; its LoRAs are added to those there are."""
    given = dict(said.given())
    twice = next((field for field in clear if field in given), None)
    if twice is not None:
        raise BadRequest(f"`{twice}` is given and cleared at once.", hint="Leave it out of one of the two.")
    loras = _with_loras(_without(sheet.loras, without_lora), said.loras)
    kept = replace(sheet, **{**given, "loras": loras})
    return replace(kept, **{field.value: getattr(EMPTY, field) for field in clear})


def _without(loras: Sequence[Lora], name: str | None) -> tuple[Lora, ...]:
    if name is None:
        return tuple(loras)
    gone = spelled_of_style(name, loras)
    return tuple(lora for lora in loras if lora.name != gone)


def spelled_of_style(name: str, loras: Sequence[Lora]) -> str:
    """Return one of the style's LoRAs by its name; raise BadRequest if it has none such."""
    if not loras:
        raise BadRequest("The style has no LoRA to take away.", hint="`/style show` lists what it says.")
    return spelled("LoRA in this style", name, [lora.name for lora in loras])


def _with_loras(loras: Sequence[Lora], more: Sequence[Lora]) -> tuple[Lora, ...]:
    """Add LoRAs; one that is there already gets the new strength."""
    return tuple({lora.name: lora for lora in [*loras, *more]}.values())


def checked(sheet: StyleSheet, catalogue: Catalogue | None) -> StyleSheet:
    """Return the sheet with every name as ComfyUI spells it; raise BadRequest for what cannot be drawn.

    Without a catalogue (ComfyUI was never reached) names are taken on trust.
    """
    _check_ranges(sheet)
    if isinstance(sheet.size, Size):
        sheet.size.check()
    cleaned = replace(
        sheet,
        positive=clean_text("positive template", sheet.positive, most=MOST_TEMPLATE),
        negative=clean_text("negative template", sheet.negative, most=MOST_TEMPLATE),
    )
    if cleaned.positive.count(PROMPT) > 1 or PROMPT in cleaned.negative:
        raise BadRequest(
            f"`{PROMPT}` stands where it cannot be filled in.",
            hint="Write it once, in the positive template, where the prompt is to go; or leave it out.",
        )
    return cleaned if catalogue is None else _spelled(cleaned, catalogue)


def _check_ranges(sheet: StyleSheet) -> None:
    _check_range("steps", sheet.steps, STEPS.start, STEPS.stop - 1)
    _check_range("cfg", sheet.cfg, 0.0, CFG_MOST)
    for lora in sheet.loras:
        _check_range("lora_strength", lora.strength, -STRENGTH_MOST, STRENGTH_MOST)
    if len(sheet.loras) > MOST_LORAS:
        raise BadRequest(
            f"A style has at most {MOST_LORAS} LoRAs; these are {len(sheet.loras)}.",
            hint="Take one away with `remove_lora`.",
        )


def _check_range(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise BadRequest(f"`{name}` goes from {least} to {most}; {value} is outside.", hint="Choose another.")


def _spelled(sheet: StyleSheet, catalogue: Catalogue) -> StyleSheet:
    model = _known("model", sheet.model, catalogue.checkpoints)
    loras = tuple(replace(lora, name=spelled("LoRA", lora.name, catalogue.loras)) for lora in sheet.loras)
    for lora in loras:
        _check_fit(lora, model, catalogue)
    return replace(
        sheet,
        model=model,
        sampler=_known("sampler", sheet.sampler, catalogue.samplers),
        scheduler=_known("scheduler", sheet.scheduler, catalogue.schedulers),
        loras=_with_loras((), loras),
    )


def _known(kind: str, name: str | None, known: Sequence[str]) -> str | None:
    return None if name is None else spelled(kind, name, known)


def _check_fit(lora: Lora, model: str | None, catalogue: Catalogue) -> None:
    belonging = families.of_lora(lora.name, _family(lora.name, catalogue))
    if model is None or belonging is None:
        return
    checkpoint = families.of_checkpoint(model, _family(model, catalogue))
    if belonging.bars(checkpoint):
        raise BadRequest(
            f"The LoRA `{lora.name}` is for {belonging.family} ({belonging.how}), and the checkpoint "
            f"`{model}` is {checkpoint.family} ({checkpoint.how}).",
            hint=f"Choose a checkpoint of {belonging.family}, or leave this LoRA out.",
        )


def _family(name: str, catalogue: Catalogue) -> families.ModelFamily | None:
    return catalogue.facts.get(name, ModelFacts()).family


def changes(before: StyleSheet, after: StyleSheet) -> tuple[Change, ...]:
    """Return what differs, in the order in which people read it."""
    pairs = ((field, getattr(before, field), getattr(after, field)) for field in StyleField)
    return tuple(
        Change(name=field.value, before=words_of(old), after=words_of(new))
        for field, old, new in pairs
        if old != new
    )


def words_of(value: str | float | Size | tuple[Lora, ...] | None) -> str:
    """Write one parameter as people read it; "" where nothing is said."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:g}"
        case tuple():
            return ", ".join(f"{lora.name} at {lora.strength:g}" for lora in value)
        case _:
            return str(value)


def taken_back(now: StyleSheet, *, before: StyleSheet, after: StyleSheet) -> StyleSheet:
    """Return the sheet without the change from `before` to `after`; what was changed since stays.

    Raises WrongState where a later change touched the same parameter: that one must go first.
    """
    touched = [field for field in StyleField if getattr(before, field) != getattr(after, field)]
    if not touched:
        raise WrongState("That change was of the name only.", hint="`/style edit` gives it another name.")
    later = next((field for field in touched if getattr(now, field) != getattr(after, field)), None)
    if later is not None:
        raise WrongState(
            f"`{later}` was changed again since.",
            hint="Take the later change back first, or use `/style edit`.",
        )
    return replace(now, **{field.value: getattr(before, field) for field in touched})


def sheet_of(recipe: Recipe, *, template: StyleSheet, not_of_style: Collection[str]) -> StyleSheet:
    """Return what a drawing was made with, as a style; its words come from `template`.

    `not_of_style` are the LoRAs that its characters brought: they come with the characters.
    """
    return replace(
        template,
        model=recipe.model,
        sampler=recipe.sampler,
        scheduler=recipe.scheduler,
        steps=recipe.steps,
        cfg=recipe.cfg,
        size=recipe.size,
        loras=tuple(lora for lora in recipe.loras if lora.name not in not_of_style),
    )


def style_field(text: str) -> StyleField:
    """Read the name of a field; raise BadRequest, which names the nearest."""
    wanted = text.strip().casefold()
    try:
        return StyleField("loras" if wanted == "lora" else wanted)
    except ValueError:
        raise UnknownName("field of a style", text.strip(), [field.value for field in StyleField]) from None
