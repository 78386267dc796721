from dataclasses import replace

import pytest

from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.job import JobState
from bot.core.library import GalleryKind, Rating, Threads
from bot.core.styles import StyleSheet
from bot.ports.library import NewCharacter
from bot.ports.stores import Holdings
from tests.builders import GUILD, NOW, USER, a_batch, a_gallery, a_new_job, a_new_project, an_artifact


async def added(stores, name="Harbour", slug=None, **changes):
    values = {"guild": GUILD, "gallery": None, "by": USER, "at": NOW, **changes}
    return await stores.projects.add(a_new_project(name=name, slug=slug or name.casefold(), **values))


async def test_a_project_comes_back_as_it_was_given(stores):
    gallery = a_gallery(kind=GalleryKind.FORUM, thread=5)
    project = await added(stores, "Harbour", gallery=gallery)
    assert (project.name, project.slug, project.guild, project.gallery) == (
        "Harbour",
        "harbour",
        GUILD,
        gallery,
    )
    assert (project.created, project.created_by) == (NOW, USER)
    assert await stores.projects.get(project.id) == project


async def test_an_unknown_project_is_not_found(stores):
    with pytest.raises(NotFound):
        await stores.projects.get(3)


@pytest.mark.parametrize("guild", [GUILD, None])
@pytest.mark.parametrize(("name", "slug"), [("HARBOUR", "other"), ("Other", "harbour")])
async def test_name_and_slug_are_unique_in_a_guild(stores, guild, name, slug):
    await added(stores, guild=guild)
    with pytest.raises(BadRequest, match="`Harbour`"):
        await added(stores, name, slug, guild=guild)
    assert len(await stores.projects.of_guild(guild)) == 1


async def test_another_guild_may_use_the_same_name(stores):
    ours, theirs, nobodys = [await added(stores, guild=guild) for guild in (1, 2, None)]
    assert len({ours.id, theirs.id, nobodys.id}) == 3
    assert await stores.projects.named(2, "harbour") == theirs
    assert await stores.projects.named(None, "harbour") == nobodys


async def test_a_name_is_found_in_any_case_and_by_its_slug(stores):
    project = await added(stores, "Straße am Hafen", "strasse-am-hafen")
    for spelling in ("Straße am Hafen", "STRASSE AM HAFEN", "strasse-am-hafen"):
        assert await stores.projects.named(GUILD, spelling) == project
    assert await stores.projects.named(GUILD, "strasse") is None
    assert await stores.projects.named(9, "Straße am Hafen") is None


async def test_a_name_goes_before_another_projects_slug(stores):
    await added(stores, "Two", "one")
    one = await added(stores, "One", "uno")
    assert await stores.projects.named(GUILD, "one") == one


async def test_a_guilds_projects_are_in_the_order_of_their_names(stores):
    for name in ("gamma", "Alpha", "Beta"):
        await added(stores, name)
    await added(stores, "elsewhere", guild=9)
    assert [project.name for project in await stores.projects.of_guild(GUILD)] == ["Alpha", "Beta", "gamma"]


async def test_a_part_of_the_name_matches_those_that_begin_with_it_first(stores):
    for name in ("Harbour", "Old harbour", "Barn", "Arbour"):
        await added(stores, name, slug=name.casefold().replace(" ", "-"))
    found = await stores.projects.matching(GUILD, "ARB")
    assert [project.name for project in found] == ["Arbour", "Harbour", "Old harbour"]
    assert len(await stores.projects.matching(GUILD, "")) == 4
    assert len(await stores.projects.matching(GUILD, "", limit=2)) == 2


@pytest.mark.parametrize("part", ["%", "_", "*", "' OR '1'='1", '"'])
async def test_a_part_is_text_and_no_pattern(stores, part):
    await added(stores)
    assert await stores.projects.matching(GUILD, part) == []


async def test_a_thread_tells_its_project(stores):
    project = await added(stores, gallery=a_gallery(channel=10, thread=11))
    await added(stores, "Other", gallery=a_gallery(channel=10, thread=12))
    assert await stores.projects.of_channel(11) == project
    assert await stores.projects.of_channel(13) is None


async def test_a_channel_tells_its_project_only_if_it_is_the_gallery_of_one(stores):
    project = await added(stores, gallery=a_gallery(channel=10))
    assert await stores.projects.of_channel(10) == project
    await added(stores, "Other", gallery=a_gallery(channel=10))
    assert await stores.projects.of_channel(10) is None


async def test_a_gallery_gets_its_thread_and_loses_it(stores):
    project = await added(stores, gallery=a_gallery(channel=10))
    await stores.projects.set_thread(project.id, 77)
    assert (await stores.projects.get(project.id)).gallery == a_gallery(channel=10, thread=77)
    await stores.projects.set_thread(project.id, None)
    assert (await stores.projects.get(project.id)).gallery == a_gallery(channel=10)
    with pytest.raises(NotFound):
        await stores.projects.set_thread(99, 77)


@pytest.mark.parametrize("guild", [GUILD, None])
async def test_each_person_is_at_one_project_per_guild(stores, guild):
    first, second = await added(stores, guild=guild), await added(stores, "Other", guild=guild)
    assert await stores.projects.in_use(guild=guild, user=1) is None
    for project in (first, second):
        await stores.projects.use(guild=guild, user=1, project=project.id)
        assert await stores.projects.in_use(guild=guild, user=1) == project
    assert await stores.projects.in_use(guild=guild, user=2) is None
    assert await stores.projects.in_use(guild=9, user=1) is None
    await stores.projects.use(guild=guild, user=1, project=None)
    assert await stores.projects.in_use(guild=guild, user=1) is None


async def test_an_unknown_project_cannot_be_used(stores):
    with pytest.raises(NotFound):
        await stores.projects.use(guild=GUILD, user=1, project=5)


async def test_slugs_are_known_by_how_they_begin(stores):
    for name, slug in (("Fox", "fox"), ("FOX!", "fox-2"), ("Foxes", "foxes"), ("Dog", "dog")):
        await added(stores, name, slug)
    await added(stores, "Fox", "fox-3", guild=None)
    assert await stores.projects.slugs(GUILD, "fox") == {"fox", "fox-2", "foxes"}
    assert await stores.projects.slugs(None, "fox") == {"fox-3"}


async def test_archived_projects_are_listed_apart_and_found_by_name(stores):
    fox, _ = await added(stores, "Fox"), await added(stores, "Foxes")
    archived = await stores.projects.change(replace(fox, archived=NOW), was=fox)
    assert archived.archived == NOW
    assert [one.name for one in await stores.projects.of_guild(GUILD)] == ["Foxes"]
    assert await stores.projects.of_guild(GUILD, archived=True) == [archived]
    assert [one.name for one in await stores.projects.matching(GUILD, "fox")] == ["Foxes"]
    assert await stores.projects.matching(GUILD, "fox", archived=True) == [archived]
    assert await stores.projects.named(GUILD, "fox") == archived


async def test_all_that_people_can_change_is_changed_and_the_slug_stays(stores):
    fox = await added(stores, "Fox", gallery=a_gallery())
    style = await stores.styles.add(project=fox.id, name="Ink", sheet=StyleSheet(steps=9), by=USER, at=NOW)
    wanted = replace(
        fox,
        name="Red Fox",
        description="Episode 1",
        gallery=a_gallery(channel=9, kind=GalleryKind.FORUM),
        threads=Threads.DAY,
        rating=Rating.ADULT,
        workflow="txt2img",
        style=style.id,
    )
    assert await stores.projects.change(replace(wanted, slug="other"), was=fox) == wanted
    assert await stores.projects.get(fox.id) == wanted
    bare = replace(fox, gallery=None)
    assert await stores.projects.change(bare, was=wanted) == bare


async def test_of_two_people_who_change_a_project_at_once_the_second_is_told(stores):
    fox = await added(stores, "Fox")
    adult = await stores.projects.change(replace(fox, rating=Rating.ADULT), was=fox)
    with pytest.raises(WrongState, match="“Fox” was changed by somebody meanwhile") as refusal:
        await stores.projects.change(replace(fox, description="Episode 1"), was=fox)
    assert "/project show" in refusal.value.hint
    assert await stores.projects.get(fox.id) == adult


async def test_a_project_cannot_be_given_the_name_of_another(stores):
    fox = await added(stores, "Fox")
    await added(stores, "Dog")
    with pytest.raises(BadRequest, match="`Dog`"):
        await stores.projects.change(replace(fox, name="DOG"), was=fox)
    assert (await stores.projects.change(replace(fox, name="FOX"), was=fox)).name == "FOX"


async def test_each_subject_has_a_thread_of_its_own(stores):
    fox = await added(stores, "Fox", gallery=a_gallery())
    for subject, thread in (("", 1), ("yuki", 2), ("2026-11-21", 3), ("yuki", 4)):
        await stores.projects.set_thread(fox.id, thread, subject=subject)
    known = [await stores.projects.thread(fox.id, subject) for subject in ("", "yuki", "2026-11-21", "ren")]
    assert known == [1, 4, 3, None]
    assert (await stores.projects.of_channel(4)).id == fox.id
    await stores.projects.set_thread(fox.id, None, subject="yuki")
    assert await stores.projects.thread(fox.id, "yuki") is None
    assert await stores.projects.of_channel(4) is None
    with pytest.raises(NotFound):
        await stores.projects.set_thread(99, 1, subject="yuki")


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"name": "Red Fox"}, True),
        ({"gallery": a_gallery()}, True),
        ({"gallery": a_gallery(channel=9)}, False),
        ({"gallery": None}, False),
        ({"threads": Threads.CHARACTER}, False),
    ],
)
async def test_another_gallery_or_way_of_threads_forgets_the_threads_in_use(stores, change, kept):
    fox = await added(stores, "Fox", gallery=a_gallery())
    await stores.projects.set_thread(fox.id, 1)
    await stores.projects.set_thread(fox.id, 2, subject="yuki")
    # `fox` is as it was read before the threads were opened
    await stores.projects.change(replace(fox, **change), was=fox)
    known = [await stores.projects.thread(fox.id, subject) for subject in ("", "yuki")]
    assert known == ([1, 2] if kept else [None, None])


async def test_a_channel_of_an_archived_project_tells_nothing(stores):
    fox = await added(stores, "Fox", gallery=a_gallery(thread=5))
    await stores.projects.change(replace(fox, archived=NOW), was=fox)
    assert [await stores.projects.of_channel(channel) for channel in (730, 5)] == [None, None]


async def a_full_project(stores):
    """Return a project with one delivered job of two pictures and a style, in use."""
    fox = await added(stores, "Fox", gallery=a_gallery(thread=5))
    job, _ = await stores.jobs.add(a_new_job(project=fox.id))
    for state in (JobState.SUBMITTED, JobState.RUNNING):
        moved = job.to(state, at=NOW)
        await stores.jobs.store(moved, was=job.state)
        job = moved
    pictures = [an_artifact(job=job.id, index=index, path=f"library/fox/{index}.png") for index in (1, 2)]
    drawn = job.to(JobState.RENDERED, at=NOW)
    await stores.jobs.rendered(drawn, was=job.state, artifacts=pictures)
    style = await stores.styles.add(project=fox.id, name="Ink", sheet=StyleSheet(steps=9), by=USER, at=NOW)
    await stores.projects.change(replace(fox, style=style.id), was=fox)
    await stores.projects.use(guild=GUILD, user=USER, project=fox.id)
    return fox, drawn


async def test_what_hangs_on_a_project_is_counted(stores):
    fox, drawn = await a_full_project(stores)
    size = an_artifact().bytes
    assert await stores.projects.holdings(fox.id) == Holdings(
        jobs=1, open_jobs=1, pictures=2, bytes=2 * size, characters=0, styles=1
    )
    await stores.jobs.store(drawn.to(JobState.SHELVED, at=NOW), was=drawn.state)
    assert (await stores.projects.holdings(fox.id)).open_jobs == 0
    empty = await added(stores, "Dog")
    nothing = Holdings(jobs=0, open_jobs=0, pictures=0, bytes=0, characters=0, styles=0)
    assert await stores.projects.holdings(empty.id) == nothing


async def test_a_project_with_open_jobs_is_not_deleted(stores):
    fox, _ = await a_full_project(stores)
    with pytest.raises(WrongState, match="1 of"):
        await stores.projects.delete(fox.id, pictures=2, at=NOW)
    assert (await stores.projects.get(fox.id)).deleted is None


async def test_a_deleted_project_takes_all_with_it_but_its_jobs(stores):
    fox, drawn = await a_full_project(stores)
    await stores.jobs.store(drawn.to(JobState.SHELVED, at=NOW), was=drawn.state)
    with pytest.raises(WrongState, match="has 2 pictures by now, not 1"):
        await stores.projects.delete(fox.id, pictures=1, at=NOW + 9)
    await stores.projects.delete(fox.id, pictures=2, at=NOW + 9)
    assert (await stores.projects.get(fox.id)).deleted == NOW + 9
    assert await stores.projects.named(GUILD, "fox") is None
    assert await stores.projects.of_guild(GUILD) == []
    assert await stores.projects.of_channel(5) is None
    assert await stores.projects.in_use(guild=GUILD, user=USER) is None
    assert await stores.styles.of_project(fox.id) == []
    assert [one.deleted for one in await stores.jobs.artifacts(drawn.id)] == [NOW + 9, NOW + 9]
    assert (await stores.jobs.get(drawn.id)).project == fox.id
    with pytest.raises(NotFound):
        await stores.projects.change(fox, was=fox)


async def test_the_name_of_a_deleted_project_is_free_and_its_folder_is_not(stores):
    fox = await added(stores, "Fox")
    await stores.projects.delete(fox.id, pictures=0, at=NOW)
    again = await added(stores, "Fox", "fox-2")
    assert await stores.projects.named(GUILD, "fox") == again
    assert await stores.projects.slugs(GUILD, "fox") == {"fox", "fox-2"}


async def test_nothing_is_put_into_a_project_that_was_deleted_in_that_very_moment(stores):
    fox = await added(stores, "Fox")
    elsewhere, _ = await stores.jobs.add(a_new_job())
    await stores.projects.delete(fox.id, pictures=0, at=NOW)
    for put in (
        stores.jobs.add(a_new_job(project=fox.id)),
        stores.jobs.add_ended(a_new_job(project=fox.id), artifacts=[]),
        stores.batches.add(a_batch(project=fox.id), [a_new_job(project=fox.id)]),
        stores.artifacts.move(elsewhere.id, project=fox.id),
        stores.characters.add(NewCharacter(project=fox.id, name="Yuki", slug="yuki", by=USER, at=NOW)),
        stores.styles.add(project=fox.id, name="Ink", sheet=StyleSheet(), by=USER, at=NOW),
        stores.projects.use(guild=GUILD, user=USER, project=fox.id),
        stores.projects.delete(fox.id, pictures=0, at=NOW),
    ):
        with pytest.raises(WrongState, match="was deleted"):
            await put
    assert (await stores.jobs.get(elsewhere.id)).project is None


async def test_a_project_is_stored_whole_with_all_that_was_said_of_it(stores):
    said = {
        "description": "night scenes",
        "threads": Threads.DAY,
        "rating": Rating.ADULT,
        "workflow": "txt2img",
    }
    made = await stores.projects.add(a_new_project(guild=1, by=7, **said))
    assert await stores.projects.get(made.id) == made
    assert {name: getattr(made, name) for name in said} == said
