import pytest

from bot.core.errors import BadRequest, NotFound
from bot.core.library import GalleryKind
from tests.builders import GUILD, NOW, USER, a_gallery


async def added(stores, name="Harbour", slug=None, **changes):
    values = {"guild": GUILD, "gallery": None, "by": USER, "at": NOW, **changes}
    return await stores.projects.add(name=name, slug=slug or name.casefold(), **values)


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
    assert await stores.projects.slugs(None, "fo") == {"fox-3"}
