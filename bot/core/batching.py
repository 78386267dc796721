"""Batches: many drawings that are planned, watched and taken back as one."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.job import Card, JobState, Priority


class BatchState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class BatchKind(StrEnum):
    PROMPTS = "prompts"
    MATRIX = "matrix"
    SHEET = "sheet"
    """A character's turnaround sheet: ends with a contact sheet."""
    OVERNIGHT = "overnight"
    """Ends with a morning report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Jobs that belong together. Times are UTC milliseconds; `ends_with_sheet`: a contact sheet is posted."""

    id: int
    key: str
    title: str
    kind: BatchKind
    guild: int | None
    channel: int | None
    user: int
    user_name: str
    created: int
    project: int | None = None
    priority: Priority = Priority.BATCH
    state: BatchState = BatchState.RUNNING
    since: int = 0
    card: Card | None = None
    ends_with_sheet: bool = False
    report: Card | None = None
    """Where its contact sheet or morning report was posted, once it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCounts:
    """How many of a batch's jobs are in each state, and how many pictures were made."""

    jobs: dict[JobState, int] = field(default_factory=dict[JobState, int])
    pictures: int = 0

    @property
    def total(self) -> int:
        return sum(self.jobs.values())

    @property
    def ended(self) -> int:
        return sum(count for state, count in self.jobs.items() if state.is_end)
