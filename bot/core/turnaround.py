"""Turnaround sheets: a character in every pose with every expression."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from bot.core.batching import BatchKind, Outline
from bot.core.characters import Character, Variation, VariationKind
from bot.core.generation import GenerationRequest
from bot.core.job import Job

ALL: Final = ("all",)
"""Stands for all variations of a kind."""
FEWEST: Final = 2
SETTING: Final = "full body, simple background"
"""What is drawn around the character where nothing is said."""

USUAL: Final = {
    VariationKind.POSE: {
        "front view": "facing viewer, standing, arms at sides",
        "three-quarter view": "three-quarter view, standing",
        "side view": "from side, profile, standing",
        "back view": "from behind, standing, back turned to viewer",
    },
    VariationKind.EXPRESSION: {
        "neutral": "expressionless, closed mouth",
        "smile": "smile",
        "angry": "angry, frown",
        "sad": "sad, teary eyes",
    },
}
"""What a turnaround shows of somebody who has hardly any poses or expressions yet."""


def lacking(
    known: Collection[Variation], *, poses: Sequence[str] = ALL, expressions: Sequence[str] = ALL
) -> list[VariationKind]:
    """Return of which kinds all were asked for and there are too few to turn around in."""
    asked = {VariationKind.POSE: poses, VariationKind.EXPRESSION: expressions}
    counts = Counter(variation.kind for variation in known)
    return [kind for kind, names in asked.items() if tuple(names) == ALL and counts[kind] < FEWEST]


def columns_of(jobs: Sequence[Job]) -> int | None:
    """Return how many pictures a turnaround has in a row, one for each expression; None: it has no rows."""
    last = {job.request.variations[-1:] for job in jobs}
    return len(last) if 1 < len(last) < len(jobs) else None


def turnaround(
    character: Character,
    *,
    base: GenerationRequest,
    outfits: Sequence[str] = (),
    poses: Sequence[str] = ALL,
    expressions: Sequence[str] = ALL,
) -> Outline:
    """Return the sheet as one batch: a row for each pose, a column for each expression."""
    return Outline(
        kind=BatchKind.SHEET,
        base=base,
        title=f"{character.name} · turnaround",
        outfits=tuple(outfits),
        poses=tuple(poses),
        expressions=tuple(expressions),
        ends_with_sheet=True,
    )
