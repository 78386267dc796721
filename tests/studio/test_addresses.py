"""Where the courier carries pictures: to the thread that is theirs, and never before the wrong eyes."""

from dataclasses import replace

import pytest

from bot.core.errors import DiscordAway, TargetGone, ThreadLocked
from bot.core.generation import CastMember
from bot.core.job import JobState
from bot.core.library import GalleryKind, Rating, Threads
from bot.studio.library import Wishes
from tests.builders import CHANNEL, a_gallery, a_recipe, an_artifact
from tests.studio.house import AIKO, a_studio

YUKI = CastMember(id=1, name="Yuki", slug="yuki")
REN = CastMember(id=2, name="Ren", slug="ren")
S = JobState


async def a_project(studio, *, threads=Threads.PROJECT, rating=Rating.EVERYONE, **gallery):
    return await studio.library.create(
        "Harbour",
        gallery=a_gallery(channel=800, **gallery),
        actor=AIKO,
        wishes=Wishes(threads=threads, rating=rating),
    )


async def drawn(studio, project, *cast):
    """Have a job drawn that waits to be posted."""
    job = await studio.stored(
        S.SUBMITTED,
        S.RUNNING,
        project=project.id,
        recipe=a_recipe(cast=cast),
        created=studio.clock.now(),
    )
    artifact = an_artifact(job=job.id)
    studio.shelf.files[artifact.path] = b"picture"
    rendered = job.to(S.RENDERED, at=studio.clock.now())
    await studio.jobs.rendered(rendered, was=job.state, artifacts=[artifact])
    return rendered


def threads_of(studio):
    """Return the names of the threads that were posted in, in order."""
    return [studio.poster.threads[channel][1] for channel, _ in studio.poster.posts]


async def test_each_character_has_a_thread_of_its_own_and_nobody_has_the_projects():
    async with a_studio() as studio:
        project = await a_project(studio, threads=Threads.CHARACTER)
        for cast in ((YUKI,), (REN, YUKI), (), (YUKI, REN)):
            await drawn(studio, project, *cast)
        await studio.courier.run_once()
        assert threads_of(studio) == ["Yuki", "Ren", "Harbour", "Yuki"]
        assert len(studio.poster.threads) == 3
        known = [await studio.stores.projects.thread(project.id, one) for one in ("yuki", "ren", "")]
        assert known == list(studio.poster.threads)


async def test_each_day_has_a_thread_of_its_own():
    async with a_studio() as studio:
        project = await a_project(studio, threads=Threads.DAY)
        await drawn(studio, project)
        studio.clock.advance(24 * 60 * 60 * 1000)
        await drawn(studio, project)
        await drawn(studio, project)
        await studio.courier.run_once()
        days = ("2026-09-21", "2026-09-22", "2026-09-22")
        assert threads_of(studio) == [f"{day} · {project.name}" for day in days]


@pytest.mark.parametrize("trouble", [TargetGone("The thread is gone."), ThreadLocked("#Yuki")])
async def test_a_characters_thread_that_takes_nothing_is_opened_anew(trouble):
    async with a_studio() as studio:
        project = await a_project(studio, threads=Threads.CHARACTER)
        await drawn(studio, project, YUKI)
        await studio.courier.run_once()
        await drawn(studio, project, YUKI)
        studio.poster.fail(trouble)
        await studio.courier.run_once()
        assert threads_of(studio) == ["Yuki", "Yuki"]
        first, second = studio.poster.threads
        assert await studio.stores.projects.thread(project.id, "yuki") == second != first


async def test_a_forum_post_wears_who_is_in_it_and_what_kind_of_picture_they_are():
    async with a_studio() as studio:
        project = await a_project(studio, kind=GalleryKind.FORUM)
        for cast in ((YUKI,), (REN,)):
            await drawn(studio, project, *cast)
        await studio.courier.run_once()
    assert list(studio.poster.tags.values()) == [["images", "Yuki", "Ren"]]


async def test_a_text_channel_has_no_tags():
    async with a_studio() as studio:
        await drawn(studio, await a_project(studio), YUKI)
        await studio.courier.run_once()
    assert studio.poster.tags == {}


# ── for adults


async def test_an_adult_projects_pictures_go_to_an_age_restricted_channel():
    async with a_studio() as studio:
        studio.poster.restricted.add(800)
        job = await drawn(studio, await a_project(studio, rating=Rating.ADULT))
        await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED
    assert threads_of(studio) == ["Harbour"]


async def test_a_channel_that_is_open_to_everyone_by_now_gets_none_of_them():
    async with a_studio() as studio:
        studio.poster.restricted.add(800)
        project = await a_project(studio, rating=Rating.ADULT)
        await drawn(studio, project)
        await studio.courier.run_once()
        studio.poster.restricted.clear()
        job = await drawn(studio, project)
        await studio.courier.run_once()
        shelved = await studio.jobs.get(job.id)
    assert shelved.state is S.SHELVED
    assert "<#800> is not age-restricted" in shelved.failure.message
    assert "kept in the library" in shelved.failure.message
    assert len(studio.poster.posts) == 1


@pytest.mark.parametrize(("restricted", "state"), [({800}, S.SHELVED), ({800, CHANNEL}, S.DELIVERED)])
async def test_the_channel_where_they_were_asked_for_is_looked_at_as_well(restricted, state):
    async with a_studio() as studio:
        studio.poster.restricted |= restricted
        project = await a_project(studio, rating=Rating.ADULT)
        studio.poster.gone.add(800)
        job = await drawn(studio, project)
        await studio.courier.run_once()
        ended = await studio.jobs.get(job.id)
    assert ended.state is state
    assert [channel for channel, _ in studio.poster.posts] == [CHANNEL] * (state is S.DELIVERED)
    if state is S.SHELVED:
        assert ended.failure.message.startswith("The channel does not exist any more. <#710> is not")


async def test_without_a_gallery_of_its_own_an_adult_project_is_no_less_careful():
    async with a_studio() as studio:
        project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
        project = await studio.library.edit(project, Wishes(rating=Rating.ADULT), AIKO)
        job = await drawn(studio, project)
        await studio.courier.run_once()
        assert await studio.state(job) is S.SHELVED


async def test_while_discord_cannot_tell_who_may_see_a_channel_pictures_wait(monkeypatch):
    async def away(channel):
        raise DiscordAway(f"{channel}?")

    async with a_studio() as studio:
        studio.poster.restricted.add(800)
        job = await drawn(studio, await a_project(studio, rating=Rating.ADULT))
        with monkeypatch.context() as patched:
            patched.setattr(studio.poster, "is_restricted", away)
            assert not await studio.courier.run_once()
        assert await studio.state(job) is S.RENDERED
        assert await studio.courier.run_once()
        assert await studio.state(job) is S.DELIVERED


async def test_a_rating_that_was_changed_after_the_drawing_counts():
    async with a_studio() as studio:
        project = await a_project(studio)
        job = await drawn(studio, project)
        await studio.stores.projects.change(replace(project, rating=Rating.ADULT), was=project)
        await studio.courier.run_once()
        assert await studio.state(job) is S.SHELVED
