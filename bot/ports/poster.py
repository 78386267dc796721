"""What posts: Discord, seen from the studio."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.artifact import Artifact
from bot.core.job import Card, Job
from bot.core.library import Gallery, Project
from bot.ports.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePost:
    """Finished pictures of a job, ready to be posted as one message.

    `doubtful`: an earlier try may have arrived, longer ago than Discord remembers a nonce; look for it first.
    `detour`: why it is posted here and not where it belongs.
    """

    job: Job
    project: Project | None
    artifacts: Sequence[Artifact]
    pictures: Sequence[Picture]
    nonce: str
    doubtful: bool = False
    detour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line that tells the person who asked that the job is at its end, with a link where there is one.

    `doubtful` as for PicturePost.
    """

    job: Job
    nonce: str
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

    async def open_thread(self, gallery: Gallery, *, name: str) -> int:
        """Open a thread (or a forum post) in the gallery's channel and return its id.

        Raises MissingPermission, TargetGone, NoMoreThreads, or DiscordAway for a passing fault.
        """
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
