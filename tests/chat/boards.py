"""A board over simulated time: Discord as a wall of messages, and the hand that moves the jobs."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import discord
import pytest

from bot.chat.board import StatusBoard
from bot.chat.cards import job_card
from bot.chat.faces import JobFaces, Kind
from bot.chat.look import Look
from bot.core.errors import DiscordAway, StudioError
from bot.core.job import Card, JobState
from bot.core.library import Project
from bot.core.progress import Progress, Rendered, Sampled, Started
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Gate
from bot.studio.incidents import Incidents
from bot.studio.lane import Lane
from bot.studio.line import Line
from tests.builders import CHANNEL, NOW, a_graph, a_new_job, an_origin, some_timings
from tests.chat.simulated import LoopClock, simulate
from tests.fakes import FakePictures, FakeStores

FIRST_MESSAGE = discord.utils.time_snowflake(datetime.fromtimestamp(NOW / 1000, UTC))


ELSEWHERE = CHANNEL + 1


@dataclass(frozen=True)
class Edit:
    at: float
    card: Card
    look: Look


@dataclass
class Wall:
    """Discord's messages as they look; answers after `latency` and counts edits as Discord's buckets do."""

    latency: float = 0.05
    looks: dict[Card, Look] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    troubles: dict[Card, StudioError] = field(default_factory=dict)
    down_until: float = 0.0
    over_the_limit: int = 0
    _in_flight: set[Card] = field(default_factory=set)
    _windows: dict[int, tuple[float, int]] = field(default_factory=dict)
    _last: int = FIRST_MESSAGE

    async def send(self, channel: int, look: Look) -> Card:
        await self._answer()
        self._last = max(self._last + 1, discord.utils.time_snowflake(_moment()))
        card = Card(channel=channel, message=self._last)
        self.looks[card] = look
        return card

    async def edit(self, card: Card, look: Look, *, shown: Look | None = None) -> None:
        assert card not in self._in_flight, "two edits of one message at once"
        assert shown is None or shown == self.looks[card], "the board does not know how its card looks"
        assert look != shown, "an edit that changes nothing"
        self._in_flight.add(card)
        try:
            await self._answer()
        finally:
            self._in_flight.remove(card)
        if card in self.troubles:
            raise self.troubles[card]
        self._count(card.channel)
        self.looks[card] = look
        self.edits.append(Edit(now(), card, look))

    async def _answer(self) -> None:
        await asyncio.sleep(self.latency)
        if now() < self.down_until:
            raise DiscordAway("Discord does not answer.")

    def _count(self, channel: int) -> None:
        began, count = self._windows.get(channel, (float("-inf"), 0))
        if now() - began >= 5.0:
            began, count = now(), 0
        self._windows[channel] = (began, count + 1)
        self.over_the_limit += count + 1 > 5

    def of(self, card: Card) -> list[Edit]:
        return [edit for edit in self.edits if edit.card == card]


def now() -> float:
    return asyncio.get_running_loop().time()


def _moment() -> datetime:
    return datetime.fromtimestamp(LoopClock().now() / 1000, UTC)


class Studio:
    """A board over a line of real jobs, and the hand that moves them."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.clock = LoopClock()
        self.stores = FakeStores()
        self.jobs = self.stores.jobs
        self.feed = Feed()
        self.gate = Gate(self.feed)
        self.lane = Lane(self.feed)
        self.line = Line(
            jobs=self.jobs, projects=self.stores.projects, lane=self.lane, gate=self.gate, clock=self.clock
        )
        self.incidents = Incidents(journal=self.stores.journal, clock=self.clock, new_code=lambda: "abc123")
        self.hidden: set[int] = set()
        self.board = self.a_board()

    async def may_be_shown(self, project: Project | None, channel: int | None) -> bool:
        del project
        return channel not in self.hidden

    def a_board(self) -> StatusBoard:
        return StatusBoard(
            feed=self.feed,
            faces={
                Kind.JOB: JobFaces(
                    view=self.line.view, may_be_shown=self.may_be_shown, jobs=self.jobs, clock=self.clock
                )
            },
            poster=self.wall,
            pictures=FakePictures(),
            incidents=self.incidents,
            clock=self.clock,
        )

    @asynccontextmanager
    async def open(self, board: StatusBoard | None = None):
        running = asyncio.create_task((board or self.board).run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    async def asked(self, *, channel: int = CHANNEL, adopted: bool = True) -> int:
        """Store a job and show its card; the board adopts it."""
        job, _ = await self.jobs.add(a_new_job(origin=an_origin(channel=channel), created=self.clock.now()))
        look = job_card(await self.line.view(job.id), now=self.clock.now())
        card = await self.wall.send(channel, look)
        if adopted:
            await self.board.adopt(job.id, card, look)
        self.feed.publish(LineChanged())
        return job.id

    async def becomes(self, job_id: int, state: JobState) -> None:
        job = await self.jobs.get(job_id)
        changed = replace(
            job.to(state, at=self.clock.now()), timings=some_timings(total=self.clock.now() - job.created)
        )
        await self.jobs.store(changed, was=job.state)
        self.feed.publish(JobChanged(job=await self.jobs.get(job_id)))
        self.feed.publish(LineChanged())

    async def begins(self, job_id: int) -> None:
        await self.becomes(job_id, JobState.SUBMITTED)
        self.lane.enter(await self.jobs.get(job_id), Progress.of_graph(a_graph()))
        self.tell(Started())
        await self.becomes(job_id, JobState.RUNNING)

    def tell(self, event) -> None:
        self.lane.advance(event, at=self.clock.now())

    async def samples(self, *, steps: int, seconds: float) -> None:
        for step in range(1, steps + 1):
            await asyncio.sleep(seconds / steps)
            self.tell(Sampled(node="3", step=step, of=steps))

    async def ends(self, job_id: int) -> None:
        self.tell(Rendered())
        self.lane.release()
        await self.becomes(job_id, JobState.RENDERED)
        self.lane.fetched(job_id)
        await self.becomes(job_id, JobState.DELIVERED)

    async def card_of(self, job_id: int) -> Card:
        card = (await self.jobs.get(job_id)).card
        assert card is not None
        return card

    async def shown(self, job_id: int) -> Look:
        return self.wall.looks[await self.card_of(job_id)]


def told(story):
    """Run an asynchronous story of a studio over simulated time."""

    def test():
        async def tell():
            await story(Studio(Wall()))

        simulate(tell())

    test.__name__ = story.__name__
    return test
