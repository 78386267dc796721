"""A poster that records what it was given."""

from collections import deque
from collections.abc import Sequence

from bot.core.errors import (
    DiscordAway,
    StudioError,
    TargetGone,
)
from bot.core.job import Card
from bot.core.library import Gallery, GalleryKind
from bot.ports.poster import BatchReport, Notice, PicturePost, Posted


class FakePoster:
    """Records what was posted; a nonce it knows yields the first message again, as Discord does.

    `fail(error, …)`: the next calls raise these, nothing is posted. `lose_answers(n)`: the next n posts
    reach the channel, and the one who posted hears only DiscordAway. Channels in `restricted` are for adults,
    those in `gone` were deleted.
    """

    def __init__(self, *, limit: int = 10 * 1024 * 1024, request_limit: int = 24 * 1024 * 1024) -> None:
        self.limit = limit
        self.request_limit = request_limit
        self.posts: list[tuple[int, PicturePost]] = []
        self.notices: list[tuple[int, Notice]] = []
        self.reports: list[tuple[int, BatchReport]] = []
        self.threads: dict[int, tuple[Gallery, str]] = {}
        self.tags: dict[int, list[str]] = {}
        self.restricted: set[int] = set()
        self.gone: set[int] = set()
        self.files: dict[tuple[int, int], bytes] = {}
        """What hangs in posts, by message and attachment."""
        self._failures: deque[StudioError] = deque()
        self._answers_to_lose = 0
        self._in_channel: dict[str, Posted] = {}
        self._last_id = 9000

    def fail(self, *errors: StudioError) -> None:
        self._failures.extend(errors)

    def lose_answers(self, number: int = 1) -> None:
        self._answers_to_lose += number

    async def upload_limit(self, channel: int, *, count: int) -> int:
        return min(self.limit, self.request_limit // count)

    async def is_restricted(self, channel: int) -> bool:
        if channel in self.gone:
            raise TargetGone("The channel does not exist any more.", hint="Choose another.")
        thread = self.threads.get(channel)
        return (thread[0].channel if thread else channel) in self.restricted

    async def open_thread(self, gallery: Gallery, *, name: str, tags: Sequence[str] = ()) -> int:
        self._maybe_fail()
        thread = self._next_id()
        self.threads[thread] = (gallery, name)
        await self.tag(thread, tags)
        return thread

    async def tag(self, thread: int, tags: Sequence[str]) -> None:
        if thread in self.threads and self.threads[thread][0].kind is GalleryKind.FORUM:
            worn = self.tags.setdefault(thread, [])
            worn += [tag for tag in tags if tag not in worn]

    async def post(self, channel: int, post: PicturePost) -> Posted:
        self._maybe_fail()
        if post.nonce not in self._in_channel:
            self.posts.append((channel, post))
            self._make(channel, post.nonce, files=len(post.pictures))
        self._maybe_lose_the_answer()
        return self._in_channel[post.nonce]

    async def notify(self, channel: int, notice: Notice) -> Card:
        self._maybe_fail()
        if notice.nonce not in self._in_channel:
            self.notices.append((channel, notice))
            self._make(channel, notice.nonce)
        self._maybe_lose_the_answer()
        return self._in_channel[notice.nonce].message

    async def report(self, channel: int, report: BatchReport) -> Card:
        self._maybe_fail()
        if report.nonce not in self._in_channel:
            self.reports.append((channel, report))
            self._make(channel, report.nonce)
        self._maybe_lose_the_answer()
        return self._in_channel[report.nonce].message

    async def attachment(self, card: Card, attachment: int) -> bytes:
        self._maybe_fail()
        try:
            return self.files[card.message, attachment]
        except KeyError:
            raise TargetGone("The file is not in its post any more.", hint="Draw it again.") from None

    def _make(self, channel: int, nonce: str, *, files: int = 0) -> None:
        message = Card(channel=channel, message=self._next_id())
        attachments = tuple(self._next_id() for _ in range(files))
        self._in_channel[nonce] = Posted(message=message, attachments=attachments)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _maybe_fail(self) -> None:
        if self._failures:
            raise self._failures.popleft()

    def _maybe_lose_the_answer(self) -> None:
        if self._answers_to_lose:
            self._answers_to_lose -= 1
            raise DiscordAway("Discord's answer got lost.", hint="It is tried again.")
