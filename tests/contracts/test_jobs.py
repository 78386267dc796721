from dataclasses import replace
from uuid import UUID

import pytest

from bot.core.errors import NotFound, WrongState
from bot.core.generation import Seed
from bot.core.job import JobState, Priority
from bot.core.posting import PostingKind, PostingState
from bot.ports.stores import JobFilter
from tests.builders import (
    NOW,
    a_card,
    a_failure,
    a_graph,
    a_kind,
    a_lineage,
    a_new_job,
    a_new_project,
    a_recipe,
    an_artifact,
    an_origin,
    some_timings,
)
from tests.contracts.jobs import (
    CANCELLED,
    DELIVERED,
    FAILED,
    QUEUED,
    RENDERED,
    RUNNING,
    SUBMITTED,
    added,
    moved,
)

# ── adding and getting


async def test_a_new_job_is_queued_and_comes_back_as_it_was_given(stores):
    new = a_new_job(origin=an_origin(key="press"), priority=Priority.BATCH)
    job, is_new = await stores.jobs.add(new)
    assert is_new
    assert (job.uid, job.request, job.recipe, job.origin, job.graph, job.priority) == (
        new.uid,
        new.request,
        new.recipe,
        new.origin,
        new.graph,
        Priority.BATCH,
    )
    assert (job.state, job.created, job.since, job.attempt) == (QUEUED, NOW, NOW, 1)
    assert await stores.jobs.get(job.id) == job


async def test_the_same_origin_twice_is_one_job(stores):
    first, is_new = await stores.jobs.add(a_new_job(origin=an_origin(key="press")))
    again, is_new_again = await stores.jobs.add(a_new_job(origin=an_origin(key="press")))
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert await stores.jobs.counts() == {**dict.fromkeys(JobState, 0), QUEUED: 1}
    assert len(await stores.jobs.events(first.id)) == 1


async def test_a_repeated_origin_shows_how_far_the_job_has_come(stores):
    job = await added(stores, origin=an_origin(key="press"))
    await moved(stores, job, SUBMITTED)
    again, _ = await stores.jobs.add(a_new_job(origin=an_origin(key="press")))
    assert again.state is SUBMITTED


async def test_numbers_grow_by_one_whatever_is_repeated(stores):
    for number in (1, 2, 3):
        for _ in range(2):
            assert (await added(stores, origin=an_origin(key=f"press {number}"))).id == number


@pytest.mark.parametrize("job_id", [0, -1, 999, 2**63])
async def test_a_number_never_given_is_not_found(stores, job_id):
    with pytest.raises(NotFound, match=f"#{job_id}"):
        await stores.jobs.get(job_id)


async def test_the_largest_seed_is_kept_exactly(stores):
    job = await added(stores, recipe=a_recipe(seed=Seed(2**64 - 1)))
    assert (await stores.jobs.get(job.id)).recipe.seed == 2**64 - 1


async def test_a_job_from_outside_discord_has_no_guild_and_no_channel(stores):
    job = await added(stores, origin=an_origin(guild=None, channel=None))
    assert (await stores.jobs.get(job.id)).origin.guild is None


async def test_a_job_knows_what_it_was_drawn_again_from(stores):
    first = await added(stores)
    again = await added(stores, lineage=a_lineage(parent=first.id))
    assert (await stores.jobs.get(again.id)).parent == first.id


# ── transitions


async def test_a_transition_writes_what_became_of_the_job(stores):
    job = await added(stores, graph=None)
    changed = replace(
        job.to(SUBMITTED, at=NOW + 5),
        attempt=2,
        recipe=a_recipe(model="other.safetensors"),
        graph=a_graph(),
        timings=some_timings(),
    )
    await stores.jobs.store(changed, was=QUEUED)
    assert await stores.jobs.get(job.id) == changed


async def test_a_failure_is_kept_with_its_hint(stores):
    job = await added(stores)
    failed = replace(job.to(FAILED, at=NOW + 5), failure=a_failure(hint="Draw smaller."))
    await stores.jobs.store(failed, was=QUEUED)
    assert (await stores.jobs.get(job.id)).failure == a_failure(hint="Draw smaller.")


async def test_every_transition_leaves_an_event(stores):
    job = await added(stores)
    await stores.jobs.store(job.to(SUBMITTED, at=NOW + 1), was=QUEUED)
    await stores.jobs.store(
        replace(job.to(SUBMITTED, at=NOW + 1).to(QUEUED, at=NOW + 2), attempt=2), was=SUBMITTED, note="lost"
    )
    events = await stores.jobs.events(job.id)
    assert [(event.state, event.at, event.attempt, event.note) for event in events] == [
        (QUEUED, NOW, 1, ""),
        (SUBMITTED, NOW + 1, 1, ""),
        (QUEUED, NOW + 2, 2, "lost"),
    ]


async def test_who_comes_too_late_changes_nothing(stores):
    job = await added(stores)
    await stores.jobs.store(job.to(CANCELLED, at=NOW + 1), was=QUEUED)
    with pytest.raises(WrongState, match="cancelled"):
        await stores.jobs.store(job.to(SUBMITTED, at=NOW + 2), was=QUEUED)
    assert (await stores.jobs.get(job.id)).state is CANCELLED
    assert len(await stores.jobs.events(job.id)) == 2
    assert await stores.jobs.last_served() == {}


async def test_a_transition_of_an_unknown_job_is_refused(stores):
    job = await added(stores)
    with pytest.raises(NotFound):
        await stores.jobs.store(replace(job.to(SUBMITTED, at=NOW), id=99), was=QUEUED)


async def test_a_transition_leaves_card_post_and_the_wish_to_cancel_alone(stores):
    job = await added(stores)
    await stores.jobs.set_card(job.id, a_card())
    await stores.jobs.request_cancel(job.id)
    await stores.jobs.store(job.to(SUBMITTED, at=NOW + 1), was=QUEUED)
    stored = await stores.jobs.get(job.id)
    assert (stored.card, stored.cancel_requested) == (a_card(), True)


async def test_an_end_may_owe_a_notice(stores):
    job = await added(stores)
    await stores.jobs.store(replace(job.to(FAILED, at=NOW + 9), failure=a_failure()), was=QUEUED, notice=True)
    (posting,) = await stores.outbox.due()
    assert (posting.job, posting.kind, posting.state, posting.created) == (
        job.id,
        PostingKind.NOTICE,
        PostingState.PENDING,
        NOW + 9,
    )


async def test_a_refused_transition_owes_no_notice(stores):
    job = await added(stores)
    with pytest.raises(WrongState):
        await stores.jobs.store(job.to(CANCELLED, at=NOW), was=RUNNING, notice=True)
    assert await stores.outbox.due() == []


@pytest.mark.parametrize("change", ["set_card", "request_cancel"])
async def test_an_unknown_job_has_neither_card_nor_cancel(stores, change):
    arguments = (7, a_card()) if change == "set_card" else (7,)
    with pytest.raises(NotFound):
        await getattr(stores.jobs, change)(*arguments)


# ── rendered and delivered


async def test_rendered_pictures_are_stored_with_the_posting_that_they_owe(stores):
    job = await moved(stores, await added(stores), SUBMITTED, RUNNING)
    made = [an_artifact(job=job.id, index=index, path=f"library/{index}.png") for index in (1, 0)]
    await stores.jobs.rendered(job.to(RENDERED, at=NOW + 9), was=RUNNING, artifacts=made)
    kept = await stores.jobs.artifacts(job.id)
    assert [replace(artifact, id=0) for artifact in kept] == [made[1], made[0]]
    assert len({artifact.id for artifact in kept}) == 2
    (posting,) = await stores.outbox.due()
    assert (posting.job, posting.kind, posting.part, len(posting.nonce)) == (
        job.id,
        PostingKind.PICTURES,
        0,
        25,
    )


async def test_pictures_that_come_too_late_are_not_recorded(stores):
    job = await moved(stores, await added(stores), SUBMITTED, CANCELLED)
    late = replace(job, state=RENDERED)
    with pytest.raises(WrongState):
        await stores.jobs.rendered(late, was=RUNNING, artifacts=[an_artifact(job=job.id)])
    assert await stores.jobs.artifacts(job.id) == []
    assert await stores.outbox.due() == []


async def test_delivery_writes_post_attachments_and_the_sent_posting_at_once(stores):
    job = await moved(stores, await added(stores), SUBMITTED, RUNNING)
    made = [an_artifact(job=job.id, index=index) for index in (1, 2)]
    job = replace(job.to(RENDERED, at=NOW + 9), timings=some_timings(total=None))
    await stores.jobs.rendered(job, was=RUNNING, artifacts=made)
    (posting,) = await stores.outbox.due()
    done = replace(job.to(DELIVERED, at=NOW + 12), timings=some_timings(total=5000))
    post = a_card(channel=731, message=900)
    await stores.jobs.delivered(
        done, posting=posting, post=post, attachments=[11, 12], notice=False, note="identical to #3"
    )
    stored = await stores.jobs.get(job.id)
    assert (await stores.jobs.events(job.id))[-1].note == "identical to #3"
    assert (stored.state, stored.post, stored.timings.total) == (DELIVERED, post, 5000)
    kept = await stores.jobs.artifacts(job.id)
    assert [(artifact.message, artifact.attachment) for artifact in kept] == [(900, 11), (900, 12)]
    assert await stores.outbox.due() == []


async def test_delivery_may_owe_a_notice(stores):
    job = await moved(stores, await added(stores), SUBMITTED, RENDERED)
    (posting,) = await stores.outbox.due()
    done = job.to(DELIVERED, at=NOW + 12)
    await stores.jobs.delivered(done, posting=posting, post=a_card(), attachments=[1], notice=True)
    (notice,) = await stores.outbox.due()
    assert (notice.kind, notice.created) == (PostingKind.NOTICE, NOW + 12)
    assert notice.nonce != posting.nonce


async def test_a_delivery_twice_is_refused(stores):
    job = await moved(stores, await added(stores), SUBMITTED, RENDERED)
    (posting,) = await stores.outbox.due()
    done = job.to(DELIVERED, at=NOW + 12)
    await stores.jobs.delivered(done, posting=posting, post=a_card(message=1), attachments=[1], notice=True)
    with pytest.raises(WrongState):
        await stores.jobs.delivered(
            done, posting=posting, post=a_card(message=2), attachments=[2], notice=True
        )
    assert (await stores.jobs.get(job.id)).post == a_card(message=1)
    assert len(await stores.outbox.due()) == 1


async def test_a_page_holds_the_newest_jobs_below_the_last_one_seen(stores):
    for _ in range(5):
        await added(stores)
    first = await stores.jobs.page(JobFilter(), limit=2)
    assert [job.id for job in first] == [5, 4]
    second = await stores.jobs.page(JobFilter(), before=4, limit=2)
    assert [job.id for job in second] == [3, 2]
    assert await stores.jobs.page(JobFilter(), before=1) == []
    newer = await stores.jobs.page(JobFilter(), after=1, limit=2)
    assert [job.id for job in newer] == [3, 2]
    assert await stores.jobs.page(JobFilter(), after=5) == []


async def test_a_page_shows_only_what_was_wanted(stores):
    project = await stores.projects.add(a_new_project(guild=7, by=1))
    mine = await added(stores, origin=an_origin(user=1, guild=7), project=project.id)
    await moved(stores, await added(stores, origin=an_origin(user=1, guild=8)), CANCELLED)
    theirs = await added(stores, origin=an_origin(user=2, guild=7))

    async def ids(**wanted):
        return [job.id for job in await stores.jobs.page(JobFilter(**wanted))]

    assert await ids(guild=7) == [theirs.id, mine.id]
    assert await ids(user=1, state=QUEUED) == [mine.id]
    assert await ids(project=project.id) == [mine.id]
    assert await ids(guild=8, user=2) == []


async def test_a_job_is_found_by_its_card_and_by_its_post(stores):
    job = await moved(stores, await added(stores), SUBMITTED, RENDERED)
    await stores.jobs.set_card(job.id, a_card(message=50))
    done = await moved(stores, job, DELIVERED)
    assert done.post is not None
    assert (await stores.jobs.by_message(50)) == done
    assert (await stores.jobs.by_message(done.post.message)) == done
    assert await stores.jobs.by_message(51) is None


async def test_a_job_without_events_or_pictures_has_empty_lists(stores):
    assert await stores.jobs.events(12) == []
    assert await stores.jobs.artifacts(12) == []


# ── hostile input

PAYLOADS = [
    "'; DROP TABLE jobs; --",
    '" OR 1=1 --',
    "Robert'); DELETE FROM job_events WHERE ('1'='1",
    "%_[]*?\\",
    "nul\x00byte",
    "日本語 🎨 \u202e right to left",
    '{"json": "inside"}',
]


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_text_is_never_read_as_sql(stores, payload):
    origin = an_origin(key=payload, user_name=payload)
    recipe = a_recipe(prompt=payload, negative=payload, workflow=payload, model=payload, sampler=payload)
    job = await added(stores, origin=origin, recipe=recipe)
    failed = replace(job.to(FAILED, at=NOW), failure=a_failure(kind=payload, message=payload, hint=payload))
    await stores.jobs.store(failed, was=QUEUED, note=payload)
    assert await stores.jobs.get(job.id) == failed
    assert (await stores.jobs.events(job.id))[-1].note == payload
    assert (await stores.jobs.add(a_new_job(origin=origin)))[0] == failed
    assert await stores.jobs.measured(a_kind(workflow=payload, model=payload)) == []


async def test_the_uid_is_kept(stores):
    job = await added(stores, uid=UUID(int=2**128 - 1))
    assert (await stores.jobs.get(job.id)).prompt_id == job.prompt_id


async def test_how_often_pictures_were_opened_is_counted_until_the_next_attempt(stores):
    job = await moved(stores, await added(stores), JobState.SUBMITTED, JobState.RUNNING)
    for _ in range(2):
        await stores.jobs.open_pictures(job.id)
    opened = await stores.jobs.get(job.id)
    assert (opened.opened, opened.interrupted) == (2, 0)
    again = opened.broken_off().to(JobState.QUEUED, at=NOW + 9)
    await stores.jobs.store(again, was=JobState.RUNNING)
    assert await stores.jobs.get(job.id) == again
    assert (again.opened, again.interrupted, again.attempt) == (0, 1, 2)


async def test_pictures_of_an_unknown_job_cannot_be_opened(stores):
    with pytest.raises(NotFound):
        await stores.jobs.open_pictures(404)
