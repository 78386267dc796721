"""Characters: who is drawn, what they look like, and what was learned about drawing them."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.families import ModelFamily
from bot.core.generation import Lora, Size


class Pose(StrEnum):
    """What a reference picture shows of a character."""

    FRONT = "front"
    PORTRAIT = "portrait"
    ACTION = "action"
    CASUAL = "casual"


class VariationKind(StrEnum):
    OUTFIT = "outfit"
    EXPRESSION = "expression"
    POSE = "pose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What stays the same in every drawing, as lists of words; `common_errors` become negatives."""

    hair: str = ""
    eyes: str = ""
    clothing: str = ""
    key_colours: str = ""
    common_errors: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """Somebody of one project. `lora` brings `trigger` with it; times are UTC milliseconds."""

    id: int
    project: int
    name: str
    slug: str
    created: int
    created_by: int
    design_prompt: str = ""
    appearance: Appearance = field(default_factory=Appearance)
    trigger: str = ""
    lora: Lora | None = None
    archived: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """A way to show a character: `prompt` says it; an outfit takes the place of the usual clothing."""

    id: int
    character: int
    kind: VariationKind
    name: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterReference:
    """A picture of a character that a person chose, cleaned and kept on our shelf."""

    id: int
    character: int
    pose: Pose
    path: str
    sha256: str
    bytes: int
    size: Size
    added: int
    added_by: int
    artifact: int | None = None
    """The drawing it was taken from, if it is one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A negative that a rejection taught, for one character with one family of models."""

    id: int
    character: int
    family: ModelFamily
    term: str
    at: int
    by: int
    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A character as it takes part in one drawing, with the variations chosen and the lessons in force."""

    character: Character
    variations: tuple[Variation, ...] = ()
    lessons: tuple[Lesson, ...] = ()
