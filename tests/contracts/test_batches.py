from dataclasses import replace

import pytest

from bot.core.batching import BatchKind, BatchState
from bot.core.errors import NotFound, WrongState
from bot.core.job import JobState, Priority
from tests.builders import GUILD, NOW, a_batch, a_card, a_new_job, a_request, an_artifact

QUEUED, SUBMITTED, RENDERED = JobState.QUEUED, JobState.SUBMITTED, JobState.RENDERED
CANCELLED, PAUSED, RUNNING, DONE = (
    BatchState.CANCELLED,
    BatchState.PAUSED,
    BatchState.RUNNING,
    BatchState.DONE,
)


async def added(stores, jobs=1, **changes):
    new = [a_new_job(request=a_request(prompt=f"scene {number}")) for number in range(jobs)]
    batch, _ = await stores.batches.add(a_batch(**changes), new)
    return batch


async def draw(stores, job, *artifacts):
    submitted = job.to(SUBMITTED, at=NOW)
    await stores.jobs.store(submitted, was=QUEUED)
    made = [replace(artifact, job=job.id, index=index) for index, artifact in enumerate(artifacts)]
    await stores.jobs.rendered(submitted.to(RENDERED, at=NOW), was=SUBMITTED, artifacts=made)


async def test_a_batch_comes_back_as_it_was_given_with_its_number(stores):
    given = a_batch(
        kind=BatchKind.OVERNIGHT,
        priority=Priority.OVERNIGHT,
        ends_with_sheet=True,
        card=a_card(),
        report=a_card(message=9),
    )
    batch, is_new = await stores.batches.add(given, [])
    assert is_new
    assert batch == replace(given, id=batch.id)
    assert await stores.batches.get(batch.id) == batch


async def test_a_batch_is_stored_with_its_jobs_in_their_order(stores):
    batch = await added(stores, 3)
    jobs = await stores.batches.jobs(batch.id)
    assert [job.request.prompt for job in jobs] == ["scene 0", "scene 1", "scene 2"]
    assert {(job.batch, job.state) for job in jobs} == {(batch.id, QUEUED)}
    assert [event.state for event in await stores.jobs.events(jobs[0].id)] == [QUEUED]
    assert await stores.jobs.get(jobs[1].id) == jobs[1]


async def test_the_same_key_twice_is_one_batch(stores):
    first = await added(stores, 2, key="press")
    again, is_new = await stores.batches.add(a_batch(key="press"), [a_new_job()])
    assert (again, is_new) == (first, False)
    assert await stores.batches.with_key("press") == first
    assert await stores.batches.with_key("another") is None
    assert (await stores.jobs.counts())[QUEUED] == 2


@pytest.mark.parametrize("batch_id", [0, -1, 99, 2**63])
async def test_a_batch_that_never_was_is_not_found(stores, batch_id):
    with pytest.raises(NotFound):
        await stores.batches.get(batch_id)
    with pytest.raises(NotFound):
        await stores.batches.to(min(batch_id, 99), PAUSED, at=NOW)
    for write in (stores.batches.set_card, stores.batches.set_report):
        with pytest.raises(NotFound):
            await write(min(batch_id, 99), a_card())


# ── what became of it


async def test_counts_tell_the_jobs_by_state_and_the_pictures(stores):
    batch = await added(stores, 3)
    await added(stores, 4)
    first, *_ = await stores.batches.jobs(batch.id)
    await draw(stores, first, an_artifact(), an_artifact())
    counts = await stores.batches.counts(batch.id)
    assert dict(counts.jobs) == {QUEUED: 2, RENDERED: 1}
    assert (counts.total, counts.pictures) == (3, 2)


async def test_its_pictures_are_in_the_order_of_its_jobs(stores):
    batch = await added(stores, 2)
    first, second = await stores.batches.jobs(batch.id)
    for job in (second, first):
        await draw(stores, job, an_artifact(), an_artifact())
    pictures = await stores.batches.pictures(batch.id)
    assert [(one.job, one.index) for one in pictures] == [
        (first.id, 0),
        (first.id, 1),
        (second.id, 0),
        (second.id, 1),
    ]
    await stores.artifacts.delete([pictures[0].id], at=NOW)
    assert await stores.batches.pictures(batch.id) == pictures[1:]


async def test_a_batch_pauses_goes_on_and_ends(stores):
    batch = await added(stores)
    for after, state in enumerate((PAUSED, RUNNING, DONE)):
        changed = await stores.batches.to(batch.id, state, at=NOW + after)
        assert (changed.state, changed.since) == (state, NOW + after)
        assert await stores.batches.get(batch.id) == changed


@pytest.mark.parametrize("end", [CANCELLED, DONE])
async def test_an_ended_batch_stays_ended(stores, end):
    batch = await added(stores)
    await stores.batches.to(batch.id, end, at=NOW)
    for state in BatchState:
        with pytest.raises(WrongState):
            await stores.batches.to(batch.id, state, at=NOW)


async def test_cancelling_takes_back_what_waits_with_its_events_and_nothing_else(stores):
    batch, other = await added(stores, 3), await added(stores)
    begun, *waiting = await stores.batches.jobs(batch.id)
    await stores.jobs.store(begun.to(SUBMITTED, at=NOW), was=QUEUED)
    await stores.batches.to(batch.id, CANCELLED, at=NOW + 5)
    assert [job.state for job in await stores.batches.jobs(batch.id)] == [
        SUBMITTED,
        JobState.CANCELLED,
        JobState.CANCELLED,
    ]
    assert (await stores.jobs.get(begun.id)).cancel_requested
    for job in waiting:
        assert (await stores.jobs.get(job.id)).since == NOW + 5
        *_, event = await stores.jobs.events(job.id)
        assert (event.state, event.at, event.attempt) == (JobState.CANCELLED, NOW + 5, 1)
    assert [job.state for job in await stores.batches.jobs(other.id)] == [QUEUED]
    counts = await stores.jobs.counts()
    assert (counts[QUEUED], counts[JobState.CANCELLED]) == (1, 2)


async def test_card_and_report_are_remembered(stores):
    batch = await added(stores)
    await stores.batches.set_card(batch.id, a_card(message=1))
    await stores.batches.set_report(batch.id, a_card(message=2))
    stored = await stores.batches.get(batch.id)
    assert (stored.card, stored.report) == (a_card(message=1), a_card(message=2))


# ── lists


async def test_a_servers_batches_come_newest_first_in_pages(stores):
    ours = [(await added(stores)).id for _ in range(3)]
    outside = await added(stores, guild=None)

    async def page(guild, **how):
        return [batch.id for batch in await stores.batches.of_guild(guild, **how)]

    assert await page(GUILD, limit=2) == [ours[2], ours[1]]
    assert await page(GUILD, before=ours[1]) == [ours[0]]
    assert await page(GUILD, after=ours[0], limit=1) == [ours[1]]
    assert await page(GUILD, after=ours[2]) == []
    assert await page(None) == [outside.id]


async def test_what_is_unfinished_runs_is_paused_or_was_not_told_of_at_its_end(stores):
    running, paused = await added(stores), await added(stores)
    await stores.batches.to(paused.id, PAUSED, at=NOW)
    kinds = {
        "sheet": {"kind": BatchKind.SHEET, "ends_with_sheet": True},
        "overnight": {"kind": BatchKind.OVERNIGHT},
        "reported": {"kind": BatchKind.OVERNIGHT, "report": a_card()},
        "plain": {},
    }
    done = {name: await added(stores, **given) for name, given in kinds.items()}
    for batch in done.values():
        await stores.batches.to(batch.id, DONE, at=NOW)
    cancelled = await added(stores, **kinds["sheet"])
    await stores.batches.to(cancelled.id, CANCELLED, at=NOW)
    unfinished = [batch.id for batch in await stores.batches.unfinished()]
    assert unfinished == [
        running.id,
        paused.id,
        *(done[name].id for name in ("sheet", "overnight", "plain")),
    ]


async def test_who_has_how_many_batches_under_way_is_counted(stores):
    for number, state in enumerate((RUNNING, PAUSED, CANCELLED)):
        batch = await added(stores, key=f"own-{number}", user=1)
        if state is not RUNNING:
            await stores.batches.to(batch.id, state, at=NOW)
    await added(stores, key="another", user=2)
    assert await stores.batches.count_open(1) == 2


async def test_a_card_that_does_not_show_the_end_is_known_until_it_is_settled(stores):
    batch = await added(stores)
    await stores.batches.set_card(batch.id, a_card())
    assert await stores.batches.unsettled_cards(since=0, limit=5) == []
    await stores.batches.to(batch.id, DONE, at=NOW + 5)
    assert [one.id for one in await stores.batches.unsettled_cards(since=NOW, limit=5)] == [batch.id]
    assert await stores.batches.unsettled_cards(since=NOW + 5, limit=5) == []
    await stores.batches.settle_card(batch.id, a_card(message=9))
    assert await stores.batches.unsettled_cards(since=0, limit=5) != []
    await stores.batches.settle_card(batch.id, a_card())
    assert await stores.batches.unsettled_cards(since=0, limit=5) == []
    await stores.batches.set_card(batch.id, a_card(message=9))
    assert len(await stores.batches.unsettled_cards(since=0, limit=5)) == 1


async def test_the_jobs_of_a_batch_wait_since_it_last_had_a_turn(stores):
    batch = await added(stores, 3)
    alone, _ = await stores.jobs.add(a_new_job())
    jobs = await stores.batches.jobs(batch.id)
    await stores.jobs.store(jobs[0].to(SUBMITTED, at=NOW + 50), was=QUEUED)
    await stores.jobs.store(jobs[0].to(SUBMITTED, at=NOW + 50).to(QUEUED, at=NOW + 60), was=SUBMITTED)
    waiting = {one.job: (one.batch, one.since) for one in await stores.jobs.waiting()}
    assert waiting == {**{job.id: (batch.id, NOW + 50) for job in jobs}, alone.id: (None, NOW)}


async def test_the_jobs_of_a_paused_batch_do_not_wait_for_their_turn(stores):
    batch = await added(stores, 2)
    await stores.batches.to(batch.id, PAUSED, at=NOW)
    assert await stores.jobs.waiting() == []
    await stores.batches.to(batch.id, RUNNING, at=NOW)
    assert len(await stores.jobs.waiting()) == 2


async def test_limits_do_not_count_the_jobs_of_batches(stores):
    await added(stores, 3)
    alone, _ = await stores.jobs.add(a_new_job())
    assert await stores.jobs.count_waiting(user=alone.origin.user) == (1, 1)
