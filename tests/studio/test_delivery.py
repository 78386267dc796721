"""The courier: everything that is drawn is posted exactly once, in order, or says why not."""

import pytest

from bot.core.errors import (
    MissingPermission,
    TooLarge,
)
from bot.studio import parts
from tests.builders import CHANNEL, GUILD, a_card, a_gallery, an_origin, png
from tests.studio.deliveries import AWAY, GONE, S, a_project_with_gallery, drawn
from tests.studio.house import AIKO, BOSS, a_studio, running, settled


async def test_pictures_go_into_the_projects_thread_and_the_job_is_delivered():
    async with a_studio() as studio:
        project = await a_project_with_gallery(studio)
        job = await drawn(studio, pictures=[png(grey=1), png(grey=2)])
        studio.clock.advance(90)
        assert await studio.courier.run_once()
        delivered = await studio.jobs.get(job.id)
        artifacts = await studio.jobs.artifacts(job.id)
        ((channel, post),) = studio.poster.posts
        thread = (await studio.stores.projects.get(project.id)).gallery.thread
    assert (delivered.state, delivered.post.channel) == (S.DELIVERED, thread)
    assert studio.poster.threads[thread][1] == "Harbour"
    assert (channel, post.project.name, len(post.pictures)) == (thread, "Harbour", 2)
    assert all(artifact.message == delivered.post.message for artifact in artifacts)
    assert (delivered.timings.post, delivered.timings.total) == (90, 90)


async def test_a_thread_is_opened_once():
    async with a_studio() as studio:
        await a_project_with_gallery(studio)
        for _ in range(3):
            await drawn(studio)
        await studio.courier.run_once()
    assert len(studio.poster.threads) == 1
    assert len({channel for channel, _ in studio.poster.posts}) == 1


async def test_without_a_project_the_servers_gallery_is_used_and_its_thread_remembered():
    async with a_studio() as studio:
        await studio.library.set_gallery(a_gallery(channel=800), BOSS)
        remembered = []

        async def remember(channel, thread):
            remembered.append((channel, thread))

        studio.stores.settings.set_gallery_thread = remember
        await drawn(studio)
        await studio.courier.run_once()
        ((thread, (gallery, name)),) = studio.poster.threads.items()
    assert (gallery.channel, name, remembered) == (800, "Gallery", [(800, thread)])


async def test_a_project_without_a_gallery_uses_the_servers():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=None, actor=AIKO)
        await studio.library.set_gallery(a_gallery(thread=801), BOSS)
        await drawn(studio, project="Harbour")
        await studio.courier.run_once()
    assert [channel for channel, _ in studio.poster.posts] == [801]


async def test_without_any_gallery_pictures_go_where_they_were_asked_for():
    async with a_studio() as studio:
        job = await drawn(studio)
        await studio.courier.run_once()
        assert [channel for channel, _ in studio.poster.posts] == [CHANNEL]
        assert studio.poster.notices == []
        assert await studio.state(job) is S.DELIVERED


@pytest.mark.parametrize("origin", [{"guild": GUILD, "channel": None}, {"guild": None, "channel": None}])
async def test_where_there_is_nowhere_to_post_the_pictures_stay_in_the_library(origin):
    async with a_studio() as studio:
        job = (await studio.submit((await studio.ask()).request, an_origin(user=7, **origin))).job
        while await studio.worker.run_once():
            pass
        await studio.until(job, S.RENDERED)
        await studio.courier.run_once()
        shelved = await studio.jobs.get(job.id)
        assert (shelved.state, shelved.failure.kind) == (S.SHELVED, "not_posted")
        assert shelved.failure.hint
        assert await studio.stores.outbox.due() == []


async def test_who_asked_elsewhere_is_told_by_a_message_of_its_own():
    async with a_studio() as studio:
        await a_project_with_gallery(studio)
        job = await drawn(studio)
        await studio.jobs.set_card(job.id, a_card(channel=777))
        await studio.courier.run_once()
        ((channel, notice),) = studio.poster.notices
    assert (channel, notice.job.id, notice.job.state) == (777, job.id, S.DELIVERED)
    assert notice.nonce != studio.poster.posts[0][1].nonce


async def test_without_a_card_the_notice_goes_where_the_job_was_asked_for():
    async with a_studio() as studio:
        await a_project_with_gallery(studio)
        await drawn(studio)
        await studio.courier.run_once()
    assert [channel for channel, _ in studio.poster.notices] == [CHANNEL]


async def test_a_notice_that_cannot_be_posted_is_dropped_and_the_job_stays_delivered():
    async with a_studio() as studio:
        await a_project_with_gallery(studio, thread=801)
        job = await drawn(studio)

        async def forbidden(channel, notice):
            raise MissingPermission("Send Messages", "<#5>")

        studio.poster.notify = forbidden
        assert await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED
        assert await studio.stores.outbox.due() == []


async def test_pictures_at_hand_are_not_read_again_and_not_kept_longer():
    async with a_studio() as studio:
        job = await drawn(studio)
        parts.Studio.hand_over(studio, *studio.collected[0])
        studio.shelf.files.clear()
        await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED
        assert studio.courier._at_hand == {}


async def test_pictures_too_large_together_are_encoded_once_and_no_larger_than_their_share():
    async with a_studio() as studio:
        limits, for_post = [], studio.pictures.for_post

        async def noted(picture, *, limit):
            limits.append(limit)
            return await for_post(picture, limit=limit)

        job = await drawn(studio, pictures=[png(grey=grey) for grey in (1, 2, 3)])
        studio.pictures.for_post = noted
        studio.poster.request_limit = 9000
        await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED
    assert limits == [3000] * 3


async def test_what_is_too_large_is_sent_once_more_at_half_its_size():
    async with a_studio() as studio:
        job = await drawn(studio)
        limits, for_post = [], studio.pictures.for_post

        async def noted(picture, *, limit):
            limits.append(limit)
            return await for_post(picture, limit=limit)

        studio.pictures.for_post = noted
        studio.poster.fail(TooLarge("The pictures are too large."))
        await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED
    assert len(limits) == 2
    assert limits[0] == studio.poster.limit
    assert limits[1] < 9000


async def test_a_notice_for_nobody_is_dropped():
    async with a_studio() as studio:
        job = await studio.stored(origin=an_origin(guild=None, channel=None))
        await studio.collector.fail(job, GONE)
        await studio.courier.run_once()
        assert studio.poster.notices == []
        assert await studio.stores.outbox.due() == []


async def test_the_courier_hears_of_what_is_drawn_and_of_what_failed():
    async with a_studio() as studio, running(studio.courier.run()):
        await settled()
        job = await drawn(studio)
        await studio.until(job, S.DELIVERED)
        failed = await studio.stored()
        await studio.collector.fail(failed, GONE)
        await settled()
        assert [notice.job.id for _, notice in studio.poster.notices] == [failed.id]


async def test_leaving_the_courier_posts_what_is_due_and_goes():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.courier.leave()
        await studio.courier.run()
        assert await studio.state(job) is S.DELIVERED


async def test_leaving_does_not_wait_for_discord():
    async with a_studio() as studio:
        job = await drawn(studio)
        studio.poster.fail(AWAY)
        studio.courier.leave()
        await studio.courier.run()
        assert await studio.state(job) is S.RENDERED
