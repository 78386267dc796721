"""A job: its states, the only ways between them, and what is known about it."""

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.core.errors import WrongState
from bot.core.generation import GenerationRequest, Origin, Recipe
from bot.core.lineage import Lineage
from bot.core.prompting import clean_words
from bot.core.workflow import Graph


class JobState(StrEnum):
    QUEUED = "queued"
    SUBMITTED = "submitted"
    RUNNING = "running"
    RENDERED = "rendered"
    DELIVERED = "delivered"
    SHELVED = "shelved"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        return not TRANSITIONS[self]

    @property
    def in_renderer(self) -> bool:
        return self in (JobState.SUBMITTED, JobState.RUNNING)


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SUBMITTED, JobState.CANCELLED, JobState.FAILED}),
    JobState.SUBMITTED: frozenset(
        {JobState.RUNNING, JobState.RENDERED, JobState.QUEUED, JobState.CANCELLED, JobState.FAILED}
    ),
    JobState.RUNNING: frozenset({JobState.RENDERED, JobState.QUEUED, JobState.CANCELLED, JobState.FAILED}),
    JobState.RENDERED: frozenset({JobState.DELIVERED, JobState.SHELVED}),
    JobState.DELIVERED: frozenset(),
    JobState.SHELVED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""SUBMITTED may become RENDERED directly: after a restart ComfyUI may have begun and ended meanwhile."""


class Priority(IntEnum):
    """Which jobs go first; a smaller number is sooner."""

    INTERACTIVE = 0
    BATCH = 1
    OVERNIGHT = 2


class Warmth(StrEnum):
    """Whether the checkpoint had to be loaded for this job."""

    COLD = "cold"
    WARM = "warm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job failed, as people read it; `kind` is stable and short (see RenderError)."""

    kind: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Where a job's time went, in milliseconds; None where nothing was measured.

    queued: from acceptance to the hand-over to ComfyUI. load, sample, save: time that ComfyUI spent in
    nodes of that phase (save includes decoding). fetch: from the end of the drawing until the pictures
    were safe on our disk. post: from then until they were posted. total: from acceptance to the post.
    """

    queued: int | None = None
    load: int | None = None
    sample: int | None = None
    save: int | None = None
    drawing: int | None = None
    fetch: int | None = None
    post: int | None = None
    total: int | None = None
    warmth: Warmth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The Discord message that shows a job."""

    channel: int
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One `/generate`. `id` is what people type, `uid` what machines use; times are UTC milliseconds.

    `interrupted` counts its drawings that were broken off: ComfyUI died, or fell silent and was stopped.
    `opened` counts how often its pictures began to be decoded; it is more than one only if we died of it.
    """

    id: int
    uid: UUID
    request: GenerationRequest
    recipe: Recipe
    origin: Origin
    created: int
    project: int | None = None
    lineage: Lineage | None = None
    batch: int | None = None
    state: JobState = JobState.QUEUED
    since: int = 0
    priority: Priority = Priority.INTERACTIVE
    attempt: int = 1
    graph: Graph | None = None
    card: Card | None = None
    post: Card | None = None
    cancel_requested: bool = False
    interrupted: int = 0
    opened: int = 0
    timings: Timings = field(default_factory=Timings)
    failure: Failure | None = None

    @property
    def caption(self) -> str:
        """What the person typed, on one line: the drawing's own words may be many more."""
        return clean_words(self.request.prompt)

    @property
    def parent(self) -> int | None:
        return self.lineage.parent if self.lineage else None

    @property
    def stands_alone(self) -> bool:
        """Tell whether it has a card and a notice of its own; one of a batch has those of the batch."""
        return self.batch is None

    @property
    def prompt_id(self) -> str:
        """ComfyUI's name for this attempt: recomputable, so that nothing needs to remember it."""
        return str(uuid5(NAMESPACE_URL, f"genga:{self.uid}:{self.attempt}"))

    @property
    def was_handed_over(self) -> bool:
        """Tell whether ComfyUI may have this attempt already; the intent is stored before the act."""
        return self.state.in_renderer or self.timings.queued is not None

    def next_attempt(self) -> Self:
        """Return the job as it is tried anew, under another prompt id."""
        return replace(self, attempt=self.attempt + 1, opened=0, timings=Timings())

    def broken_off(self) -> Self:
        """Return the job as it is tried anew after its drawing was broken off."""
        return replace(self.next_attempt(), interrupted=self.interrupted + 1)

    def to(self, state: JobState, *, at: int) -> Self:
        """Return the job in its next state; raise WrongState where the table knows no such way."""
        if state not in TRANSITIONS[self.state]:
            raise WrongState(
                f"#{self.id} is {self.state} and cannot become {state}.",
                hint="Somebody or something was quicker; look at it with `/job show`.",
            )
        return replace(self, state=state, since=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One transition as it is kept: what became of the job, when, and why where that needs saying."""

    job: int
    state: JobState
    at: int
    attempt: int = 1
    note: str = ""
