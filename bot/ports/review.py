"""What is remembered of people's decisions, of what they taught, and of the pictures they took up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.core.characters import Lesson
from bot.core.families import ModelFamily
from bot.core.generation import Recipe, Reference
from bot.core.review import Decision, Reason, Review
from bot.ports.library import PictureFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision about to be made; `lessons` are terms by character and family, the weightiest first."""

    artifact: int
    by: int
    by_name: str
    at: int
    after: Review
    reasons: tuple[Reason, ...] = ()
    note: str = ""
    lessons: Mapping[tuple[int, ModelFamily], tuple[str, ...]] | None = None


MOST_COUNTED: Final = 100_000
MOST_LOOKED_INTO: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCounts:
    """How pictures stand, each state counted up to MOST_COUNTED.

    Reasons and people are those of the decisions in force, the last one about each picture; of each state
    the newest MOST_LOOKED_INTO pictures are looked into.
    """

    by_review: Mapping[Review, int]
    by_reason: Mapping[Reason, int]
    by_person: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A picture that was decided about, and what it was drawn with."""

    artifact: int
    review: Review
    recipe: Recipe


class Reviews(Protocol):
    async def decide(self, verdict: Verdict) -> Decision:
        """Write the picture's new state, the decision and its lessons in one transaction.

        Deciding what is decided so already, for no new reason and without a new note, changes nothing and
        returns the earlier decision. A known lesson is not learned twice; one that was removed is learned
        anew. Taking back a rejection takes back what was learned of it. Raises NotFound, for a deleted
        picture too.
        """
        ...

    async def decide_all(self, verdicts: Sequence[Verdict]) -> list[Decision]:
        """Decide as `decide` does, in one transaction, about each that is still there.

        Those that were deleted are left out; raises NotFound for one that never was.
        """
        ...

    async def decisions(self, artifact_id: int) -> list[Decision]:
        """Return every decision about the picture, oldest first."""
        ...

    async def counts(self, wanted: PictureFilter) -> ReviewCounts: ...

    async def judged(self, character: int, *, limit: int = 2000) -> list[Judged]:
        """Return the character's approved and rejected pictures, the newest first."""
        ...

    async def lessons(self, character: int, family: ModelFamily | None = None) -> list[Lesson]:
        """Return what is in force, oldest first."""
        ...

    async def unlearn(self, lesson_ids: Sequence[int], *, by: int, at: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A picture somebody took up for their next drawing; `job` and `picture` tell where it came from."""

    reference: Reference
    at: int
    job: int | None = None
    picture: int | None = None


class Pins(Protocol):
    """One per person and server: used once, by the next `/generate`."""

    async def put(self, *, guild: int, user: int, pin: Pin) -> None: ...

    async def peek(self, *, guild: int, user: int) -> Pin | None: ...

    async def take(self, *, guild: int, user: int, at: int) -> Pin | None:
        """Return the pin and forget it, at once; its file is given up unless something else needs it."""
        ...
