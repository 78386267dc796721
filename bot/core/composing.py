"""The words that go to the model, put together from everybody who has a say, each with where it came from."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.generation import Lora


class Source(StrEnum):
    """Who brought a term."""

    TYPED = "typed"
    CHARACTER = "character"
    VARIATION = "variation"
    STYLE = "style"
    PROFILE = "profile"
    WORKFLOW = "workflow"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A piece of a prompt: `whose` names the character, style or profile, `lead` stands before its text."""

    text: str
    source: Source
    whose: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What is sent, and how it came about: the texts of `positive_terms` with their leads are `positive`.

    `dropped` are negatives for which there was no room, `late` is what of the positive lies beyond the text
    encoder's first window. Token counts are estimates: only the model's own tokenizer knows.
    """

    positive: str
    negative: str
    positive_terms: tuple[Term, ...] = ()
    negative_terms: tuple[Term, ...] = ()
    loras: tuple[Lora, ...] = ()
    dropped: tuple[Term, ...] = ()
    late: tuple[Term, ...] = ()
    positive_tokens: int = 0
    negative_tokens: int = 0
