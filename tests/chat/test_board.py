"""What the status board promises about cards, over simulated time."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

import discord
import pytest

from bot.chat.board import LET_BE, MOST_ENDED, TAKEN_UP, StatusBoard
from bot.chat.cards import job_card
from bot.chat.faces import JobFaces, Kind
from bot.chat.look import Look
from bot.core.errors import DiscordAway, MissingPermission, StudioError, TargetGone, ThreadAsleep
from bot.core.job import Card, JobState
from bot.core.library import Project
from bot.core.pacing import OLD_AFTER_S
from bot.core.progress import NodeStarted, Preview, Progress, Rendered, Sampled, Started
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.gate import Gate, Paused
from bot.studio.incidents import Incidents
from bot.studio.lane import Lane
from bot.studio.line import Line
from tests.builders import CHANNEL, NOW, a_graph, a_new_job, an_origin, png, some_timings
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
        self.edits.append(Edit(_now(), card, look))

    async def _answer(self) -> None:
        await asyncio.sleep(self.latency)
        if _now() < self.down_until:
            raise DiscordAway("Discord does not answer.")

    def _count(self, channel: int) -> None:
        began, count = self._windows.get(channel, (float("-inf"), 0))
        if _now() - began >= 5.0:
            began, count = _now(), 0
        self._windows[channel] = (began, count + 1)
        self.over_the_limit += count + 1 > 5

    def of(self, card: Card) -> list[Edit]:
        return [edit for edit in self.edits if edit.card == card]


def _now() -> float:
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


@told
async def test_a_card_shows_how_far_its_drawing_is(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        await asyncio.sleep(2)
        studio.tell(Sampled(node="3", step=14, of=25))
        await asyncio.sleep(1.5)
        assert "sampling 14/25" in (await studio.shown(job)).text


@told
async def test_the_end_is_shown_and_the_card_then_left_alone(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        await studio.ends(job)
        await asyncio.sleep(2)
        assert "is done" in (await studio.shown(job)).text
        edits = len(studio.wall.edits)
        studio.feed.publish(LineChanged())
        await asyncio.sleep(300)
        assert len(studio.wall.edits) == edits


@told
async def test_a_card_that_would_look_the_same_is_not_edited(studio):
    async with studio.open():
        await studio.asked()
        for _ in range(20):
            studio.feed.publish(LineChanged())
            await asyncio.sleep(1)
        assert studio.wall.edits == []


@told
async def test_of_many_changes_only_the_latest_is_shown(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        await asyncio.sleep(3)
        before = len(studio.wall.edits)
        await studio.samples(steps=1000, seconds=1.0)
        await asyncio.sleep(2)
        assert "sampling 1000/1000" in (await studio.shown(job)).text
        assert len(studio.wall.edits) - before <= 4


@told
async def test_a_job_that_ends_goes_before_all_that_wait(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(15)]
        await asyncio.sleep(30)
        studio.gate.close(Paused(since=NOW))
        await asyncio.sleep(2.2)
        await studio.becomes(jobs[-1], JobState.CANCELLED)
        await asyncio.sleep(1.3)
        assert "cancelled" in (await studio.shown(jobs[-1])).text


@told
async def test_many_ends_at_once_are_all_shown(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(20)]
        for job in jobs:
            await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(30)
        assert ["cancelled" in (await studio.shown(job)).text for job in jobs] == [True] * 20
        assert studio.wall.over_the_limit == 0


@told
async def test_an_end_outlasts_an_outage_of_discord(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        studio.wall.down_until = _now() + 600
        await studio.ends(job)
        await asyncio.sleep(700)
        assert "is done" in (await studio.shown(job)).text


@told
async def test_during_an_outage_it_is_tried_less_and_less_often(studio):
    async with studio.open():
        job = await studio.asked()
        asked = []
        real = studio.wall.edit

        async def edit(card, look, *, shown=None):
            asked.append(_now())
            await real(card, look, shown=shown)

        studio.wall.edit = edit
        studio.wall.down_until = _now() + 600
        await studio.begins(job)
        await asyncio.sleep(600)
        assert len(asked) < 18


@told
async def test_a_deleted_card_is_forgotten_and_the_others_go_on(studio):
    async with studio.open():
        gone, here = await studio.asked(), await studio.asked()
        studio.wall.troubles[await studio.card_of(gone)] = TargetGone("The message does not exist any more.")
        await studio.begins(gone)
        await asyncio.sleep(3)
        del studio.wall.troubles[await studio.card_of(gone)]
        await studio.ends(gone)
        await studio.begins(here)
        await asyncio.sleep(5)
        assert studio.wall.of(await studio.card_of(gone)) == []
        assert "ComfyUI begins" in (await studio.shown(here)).text


@told
async def test_a_card_that_may_not_be_edited_is_not_tried_again(studio):
    async with studio.open():
        job = await studio.asked()
        studio.wall.troubles[await studio.card_of(job)] = MissingPermission("View Channel", "#general")
        await studio.begins(job)
        await asyncio.sleep(60)
        assert studio.board._column_of == {}


@told
async def test_trouble_nobody_foresaw_is_an_incident_and_stops_no_other_card(studio):
    async with studio.open():
        odd, plain = await studio.asked(), await studio.asked()
        studio.wall.troubles[await studio.card_of(odd)] = KeyError("surprise")
        await studio.becomes(odd, JobState.CANCELLED)
        await studio.begins(plain)
        await asyncio.sleep(5)
        (incident,) = await studio.stores.journal.newest()
        assert (incident.incident, incident.job) == ("abc123", odd)
        assert "ComfyUI begins" in (await studio.shown(plain)).text


@told
async def test_a_slow_channel_does_not_hold_up_another(studio):
    async with studio.open():
        here, there = await studio.asked(), await studio.asked(channel=ELSEWHERE)
        real = studio.wall.edit

        async def edit(card, look, *, shown=None):
            if card.channel == CHANNEL:
                await asyncio.sleep(100)
            await real(card, look, shown=shown)

        studio.wall.edit = edit
        await studio.becomes(here, JobState.CANCELLED)
        await studio.becomes(there, JobState.CANCELLED)
        await asyncio.sleep(2)
        assert "cancelled" in (await studio.shown(there)).text
        await asyncio.sleep(100)


@told
async def test_after_a_restart_open_and_lately_ended_cards_are_made_true(studio):
    waits, draws, ended = [await studio.asked(adopted=False) for _ in range(3)]
    for job in (waits, draws, ended):
        card = next(card for card, look in studio.wall.looks.items() if look.title.startswith(f"#{job} "))
        await studio.jobs.set_card(job, card)
    await studio.becomes(ended, JobState.CANCELLED)
    await studio.begins(draws)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(10)
        assert "cancelled" in (await studio.shown(ended)).text
        assert "being drawn for" in (await studio.shown(draws)).text
        assert "next in line" in (await studio.shown(waits)).text


async def cancelled_unseen(studio, number, **asked):
    """Let so many jobs end while nobody keeps their cards."""
    jobs = []
    for _ in range(number):
        job = await studio.asked(**asked)
        await studio.becomes(job, JobState.CANCELLED)
        jobs.append(job)
    return jobs


async def stale(studio, jobs):
    return [job for job in jobs if "cancelled" not in (await studio.shown(job)).text]


async def unsettled(studio):
    return await studio.jobs.unsettled_cards(since=0, limit=1000)


@told
async def test_after_a_restart_every_card_that_missed_its_end_shows_it_in_the_end(studio):
    jobs = await cancelled_unseen(studio, TAKEN_UP + 10)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(300)
        assert await stale(studio, jobs) == []
        assert await unsettled(studio) == []
        assert studio.wall.over_the_limit == 0


@told
async def test_a_card_that_shows_its_end_is_not_touched_after_a_restart(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(5)
    edits = len(studio.wall.edits)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(60)
    assert len(studio.wall.edits) == edits


@told
async def test_a_job_that_ends_during_an_edit_of_its_card_is_not_settled_by_that_edit(studio):
    studio.wall.latency = 1.0
    async with studio.open():
        job = await studio.asked()
        studio.gate.close(Paused(since=NOW))
        await asyncio.sleep(0.5)
        assert studio.wall._in_flight == {await studio.card_of(job)}
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(10)
        assert await stale(studio, [job]) == []


@told
async def test_a_card_whose_message_is_gone_is_settled(studio):
    async with studio.open():
        job = await studio.asked()
        studio.wall.troubles[await studio.card_of(job)] = TargetGone("the message")
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(5)
        assert await unsettled(studio) == []


@told
async def test_what_ended_long_ago_is_let_be(studio):
    jobs = await cancelled_unseen(studio, 1)
    await asyncio.sleep(OLD_AFTER_S * LET_BE + 1)
    async with studio.open(studio.a_board()):
        await asyncio.sleep(60)
        assert await stale(studio, jobs) == jobs


@told
async def test_a_channel_in_which_jobs_end_faster_than_cards_may_be_edited_falls_behind_only_so_far(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(60)]
        for job in jobs:
            await asyncio.sleep(0.1)
            await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(0.1)
        (column,) = studio.board._columns.values()
        assert len(column.kept) == MOST_ENDED
        await asyncio.sleep(300)
        assert await stale(studio, jobs) == []
        assert await unsettled(studio) == []
        assert studio.wall.over_the_limit == 0
        assert studio.board._columns == {}


@told
async def test_a_card_that_trips_us_is_not_taken_up_over_and_over(studio):
    jobs = await cancelled_unseen(studio, TAKEN_UP + 1)
    studio.wall.troubles = {await studio.card_of(job): ValueError("boom") for job in jobs}
    async with studio.open(studio.a_board()):
        await asyncio.sleep(300)
        assert len(studio.stores.memory.entries) <= MOST_ENDED


@told
async def test_a_card_adopted_after_its_job_ended_shows_the_end(studio):
    async with studio.open():
        job = await studio.asked(adopted=False)
        card, look = next(iter(studio.wall.looks.items()))
        await studio.becomes(job, JobState.CANCELLED)
        await studio.board.adopt(job, card, look)
        await asyncio.sleep(2)
        assert "cancelled" in studio.wall.looks[card].text


@told
async def test_a_waiting_card_says_that_the_queue_was_paused(studio):
    async with studio.open():
        job = await studio.asked()
        studio.gate.close(Paused(since=NOW))
        await asyncio.sleep(2)
        look = await studio.shown(job)
        assert "The queue is paused" in look.text
        studio.gate.open(Paused)
        await asyncio.sleep(2)
        assert "The queue is paused" not in (await studio.shown(job)).text


@told
async def test_when_discord_would_throttle_an_old_card_a_new_one_goes_on(studio):
    async with studio.open():
        job = await studio.asked()
        old = await studio.card_of(job)
        await asyncio.sleep(OLD_AFTER_S + 1)
        await studio.begins(job)
        await asyncio.sleep(3)
        new = await studio.card_of(job)
        assert new != old
        assert "ComfyUI begins" in studio.wall.looks[new].text
        assert f"goes on here: https://discord.com/channels/700/{new.channel}/{new.message}" in (
            studio.wall.looks[old].text
        )
        await studio.ends(job)
        await asyncio.sleep(3)
        assert "is done" in studio.wall.looks[new].text


@pytest.mark.parametrize("minutes", [8, 20, 70])
def test_the_card_of_a_long_drawing_changes_throughout_and_no_message_is_edited_when_it_is_old(minutes):
    async def story():
        studio = Studio(Wall())
        async with studio.open():
            job = await studio.asked()
            await studio.begins(job)
            studio.tell(NodeStarted(node="3"))
            await studio.samples(steps=25, seconds=minutes * 60)
            await studio.ends(job)
            await asyncio.sleep(3)
            assert "is done" in (await studio.shown(job)).text
        cards = [edit.card for edit in studio.wall.edits]
        assert len(set(cards)) == 1 + minutes * 60 // OLD_AFTER_S
        moments = [edit.at for edit in studio.wall.edits]
        assert max(after - before for before, after in pairwise(moments)) <= 10
        for edit in studio.wall.edits:
            made = discord.utils.snowflake_time(edit.card.message).timestamp() - NOW / 1000
            assert edit.at - made < OLD_AFTER_S + 10

    simulate(story())


@told
async def test_the_card_in_a_thread_that_was_archived_goes_on_in_a_new_message(studio):
    async with studio.open():
        job = await studio.asked()
        old = await studio.card_of(job)
        studio.wall.troubles[old] = ThreadAsleep("The thread is archived.")
        await studio.begins(job)
        await studio.samples(steps=10, seconds=10)
        assert await studio.card_of(job) != old
        await studio.ends(job)
        await asyncio.sleep(3)
        assert "is done" in (await studio.shown(job)).text
        assert len(studio.wall.looks) == 2


@told
async def test_leaving_the_cards_of_what_is_drawn_say_so_and_no_others(studio):
    async with studio.open():
        drawn, waiting = await studio.asked(), await studio.asked()
        await studio.begins(drawn)
        await asyncio.sleep(3)
    before = await studio.shown(waiting)
    await studio.board.leave()
    assert "Genga is restarting; this goes on by itself" in (await studio.shown(drawn)).text
    assert await studio.shown(waiting) == before


@told
async def test_a_card_that_cannot_say_that_we_leave_keeps_nobody(studio):
    async with studio.open():
        drawn = await studio.asked()
        await studio.begins(drawn)
        await asyncio.sleep(3)
    studio.wall.down_until = float("inf")
    await studio.board.leave()
    assert "restarting" not in (await studio.shown(drawn)).text


@told
async def test_the_end_of_an_old_card_is_shown_where_it_is(studio):
    async with studio.open():
        job = await studio.asked()
        await asyncio.sleep(OLD_AFTER_S + 1)
        await studio.becomes(job, JobState.CANCELLED)
        await asyncio.sleep(2)
        assert "cancelled" in (await studio.shown(job)).text
        assert len(studio.wall.looks) == 1


@told
async def test_a_preview_is_replaced_only_every_few_seconds(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        for number in range(200):
            await asyncio.sleep(0.1)
            studio.tell(Preview(image=png(grey=number), media_type="image/png"))
            studio.tell(Sampled(node="3", step=number + 1, of=200))
        edits = studio.wall.of(await studio.card_of(job))
        images = list(dict.fromkeys(edit.look.image.content for edit in edits if edit.look.image))
        assert 5 <= len(images) <= 7
        assert len(edits) > 10


@told
async def test_where_its_pictures_may_not_be_seen_a_card_has_no_preview(studio):
    async with studio.open():
        studio.hidden.add(CHANNEL)
        job = await studio.asked()
        await studio.begins(job)
        studio.tell(Preview(image=png(), media_type="image/png"))
        studio.tell(Sampled(node="3", step=10, of=20))
        await asyncio.sleep(10)
        edits = studio.wall.of(await studio.card_of(job))
        assert "sampling 10/20" in edits[-1].look.text
        assert [edit.look.image for edit in edits if edit.look.image] == []


@told
async def test_while_a_model_loads_the_card_tells_for_how_long_at_least_every_ten_seconds(studio):
    async with studio.open():
        job = await studio.asked()
        await studio.begins(job)
        studio.tell(NodeStarted(node="4"))
        await asyncio.sleep(60)
        edits = studio.wall.of(await studio.card_of(job))
        gaps = [after.at - before.at for before, after in pairwise(edits)]
        assert max(gaps) <= 10
        assert "loading illustrious\\_xl for 5" in edits[-1].look.text
        assert edits[-1].look.text.startswith("▱▱▱▱▱▱▱▱▱▱ 0 %")


@told
async def test_with_twenty_jobs_in_one_channel_progress_is_fresh_and_no_limit_is_met(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(20)]
        await asyncio.sleep(30)
        happened: dict[str, float] = {}
        for job in jobs[:12]:
            await studio.begins(job)
            for step in range(1, 101):
                await asyncio.sleep(0.1)
                studio.tell(Sampled(node="3", step=step, of=100))
                happened[f"{job} {step}/100"] = _now()
            await studio.ends(job)
        await asyncio.sleep(3)
        ages = await staleness(studio, jobs[:12], happened)
        assert percentile(ages, 99) < 1.5
        assert studio.wall.over_the_limit == 0


@told
async def test_cards_that_wait_are_kept_true_beside_a_busy_drawing(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(20)]
        for job in jobs[:4]:
            await studio.begins(job)
            await studio.samples(steps=400, seconds=40)
            await studio.ends(job)
        await asyncio.sleep(30)
        texts = [(await studio.shown(job)).text for job in jobs[4:]]
        assert texts[0].startswith("next in line")
        assert texts[9].startswith("10th in line")


@told
async def test_cards_that_wait_are_kept_true_while_a_model_loads(studio):
    async with studio.open():
        jobs = [await studio.asked() for _ in range(8)]
        await studio.begins(jobs[0])
        studio.tell(NodeStarted(node="4"))
        await asyncio.sleep(30)
        places = [(await studio.shown(job)).text.split(" in line")[0] for job in jobs[1:]]
        assert places == ["next", "2nd", "3rd", "4th", "5th", "6th", "7th"]


async def staleness(studio, jobs, happened):
    """Return, for each thing that happened, the seconds until the card showed it or something newer."""
    ages = []
    for job in jobs:
        shown = [(edit.at, step_in(edit.look)) for edit in studio.wall.of(await studio.card_of(job))]
        for step in range(1, 101):
            at = happened[f"{job} {step}/100"]
            seen = next((when for when, known in shown if known >= step and when >= at), None)
            assert seen is not None
            ages.append(seen - at)
    return ages


def step_in(look: Look) -> int:
    if "is done" in look.text or "posting" in look.text or "fetching" in look.text:
        return 100
    _, found, rest = look.text.partition("sampling ")
    return int(rest.split("/")[0]) if found else 0


def percentile(values, percent):
    return sorted(values)[int(len(values) * percent / 100)]
