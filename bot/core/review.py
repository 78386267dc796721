"""Review: what people decide about pictures, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


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
