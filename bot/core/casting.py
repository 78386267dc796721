"""Casting: what characters may be called and say, and which of their pictures stands for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Final, Self

from bot.core.characters import Appearance, Character, CharacterReference, Pose
from bot.core.errors import BadRequest
from bot.core.generation import Lora
from bot.core.library import clean_name, clean_text, listable_name, slug_of
from bot.core.planning import STRENGTH_MOST

MOST_DESIGN: Final = 1500
MOST_TRIGGER: Final = 100
MOST_TRAIT: Final = 400
"""The longest text of one field of the appearance."""
MOST_VARIATION: Final = 500
MOST_VARIATIONS: Final = 75
MOST_PER_POSE: Final = 8

RESERVED: Final = frozenset({"everyone", "here", "channel", "all", "none"})
"""Words that would be a ping or a choice of its own where a character's name is expected."""

_PLAIN: Final = re.compile(r"(?!everyone|here)[^\W\d_]", re.IGNORECASE)


class Clearable(StrEnum):
    """What can be taken from a character again."""

    DESIGN_PROMPT = "design prompt"
    TRIGGER = "trigger"
    LORA = "LoRA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What somebody says about a character; None: not said, "": taken away."""

    name: str | None = None
    design_prompt: str | None = None
    trigger: str | None = None
    lora: str | None = None
    lora_strength: float | None = None

    def cleaned(self) -> Self:
        """Return it fit to be kept; raise BadRequest for what cannot be."""
        return replace(
            self,
            name=None if self.name is None else character_name(self.name),
            design_prompt=_cleaned("design prompt", self.design_prompt, MOST_DESIGN),
            trigger=_cleaned("trigger", self.trigger, MOST_TRIGGER),
        )

    def without(self, thing: Clearable) -> Self:
        """Return it with something to be taken away; raise BadRequest if it is given as well."""
        field = _FIELDS[thing]
        if getattr(self, field) is not None:
            raise BadRequest(f"The {thing} is given and cleared at once.", hint="Leave out one of the two.")
        return replace(self, **{field: ""})


_FIELDS: Final = {
    Clearable.DESIGN_PROMPT: "design_prompt",
    Clearable.TRIGGER: "trigger",
    Clearable.LORA: "lora",
}


def character_name(text: str) -> str:
    """Return a name that works after an `@`; raise BadRequest."""
    name = clean_name("character", text.strip().lstrip("@"))
    if {name.casefold(), slug_of(name)} & RESERVED:
        raise BadRequest(
            f"“{name}” cannot be a character's name: it means something else after an @.",
            hint="Give another one.",
        )
    strange = next((sign for sign in "@[]" if sign in name), None)
    if strange is not None:
        raise BadRequest(
            f"“{name}” has a {strange} in it, so that no prompt could name it.", hint="Leave it out."
        )
    return name


def handle_of(name: str) -> str:
    """Return how a prompt names a character: `@Yuki`, and `@[7 of 9]` where the plain form is none."""
    return f"@{name}" if _PLAIN.match(name) else f"@[{name}]"


def variation_name(text: str) -> str:
    return listable_name("variation", text)


def _cleaned(what: str, text: str | None, most: int) -> str | None:
    return None if text is None else clean_text(what, text, most=most)


def cleaned_appearance(appearance: Appearance) -> Appearance:
    return Appearance(
        hair=clean_text("hair", appearance.hair, most=MOST_TRAIT),
        eyes=clean_text("eyes", appearance.eyes, most=MOST_TRAIT),
        clothing=clean_text("clothing", appearance.clothing, most=MOST_TRAIT),
        key_colours=clean_text("key colours", appearance.key_colours, most=MOST_TRAIT),
        common_errors=clean_text("common errors", appearance.common_errors, most=MOST_TRAIT),
    )


def lora_of(sketch: Sketch, before: Lora | None) -> Lora | None:
    """Return the LoRA that the sketch leaves a character with; raise BadRequest for a strength of nothing."""
    strength = sketch.lora_strength
    _check_strength(strength)
    if sketch.lora:
        return Lora(name=sketch.lora, strength=1.0 if strength is None else strength)
    kept = None if sketch.lora == "" else before
    if strength is None:
        return kept
    if kept is None:
        raise BadRequest("`lora_strength` says how strongly, but no LoRA was named.", hint="Add `lora`.")
    return replace(kept, strength=strength)


def _check_strength(strength: float | None) -> None:
    if strength is not None and not -STRENGTH_MOST <= strength <= STRENGTH_MOST:
        raise BadRequest(
            f"`lora_strength` goes from {-STRENGTH_MOST} to {STRENGTH_MOST}; {strength} is outside.",
            hint="Choose another.",
        )


def check_open(character: Character) -> None:
    """Raise BadRequest for an archived character."""
    if character.archived is not None:
        raise BadRequest(f"“{character.name}” is archived.", hint="`/character restore` brings them back.")


# ── their pictures


def numbered(references: Iterable[CharacterReference]) -> list[tuple[str, CharacterReference]]:
    """Name each picture by its pose and its place in it: “front 1”, “front 2”, “portrait 1”."""
    by_pose = groupby(sorted(references, key=_by_pose), key=lambda one: one.pose)
    return [(f"{pose} {place}", one) for pose, these in by_pose for place, one in enumerate(these, 1)]


def _by_pose(reference: CharacterReference) -> tuple[int, int, int]:
    return _ORDER.index(reference.pose), reference.added, reference.id


def portrait_of(references: Iterable[CharacterReference]) -> CharacterReference | None:
    """Return the picture that stands for a character: front or portrait first, originals before drawings."""
    return min(references, key=_by_rank, default=None)


def _by_rank(reference: CharacterReference) -> tuple[int, bool, int, int]:
    return _ORDER.index(reference.pose), reference.artifact is not None, reference.added, reference.id


_ORDER: Final = (Pose.FRONT, Pose.PORTRAIT, Pose.CASUAL, Pose.ACTION)


def check_room_for_variation(character: Character, known: int) -> None:
    """Raise BadRequest where the character has as many variations as there can be."""
    if known >= MOST_VARIATIONS:
        raise BadRequest(
            f"“{character.name}” has {MOST_VARIATIONS} variations already; that is the most.",
            hint="`/character variation remove` makes room.",
        )


def check_room(references: Sequence[CharacterReference], pose: Pose) -> None:
    """Raise BadRequest if there are enough pictures of a pose."""
    if sum(one.pose is pose for one in references) >= MOST_PER_POSE:
        raise BadRequest(
            f"There are {MOST_PER_POSE} references of the pose {pose} already; that is the most.",
            hint="`/character reference remove` makes room.",
        )
