"""What the stores in memory share, as the tables of one database are shared."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.core import library
from bot.core.artifact import Artifact
from bot.core.batching import Batch
from bot.core.characters import Character, CharacterReference, Lesson, Variation
from bot.core.job import Job, JobEvent, JobState
from bot.core.library import Gallery, Project
from bot.core.posting import Posting, PostingState
from bot.core.review import Decision
from bot.core.styles import Revision, Style
from bot.ports.batches import Plan
from bot.ports.review import Pin
from bot.ports.stores import Entry

IN_LINE = (JobState.QUEUED, JobState.SUBMITTED, JobState.RUNNING)
STILL_DUE = (PostingState.PENDING, PostingState.SENDING)


def check_there(memory: "Memory", project: int | None) -> None:
    """Raise WrongState for a project that was deleted."""
    found = memory.projects.get(project or 0)
    if found is not None:
        library.check_there(found)


@dataclass(slots=True)
class Memory:
    """What the stores share, as the tables of one database are shared."""

    jobs: dict[int, Job] = field(default_factory=dict[int, Job])
    events: list[JobEvent] = field(default_factory=list[JobEvent])
    artifacts: list[Artifact] = field(default_factory=list[Artifact])
    postings: dict[int, Posting] = field(default_factory=dict[int, Posting])
    turns: dict[int, int] = field(default_factory=dict[int, int])
    projects: dict[int, Project] = field(default_factory=dict[int, Project])
    choices: dict[tuple[int | None, int], int] = field(default_factory=dict[tuple[int | None, int], int])
    threads: dict[tuple[int, str], int] = field(default_factory=dict[tuple[int, str], int])
    galleries: dict[int, Gallery | None] = field(default_factory=dict[int, Gallery | None])
    settled: set[int] = field(default_factory=set[int])
    entries: list[Entry] = field(default_factory=list[Entry])
    discards: dict[str, int] = field(default_factory=dict[str, int])
    decisions: list[Decision] = field(default_factory=list[Decision])
    lessons: dict[int, Lesson] = field(default_factory=dict[int, Lesson])
    styles: dict[int, Style] = field(default_factory=dict[int, Style])
    revisions: dict[int, list[Revision]] = field(default_factory=dict[int, list[Revision]])
    characters: dict[int, Character] = field(default_factory=dict[int, Character])
    variations: dict[int, Variation] = field(default_factory=dict[int, Variation])
    character_references: dict[int, CharacterReference] = field(default_factory=dict[int, CharacterReference])
    pins: dict[tuple[int, int], Pin] = field(default_factory=dict[tuple[int, int], Pin])
    batches: dict[int, Batch] = field(default_factory=dict[int, Batch])
    settled_batches: set[int] = field(default_factory=set[int])
    served_batches: dict[int, int] = field(default_factory=dict[int, int])
    plans: dict[int, Plan] = field(default_factory=dict[int, Plan])

    def change_posting(self, posting: Posting, **changes: Any) -> None:
        """Change it as long as it is due; what was sent or dropped stays so."""
        stored = self.postings[posting.id]
        if stored.state in STILL_DUE:
            self.postings[posting.id] = replace(stored, **changes)
