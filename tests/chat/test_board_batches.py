"""What the status board promises about the cards of batches, over simulated time."""

import asyncio

from bot.chat.board import StatusBoard
from bot.chat.cards import batch_card
from bot.chat.faces import BatchFaces, JobFaces, Kind
from bot.core.batching import BatchState
from bot.core.errors import TargetGone
from bot.core.job import JobState
from bot.core.pacing import OLD_AFTER_S
from bot.studio.feed import BatchChanged
from bot.studio.foreman import BatchView
from tests.builders import a_batch, a_new_job
from tests.chat.boards import Studio, told
from tests.fakes import FakePictures

S, B = JobState, BatchState


class Batches:
    """A batch of three with its card on the board, over the studio of the job cards' tests."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.stores = studio.stores.batches
        self.ends: int | None = None
        self.being_told = False
        self.views = 0

    def a_board(self) -> StatusBoard:
        studio = self.studio
        return StatusBoard(
            feed=studio.feed,
            faces={
                Kind.JOB: JobFaces(
                    view=studio.line.view,
                    may_be_shown=studio.may_be_shown,
                    jobs=studio.jobs,
                    clock=studio.clock,
                ),
                Kind.BATCH: BatchFaces(view=self.view, batches=self.stores, clock=studio.clock),
            },
            poster=studio.wall,
            pictures=FakePictures(),
            incidents=studio.incidents,
            clock=studio.clock,
        )

    async def view(self, batch_id: int) -> BatchView:
        self.views += 1
        return BatchView(
            batch=await self.stores.get(batch_id),
            counts=await self.stores.counts(batch_id),
            ends=self.ends,
            being_told=self.being_told,
        )

    async def begun(self, board: StatusBoard, *, jobs: int = 3) -> int:
        now = self.studio.clock.now()
        new = [a_new_job(created=now) for _ in range(jobs)]
        batch, _ = await self.stores.add(a_batch(created=now), new)
        look = batch_card(await self.view(batch.id))
        card = await self.studio.wall.send(batch.channel, look)
        await board.adopt_batch(batch.id, card, look)
        return batch.id

    async def to(self, batch_id: int, state: BatchState) -> None:
        changed = await self.stores.to(batch_id, state, at=self.studio.clock.now())
        self.studio.feed.publish(BatchChanged(batch=changed))

    async def drawn(self, batch_id: int) -> None:
        """Draw the next of its jobs."""
        job = next(job for job in await self.stores.jobs(batch_id) if job.state is S.QUEUED)
        for state in (S.SUBMITTED, S.RENDERED, S.DELIVERED):
            await self.studio.becomes(job.id, state)

    async def shown(self, batch_id: int):
        return self.studio.wall.looks[(await self.stores.get(batch_id)).card]


@told
async def test_a_batchs_card_follows_its_jobs_and_is_left_alone_at_its_end(studio):
    batches = Batches(studio)
    board = batches.a_board()
    async with studio.open(board):
        batch = await batches.begun(board)
        await batches.drawn(batch)
        await asyncio.sleep(70)
        assert "1 of 3" in (await batches.shown(batch)).text
        await batches.drawn(batch)
        await batches.drawn(batch)
        batches.being_told = True
        await batches.to(batch, B.DONE)
        await asyncio.sleep(10)
        assert "3 of 3 drawn" in (await batches.shown(batch)).text
        assert len(board._column_of) == 1
        batches.being_told = False
        await studio.stores.batches.set_report(batch, (await batches.stores.get(batch)).card)
        studio.feed.publish(BatchChanged(batch=await batches.stores.get(batch)))
        await asyncio.sleep(10)
        assert "end here" in (await batches.shown(batch)).text
        assert board._column_of == {}
        assert await batches.stores.unsettled_cards(since=0, limit=9) == []
    assert studio.wall.over_the_limit == 0


@told
async def test_many_jobs_that_end_fast_cost_a_batch_few_edits_and_no_rate_limit(studio):
    batches = Batches(studio)
    board = batches.a_board()
    async with studio.open(board):
        batch = await batches.begun(board, jobs=100)
        for _ in range(100):
            await batches.drawn(batch)
            await asyncio.sleep(0.2)
        await asyncio.sleep(60)
        assert "100 of 100" in (await batches.shown(batch)).text
    assert studio.wall.over_the_limit == 0
    assert 10 <= len(studio.wall.edits) <= 24


@told
async def test_a_cancelled_batch_shows_its_end_when_nothing_of_it_is_drawn_any_more(studio):
    batches = Batches(studio)
    board = batches.a_board()
    async with studio.open(board):
        batch = await batches.begun(board)
        job = (await batches.stores.jobs(batch))[0]
        await studio.becomes(job.id, S.SUBMITTED)
        await batches.to(batch, B.CANCELLED)
        await asyncio.sleep(5)
        assert "ComfyUI stops" in (await batches.shown(batch)).text
        await studio.becomes(job.id, S.CANCELLED)
        await asyncio.sleep(5)
        assert "3 cancelled" in (await batches.shown(batch)).text
        assert board._column_of == {}


@told
async def test_after_a_restart_open_batches_and_those_whose_end_was_not_shown_are_made_true(studio):
    batches = Batches(studio)
    first = batches.a_board()
    async with studio.open(first):
        ended, running = await batches.begun(first), await batches.begun(first)
    await batches.to(ended, B.CANCELLED)
    await batches.drawn(running)
    async with studio.open(batches.a_board()):
        await asyncio.sleep(120)
        assert "cancelled" in (await batches.shown(ended)).text
        assert "1 of 3" in (await batches.shown(running)).text
    assert await batches.stores.unsettled_cards(since=0, limit=9) == []


@told
async def test_a_card_too_old_to_be_edited_goes_on_in_a_new_message(studio):
    batches = Batches(studio)
    board = batches.a_board()
    async with studio.open(board):
        batch = await batches.begun(board)
        old = (await batches.stores.get(batch)).card
        await asyncio.sleep(OLD_AFTER_S + 60)
        await batches.drawn(batch)
        await asyncio.sleep(70)
        new = (await batches.stores.get(batch)).card
        assert new != old
        assert "goes on here" in studio.wall.looks[old].text
        assert "1 of 3" in studio.wall.looks[new].text


@told
async def test_leaving_says_so_on_a_batch_that_is_drawn_and_on_no_other(studio):
    batches = Batches(studio)
    board = batches.a_board()
    async with studio.open(board):
        drawn, waiting = await batches.begun(board), await batches.begun(board)
        job = (await batches.stores.jobs(drawn))[0]
        await studio.becomes(job.id, S.SUBMITTED)
        batches.ends = studio.clock.now() + 60_000
        await asyncio.sleep(5)
    await board.leave()
    assert "restarting" in (await batches.shown(drawn)).text
    assert "restarting" not in (await batches.shown(waiting)).text
    await batches.to(drawn, B.CANCELLED)
    studio.wall.looks.clear()
    await board.leave()
    assert studio.wall.looks == {}


@told
async def test_a_deleted_card_of_a_batch_is_forgotten_and_trouble_with_one_is_no_jobs(studio):
    batches = Batches(studio)
    board = batches.a_board()
    async with studio.open(board):
        gone, odd = await batches.begun(board), await batches.begun(board)
        studio.wall.troubles[(await batches.stores.get(gone)).card] = TargetGone("It was deleted.")
        studio.wall.troubles[(await batches.stores.get(odd)).card] = KeyError("surprise")
        await batches.drawn(gone)
        await batches.drawn(odd)
        await asyncio.sleep(130)
        assert board._column_of == {}
    (incident,) = studio.stores.memory.entries
    assert incident.job is None
