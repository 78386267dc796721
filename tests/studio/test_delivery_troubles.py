"""What becomes of a post that cannot be sent, whose answer got lost, or that trips us."""

import pytest

from bot.core.errors import (
    DeliveryError,
    DiscordAway,
    MissingPermission,
    NoMoreThreads,
    NotFound,
    ThreadLocked,
    TooLarge,
    Withdrawn,
)
from bot.core.job import Job
from bot.core.library import GalleryKind
from bot.core.posting import PostingState
from bot.studio import delivery
from bot.studio.delivery import NONCE_LASTS_MS
from tests.builders import CHANNEL, NOW, png
from tests.studio.deliveries import AWAY, GONE, S, a_project_with_gallery, drawn
from tests.studio.house import Studio, a_studio, running, settled

LOCKED = ThreadLocked("#Harbour")
FULL = NoMoreThreads("There are too many threads.")
NO_TAG = DeliveryError("The forum wants a tag.")
GALLERY = 800
NEW = "a new thread"


async def posted_at_the_second_try(studio: Studio, job: Job) -> None:
    assert not await studio.courier.run_once()
    assert await studio.state(job) is S.RENDERED
    assert await studio.courier.run_once()
    assert await studio.state(job) is S.DELIVERED
    assert len(studio.poster.posts) == 1


async def test_order_is_kept_while_discord_comes_and_goes():
    async with a_studio() as studio:
        jobs = [await drawn(studio) for _ in range(3)]
        studio.poster.fail(AWAY)
        assert not await studio.courier.run_once()
        assert studio.poster.posts == []
        assert await studio.courier.run_once()
    assert [post.job.id for _, post in studio.poster.posts] == [job.id for job in jobs]


async def test_a_post_whose_answer_got_lost_is_repeated_with_its_nonce_and_posted_once():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.lose_answers()
        await posted_at_the_second_try(studio, job)


async def test_what_is_posted_and_could_not_be_taken_down_is_found_by_its_nonce_and_never_called_unposted():
    async with a_studio() as studio:
        job = await drawn(studio)
        taken_down = studio.jobs.delivered

        async def full(*_, **__):
            studio.jobs.delivered = taken_down
            raise OSError("database or disk is full")

        studio.jobs.delivered = full
        await posted_at_the_second_try(studio, job)


async def test_a_notice_whose_answer_got_lost_is_told_once():
    async with a_studio() as studio:
        await a_project_with_gallery(studio, thread=801)
        await drawn(studio)
        notify, lost = studio.poster.notify, [AWAY]

        async def lose_one(channel, notice):
            told = await notify(channel, notice)
            if lost:
                raise lost.pop()
            return told

        studio.poster.notify = lose_one
        assert not await studio.courier.run_once()
        assert await studio.courier.run_once()
    assert len(studio.poster.notices) == 1


@pytest.mark.parametrize(("later", "doubtful"), [(NONCE_LASTS_MS, False), (NONCE_LASTS_MS + 1, True)])
async def test_a_try_older_than_a_nonce_lasts_is_doubtful(later, doubtful):
    async with a_studio() as studio:
        await drawn(studio)
        studio.poster.fail(AWAY)
        await studio.courier.run_once()
        studio.clock.advance(later)
        await studio.courier.run_once()
    assert [post.doubtful for _, post in studio.poster.posts] == [doubtful]


async def test_what_was_never_tried_is_not_doubtful_however_old():
    async with a_studio() as studio:
        await drawn(studio)
        studio.clock.advance(10 * NONCE_LASTS_MS)
        await studio.courier.run_once()
    assert [post.doubtful for _, post in studio.poster.posts] == [False]


async def test_after_an_outage_or_a_restart_the_pictures_are_read_from_the_shelf():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.courier.take(job, [])
        studio.poster.fail(AWAY)
        await studio.courier.run_once()
        assert studio.courier._at_hand == {}
        await studio.courier.run_once()
        ((_, post),) = studio.poster.posts
    assert png() in post.pictures[0].content


async def test_a_thread_that_is_gone_is_opened_anew():
    async with a_studio() as studio:
        project = await a_project_with_gallery(studio, thread=801)
        job = await drawn(studio)
        studio.poster.fail(GONE)
        await studio.courier.run_once()
        delivered = await studio.jobs.get(job.id)
        thread = (await studio.stores.projects.get(project.id)).gallery.thread
    assert delivered.state is S.DELIVERED
    assert delivered.post.channel == thread != 801


@pytest.mark.parametrize(
    ("gallery", "troubles"),
    [
        ({"thread": 801}, [GONE, GONE, GONE]),
        ({}, [GONE, GONE]),
        ({}, [MissingPermission("Create Public Threads", "<#5>")]),
        ({"thread": 801}, [TooLarge("The pictures are too large."), TooLarge("They still are.")]),
        ({"thread": 801}, [MissingPermission("Attach Files", "<#5>")]),
        ({"thread": 801}, [NotFound("The file is gone.", hint="Draw it again.")]),
    ],
)
async def test_what_cannot_be_posted_is_shelved_with_its_reason_and_told(gallery, troubles):
    async with a_studio() as studio:
        await a_project_with_gallery(studio, **gallery)
        job = await drawn(studio)
        studio.poster.fail(*troubles)
        assert await studio.courier.run_once()
        shelved = await studio.jobs.get(job.id)
        assert (shelved.state, shelved.failure.message) == (S.SHELVED, troubles[-1].message)
        assert shelved.timings.total is not None
        assert [notice.job.state for _, notice in studio.poster.notices] == [S.SHELVED]
        assert await studio.jobs.artifacts(job.id) != []


@pytest.mark.parametrize(
    ("gallery", "troubles", "channel"),
    [
        ({"thread": 801}, [GONE], NEW),
        ({"thread": 801}, [LOCKED], NEW),
        ({"thread": 801}, [LOCKED, FULL], GALLERY),
        ({"thread": 801}, [FULL], GALLERY),
        ({}, [FULL], GALLERY),
        ({"kind": GalleryKind.FORUM}, [FULL], CHANNEL),
        ({"kind": GalleryKind.FORUM}, [NO_TAG], CHANNEL),
        ({}, [GONE], CHANNEL),
        ({"thread": 801}, [GONE, GONE], CHANNEL),
    ],
)
async def test_where_the_gallery_takes_nothing_pictures_go_to_the_next_place_and_say_why(
    gallery, troubles, channel
):
    async with a_studio() as studio:
        await a_project_with_gallery(studio, channel=GALLERY, **gallery)
        job = await drawn(studio)
        studio.poster.fail(*troubles)
        assert await studio.courier.run_once()
        ((posted, post),) = studio.poster.posts
        assert await studio.state(job) is S.DELIVERED
    assert posted == channel or (channel is NEW and posted in studio.poster.threads)
    assert post.detour == " ".join(dict.fromkeys(trouble.message for trouble in troubles))


async def test_a_post_that_somebody_deleted_before_we_heard_of_it_is_delivered_and_not_repeated():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(Withdrawn("Somebody deleted it."))
        await studio.courier.run_once()
        delivered = await studio.jobs.get(job.id)
        assert (delivered.state, delivered.post, delivered.failure) == (S.DELIVERED, None, None)
        assert await studio.stores.outbox.due() == []
    assert studio.poster.posts == []


async def test_when_discord_asks_for_patience_the_courier_has_it(monkeypatch):
    pauses = []

    async def no_pause(_, seconds):
        pauses.append(seconds)

    monkeypatch.setattr(delivery.Courier, "_woken_within", no_pause)
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(AWAY, DiscordAway("You are limited.", patience_s=300), AWAY)
        async with running(studio.courier.run()):
            await studio.until(job, S.DELIVERED)
    assert pauses == [1, 300, 4]


async def test_a_channel_that_is_gone_shelves_what_was_asked_for_there():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(GONE)
        await studio.courier.run_once()
        assert await studio.state(job) is S.SHELVED


async def test_a_surprise_with_one_post_does_not_stop_the_others():
    async with a_studio() as studio:
        first, second = await drawn(studio), await drawn(studio)
        post = studio.poster.post

        async def trip_once(channel, pictures):
            if pictures.job.id == first.id:
                raise ZeroDivisionError
            return await post(channel, pictures)

        studio.poster.post = trip_once
        assert await studio.courier.run_once()
        assert await studio.state(second) is S.DELIVERED
        shelved = await studio.jobs.get(first.id)
        assert (shelved.state, "code-1" in shelved.failure.hint) == (S.SHELVED, True)


async def test_a_surprise_with_a_notice_drops_only_the_notice():
    async with a_studio() as studio:
        await a_project_with_gallery(studio, thread=801)
        job = await drawn(studio)

        async def trip(channel, notice):
            raise ZeroDivisionError

        studio.poster.notify = trip
        assert await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED
        assert await studio.stores.outbox.due() == []


async def test_a_job_is_shelved_before_its_posting_is_dropped_so_that_a_crash_loses_neither():
    async with a_studio() as studio:
        job = await drawn(studio)
        dropped, states = studio.stores.outbox.dropped, []

        async def watched(posting, *, at, reason):
            states.append(await studio.state(job))
            await dropped(posting, at=at, reason=reason)

        studio.stores.outbox.dropped = watched
        studio.poster.fail(GONE)
        await studio.courier.run_once()
    assert states == [S.SHELVED]


async def test_a_shelving_that_broke_off_half_way_is_finished_without_posting():
    async with a_studio() as studio:
        job = await drawn(studio)
        await studio.jobs.store(job.to(S.SHELVED, at=NOW), was=S.RENDERED)
        await studio.courier.run_once()
        assert studio.poster.posts == []
        assert [posting.state for posting in studio.stores.memory.postings.values()] == [PostingState.DROPPED]


async def test_while_discord_is_away_the_courier_tries_again_and_slower_each_time(monkeypatch):
    pauses = []

    async def no_pause(_, seconds):
        pauses.append(seconds)

    monkeypatch.setattr(delivery.Courier, "_woken_within", no_pause)
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(*[AWAY] * 8)
        async with running(studio.courier.run()):
            await studio.until(job, S.DELIVERED)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_discords_return_ends_the_pause():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(AWAY)
        async with running(studio.courier.run()):
            await settled()
            assert await studio.state(job) is S.RENDERED
            studio.courier.wake()
            await studio.until(job, S.DELIVERED)


async def test_a_pause_ends_by_itself(monkeypatch):
    monkeypatch.setattr(delivery, "FIRST_RETRY_S", 0)
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(AWAY)
        async with running(studio.courier.run()):
            await studio.until(job, S.DELIVERED)
