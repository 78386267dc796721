"""Review: what people decide about pictures, and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.core.characters import Character, Lesson
from bot.core.families import ModelFamily
from bot.core.generation import Recipe
from bot.core.prompting import clean_words
from bot.core.terms import estimated_tokens, key_of, split_terms

MOST_LEARNED: Final = 75
"""So many of CLIP's tokens at most are learned for one character with one family: one window."""
LONGEST_TERM: Final = 60
"""Longer than this it is a remark: it is kept with the decision, and teaches nothing."""


class Review(StrEnum):
    """Where a picture stands."""

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Taken back by the one who had it drawn: it counts for nothing."""


class Reason(StrEnum):
    """Why a picture is rejected."""

    APPEARANCE = "wrong appearance"
    STYLE = "wrong style"
    QUALITY = "bad quality"
    SOLO = "not solo"
    POSE = "wrong pose"
    EXPRESSION = "wrong expression"


USUAL_NEGATIVES: Final = {
    Reason.QUALITY: ("lowres", "blurry", "bad anatomy", "bad hands", "jpeg artifacts"),
    Reason.SOLO: ("multiple people", "extra person", "crowd"),
}
"""What a reason teaches by itself; the others teach the reviewer's own words only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a picture, and what it was before; `at` is UTC milliseconds."""

    id: int
    artifact: int
    by: int
    by_name: str
    at: int
    before: Review
    after: Review
    reasons: tuple[Reason, ...] = ()
    note: str = ""

    def says(self, reasons: Sequence[Reason], note: str) -> bool:
        """Tell whether these reasons and this note are part of it already."""
        return set(reasons) <= set(self.reasons) and note in ("", self.note)

    @property
    def takes_back(self) -> bool:
        """Tell whether it takes back a rejection, and so what that taught."""
        return self.before is Review.REJECTED and self.after is not Review.REJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """What a rejection teaches about one character with one family of models, the weightiest first.

    `known` is in force already; `left_out` found no room; `remarks` are too long to be terms.
    """

    character: Character
    family: ModelFamily
    learned: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def family_of(recipe: Recipe) -> ModelFamily | None:
    """Return the family a picture was drawn with; None where no model is known."""
    if recipe.family is not None or recipe.model is None:
        return recipe.family
    return ModelFamily.guess(recipe.model)


def teach(
    character: Character,
    family: ModelFamily,
    *,
    reasons: Sequence[Reason],
    note: str,
    in_force: Iterable[Lesson],
    alone: bool,
) -> Teaching:
    """Sort what a rejection says of a character; `alone`: nobody else was to be in the picture."""
    said = {key_of(lesson.term): lesson.term for lesson in in_force}
    room = MOST_LEARNED - _tokens(said.values())
    learned: dict[str, str] = {}
    known: list[str] = []
    left_out: list[str] = []
    remarks: list[str] = []
    for key, term in _once(_terms(character, reasons=reasons, note=note, alone=alone)):
        if len(term) > LONGEST_TERM:
            remarks.append(term)
        elif key in said:
            known.append(term)
        elif _tokens([*learned.values(), term]) > room:
            left_out.append(term)
        else:
            learned[key] = term
    return Teaching(
        character=character,
        family=family,
        learned=tuple(learned.values()),
        known=tuple(known),
        left_out=tuple(left_out),
        remarks=tuple(remarks),
    )


def _terms(character: Character, *, reasons: Sequence[Reason], note: str, alone: bool) -> Iterator[str]:
    """Yield the reviewer's own words, then what the character is known for, then the usual."""
    yield from split_terms(clean_words(note))
    if Reason.APPEARANCE in reasons:
        yield from split_terms(clean_words(character.appearance.common_errors))
    for reason in reasons:
        if reason is not Reason.SOLO or alone:
            yield from USUAL_NEGATIVES.get(reason, ())


def _once(terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each term once, by what it says, where it first comes."""
    seen: dict[str, str] = {}
    for term in terms:
        key = key_of(term)
        if key and key not in seen:
            seen[key] = term
            yield key, term


def _tokens(terms: Iterable[str]) -> int:
    """Estimate what the terms take in one list: each is followed by a comma."""
    return sum(estimated_tokens(term) + 1 for term in terms)
