"""What is remembered: jobs, posts on their way, projects, settings, and the log of everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.core.artifact import Artifact
from bot.core.catalogue import Catalogue
from bot.core.generation import GenerationRequest, Origin, Recipe
from bot.core.job import Card, Job, JobEvent, JobState, Priority
from bot.core.library import Gallery, GuildSettings, Project, Rating, Threads
from bot.core.lineage import Lineage
from bot.core.posting import Posting
from bot.core.queueing import Kind, Waiting
from bot.core.workflow import Graph
from bot.ports.review import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job before it has a number; with its row goes the `pin` that its person took up for it."""

    uid: UUID
    request: GenerationRequest
    recipe: Recipe
    origin: Origin
    created: int
    graph: Graph | None
    project: int | None = None
    lineage: Lineage | None = None
    batch: int | None = None
    priority: Priority = Priority.INTERACTIVE
    pin: Pin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs a list shows; None means all."""

    guild: int | None = None
    user: int | None = None
    project: int | None = None
    state: JobState | None = None


class Jobs(Protocol):
    async def add(self, new: NewJob) -> tuple[Job, bool]:
        """Store a queued job and its first event: (job, True); a known origin key: (that job, False).

        In the same transaction its words become findable, and its pin is used up; raises WrongState if its
        person has none any more.
        """
        ...

    async def add_ended(self, new: NewJob, *, artifacts: Sequence[Artifact]) -> Job:
        """Store a job that was drawn elsewhere, SHELVED at once, with its pictures; nothing is posted.

        The pictures' `job` is ignored. A known origin key: that job, and nothing is stored.
        """
        ...

    async def get(self, job_id: int) -> Job:
        """Return the job; raise NotFound."""
        ...

    async def store(self, job: Job, *, was: JobState, note: str = "", notice: bool = False) -> None:
        """Write a transition and its event in one transaction, with a NOTICE posting if `notice`.

        Writes state, since, attempt, interrupted, opened, recipe, graph, timings and failure; card, post and
        cancel_requested have statements of their own. Raises WrongState if the stored state is not `was`.
        """
        ...

    async def rendered(self, job: Job, *, was: JobState, artifacts: Sequence[Artifact]) -> None:
        """Like `store`, and in the same transaction: the artifacts and the PICTURES posting."""
        ...

    async def delivered(
        self,
        job: Job,
        *,
        posting: Posting,
        post: Card,
        attachments: Sequence[int],
        notice: bool,
        note: str = "",
    ) -> None:
        """Like `store` from RENDERED; in the same transaction the posting becomes sent.

        With it the job's post and the artifacts' message and attachment ids are written, and a NOTICE
        posting if `notice`.
        """
        ...

    async def set_card(self, job_id: int, card: Card) -> None:
        """Remember the job's card, which is not settled yet."""
        ...

    async def settle_card(self, job_id: int, card: Card) -> None:
        """Note that the card shows how its job ended, or is gone, unless the job has got another one."""
        ...

    async def unsettled_cards(self, *, since: int, limit: int) -> list[Job]:
        """Return the jobs that ended last, after `since`, and whose card is not settled; the newest first."""
        ...

    async def request_cancel(self, job_id: int) -> None: ...

    async def open_pictures(self, job_id: int) -> None:
        """Count, before the job's pictures are decoded, that they are: should we die of it, that is known."""
        ...

    async def in_states(self, *states: JobState) -> list[Job]:
        """Return all jobs in these states, oldest first."""
        ...

    async def waiting(self) -> list[Waiting]:
        """Return the queued jobs that may be drawn, oldest first: those of a paused batch may not."""
        ...

    async def count_waiting(self, *, user: int) -> tuple[int, int]:
        """Return how many jobs outside batches wait or are drawn: (of this user, in all)."""
        ...

    async def find(
        self,
        words: str,
        *,
        guild: int | None,
        project: int | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Job]:
        """Return the newest jobs below `before` that have all these words, the last one as a beginning.

        With `after`, the oldest of them above it; newest first.
        They are looked for in what was typed, in what is drawn and in the names of the cast. Of scripts that
        put no blanks between words any part is found. `guild` None: what belongs to no server.
        """
        ...

    async def children(self, job_id: int) -> list[Job]:
        """Return the jobs that came from this one, oldest first."""
        ...

    async def family(self, job_id: int, *, limit: int = 200) -> list[Job]:
        """Return the job's ancestors and all that came from the eldest, oldest first, at most so many."""
        ...

    async def page(
        self, wanted: JobFilter, *, before: int | None = None, after: int | None = None, limit: int = 10
    ) -> list[Job]:
        """Return the newest jobs below `before`; with `after`, the oldest above it; newest first."""
        ...

    async def by_message(self, message: int) -> Job | None:
        """Return the job whose card or post this message is."""
        ...

    async def events(self, job_id: int) -> list[JobEvent]: ...

    async def artifacts(self, job_id: int) -> list[Artifact]: ...

    async def last_served(self) -> Mapping[int, int]:
        """Return, for each user with queued jobs, a number that grows with every turn they had."""
        ...

    async def measured(self, kind: Kind, *, limit: int = 20) -> list[int]:
        """Return how long the newest warm drawings of this kind took, in milliseconds."""
        ...

    async def counts(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state, without scanning them."""
        ...


class Outbox(Protocol):
    async def due(self) -> list[Posting]:
        """Return what is not yet sent or dropped, oldest first."""
        ...

    async def sending(self, posting: Posting) -> None:
        """Mark the intent before the act; `tried` grows by one."""
        ...

    async def sent(self, posting: Posting, message: Card, *, at: int) -> None: ...

    async def dropped(self, posting: Posting, *, at: int, reason: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What hangs on a project, for those who are about to delete it; `bytes` on our disk."""

    jobs: int
    open_jobs: int
    pictures: int
    bytes: int
    characters: int
    styles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    guild: int | None
    name: str
    slug: str
    gallery: Gallery | None
    by: int
    at: int
    description: str = ""
    threads: Threads = Threads.PROJECT
    rating: Rating = Rating.EVERYONE
    workflow: str | None = None


class Projects(Protocol):
    async def add(self, new: NewProject) -> Project:
        """Store a project; raise BadRequest if the guild has one of that name or slug already."""
        ...

    async def get(self, project_id: int) -> Project:
        """Return the project; raise NotFound."""
        ...

    async def named(self, guild: int | None, name: str) -> Project | None: ...

    async def of_guild(self, guild: int | None, *, archived: bool = False) -> list[Project]:
        """Return the guild's open projects, or its archived ones, by name."""
        ...

    async def matching(
        self, guild: int | None, part: str, *, limit: int = 25, archived: bool = False
    ) -> list[Project]:
        """Return open projects, or archived ones, by a part of the name."""
        ...

    async def slugs(self, guild: int | None, stem: str) -> set[str]:
        """Return the slugs that begin so, of all projects that the guild has or ever had."""
        ...

    async def of_channel(self, channel: int) -> Project | None:
        """Return the open project whose gallery channel or thread this is."""
        ...

    async def thread(self, project_id: int, subject: str) -> int | None:
        """Return the thread for this subject (a character's slug, a day; "" is the project's own)."""
        ...

    async def set_thread(self, project_id: int, thread: int | None, *, subject: str = "") -> None: ...

    async def change(self, project: Project, *, was: Project) -> Project:
        """Write all that people can change; the slug stays. Raise BadRequest for a taken name.

        Raises WrongState if somebody changed it since `was` was read; its threads in use do not count.

        Another gallery or another way of threads forgets the threads in use.
        """
        ...

    async def holdings(self, project_id: int) -> Holdings: ...

    async def delete(self, project_id: int, *, pictures: int, at: int) -> None:
        """Mark it and its pictures as deleted and its files as discarded, in one transaction.

        Its characters, styles, choices and threads go, and nothing is put into it any more. Raises WrongState
        while one of its jobs is open, or if it does not have so many `pictures`.
        """
        ...

    async def in_use(self, *, guild: int | None, user: int) -> Project | None: ...

    async def use(self, *, guild: int | None, user: int, project: int | None) -> None: ...


class Settings(Protocol):
    async def of_guild(self, guild: int) -> GuildSettings: ...

    async def set_gallery(self, guild: int, gallery: Gallery | None) -> None: ...

    async def set_reactions(self, guild: int, emoji: Sequence[str] | None) -> None: ...

    async def set_reviewer_role(self, guild: int, role: int | None) -> None: ...

    async def set_admin_channel(self, guild: int, channel: int | None) -> None:
        """Choose where the studio's troubles are told."""
        ...

    async def admin_channels(self) -> list[int]:
        """Return the channels of all servers that chose one."""
        ...

    async def set_gallery_thread(self, channel: int, thread: int | None) -> None:
        """Remember the thread in use of the server gallery that is this channel."""
        ...

    async def paused_since(self) -> int | None:
        """Return since when the queue is paused, in UTC milliseconds."""
        ...

    async def set_paused(self, since: int | None) -> None: ...

    async def restored(self) -> int | None:
        """Return when this database was last put in the place of another one, in UTC milliseconds."""
        ...

    async def catalogue(self) -> Catalogue | None:
        """Return what ComfyUI had to choose from when it was last seen."""
        ...

    async def set_catalogue(self, catalogue: Catalogue) -> None: ...

    async def commands_hash(self, scope: str) -> str | None: ...

    async def set_commands_hash(self, scope: str, value: str) -> None: ...


class EntryKind(StrEnum):
    """What a log entry is about."""

    COMMAND = "command"
    BUTTON = "button"
    REACTION = "reaction"
    FAILURE = "failure"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log of everything; `detail` is small and JSON-like, `at` UTC milliseconds."""

    kind: EntryKind
    name: str
    at: int
    user: int | None = None
    guild: int | None = None
    channel: int | None = None
    job: int | None = None
    incident: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict[str, str])


class Journal(Protocol):
    async def write(self, entry: Entry) -> None: ...

    async def newest(self, *, limit: int = 50) -> list[Entry]: ...

    async def served(self, job: int, *, user: int, emoji: Sequence[str]) -> bool:
        """Tell whether one of these reactions of the person's was ever served for the job."""
        ...

    async def incidents(self, *, since: int) -> int:
        """Count the incidents since then, in UTC milliseconds."""
        ...
