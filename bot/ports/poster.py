"""What posts: Discord, seen from the studio."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.artifact import Artifact
from bot.core.batching import Batch
from bot.core.job import Card, Job
from bot.core.library import Gallery, Project
from bot.core.reporting import MorningReport
from bot.ports.darkroom import Sheet
from bot.ports.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePost:
    """Finished pictures of a job, ready to be posted as one message.

    `doubtful`: an earlier try may have arrived, longer ago than Discord remembers a nonce; look for it first.
    `detour`: why it is posted here and not where it belongs. `sheet` shows all of them on one.
    """

    job: Job
    project: Project | None
    artifacts: Sequence[Artifact]
    pictures: Sequence[Picture]
    nonce: str
    doubtful: bool = False
    detour: str = ""
    parent: Job | None = None
    sheet: Sheet | None = None
    remarks: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What is said below the pictures beside their parameters, a sentence on each line."""
        detour = (f"Posted here instead: {self.detour}",) if self.detour else ()
        return "\n".join([*self.remarks, *detour])


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line that tells the person who asked that the job is at its end, with a link where there is one.

    `doubtful` as for PicturePost.
    """

    job: Job
    nonce: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """How a batch ended, with its contact sheet where there is one; `doubtful` as for PicturePost.

    The sheet shows the first `on_sheet` pictures; `left_out` more found no room on it. `no_sheet`: why there
    is none where one is due.
    """

    batch: Batch
    told: MorningReport
    nonce: str
    sheet: Sheet | None = None
    on_sheet: int = 0
    left_out: int = 0
    no_sheet: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The message that was made and its attachments' ids, in the pictures' order."""

    message: Card
    attachments: tuple[int, ...]


class Poster(Protocol):
    async def upload_limit(self, channel: int, *, count: int) -> int:
        """Return how many bytes each of so many files may have that go there in one message."""
        ...

    async def is_restricted(self, channel: int) -> bool:
        """Tell whether the channel is age-restricted; a thread is as the channel that it is in.

        Raises MissingPermission if we cannot see it, TargetGone, or DiscordAway.
        """
        ...

    async def open_thread(self, gallery: Gallery, *, name: str, tags: Sequence[str] = ()) -> int:
        """Open a thread (or a forum post with these tags) in the gallery's channel and return its id.

        A tag that the forum lacks is made if that is allowed, and left out if not.
        Raises MissingPermission, TargetGone, NoMoreThreads, or DiscordAway for a passing fault.
        """
        ...

    async def tag(self, thread: int, tags: Sequence[str]) -> None:
        """Add the tags that a forum post lacks, as far as there is room and leave for it; never raises."""
        ...

    async def post(self, channel: int, post: PicturePost) -> Posted:
        """Post the pictures there; the same nonce again within minutes yields the first message.

        Wakes an archived thread. Raises MissingPermission, ThreadLocked, NoMoreThreads, TargetGone, TooLarge,
        Withdrawn if that first message was deleted meanwhile, or DiscordAway for a passing fault.
        """
        ...

    async def notify(self, channel: int, notice: Notice) -> Card:
        """Tell the person who asked, mentioning them and nobody else; raises as `post` does."""
        ...

    async def report(self, channel: int, report: BatchReport) -> Card:
        """Tell the person who asked how their batch ended; raises as `post` does."""
        ...


class PostReader(Protocol):
    async def attachment(self, card: Card, attachment: int) -> bytes:
        """Return a file of a message as it stands in Discord.

        Raises TargetGone if message or file is gone, MissingPermission, or DiscordAway for a passing fault.
        """
        ...
