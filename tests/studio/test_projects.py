"""Projects: changed by who may, put away, deleted with a question, and never shown to the wrong people."""

from dataclasses import replace

import pytest

from bot.core.errors import (
    AdultsOnly,
    BadRequest,
    DiscordAway,
    NotAllowed,
    NotFound,
    TargetGone,
    UnknownName,
    WrongState,
)
from bot.core.job import JobState
from bot.core.library import Rating, Threads
from bot.core.styles import StyleSheet
from bot.ports.stores import Holdings
from bot.studio.control import Actor
from bot.studio.library import Clearable, Wishes
from tests.builders import CHANNEL, GUILD, USER, a_gallery, an_artifact
from tests.studio.house import AIKO, BOSS, a_studio

SOMEBODY = Actor(user=USER + 7, guild=GUILD)
ADULT = Wishes(rating=Rating.ADULT)


async def harbour(studio, **changes):
    return await studio.library.create("Harbour", **{"gallery": a_gallery(), "actor": AIKO, **changes})


# ── made


async def test_a_project_is_made_with_all_that_is_wished_for():
    wishes = Wishes(
        description="  Episode\n one ", threads=Threads.DAY, rating=Rating.ADULT, workflow="txt2img"
    )
    async with a_studio() as studio:
        studio.poster.restricted.add(730)
        made = await harbour(studio, wishes=wishes)
        assert made == await studio.stores.projects.get(made.id)
    assert (made.description, made.threads, made.rating) == ("Episode one", Threads.DAY, Rating.ADULT)
    assert (made.workflow, made.gallery) == ("txt2img", a_gallery())


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(workflow="img3img"), "no workflow called"),
        (Wishes(workflow="img2img"), "starts from a picture"),
        (Wishes(description="x" * 1001), "1,001 characters"),
        (ADULT, "age-restricted channels only"),
    ],
)
async def test_where_a_wish_cannot_be_granted_no_project_is_made(wishes, words):
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match=words):
            await harbour(studio, wishes=wishes)
        assert await studio.library.projects(AIKO) == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("a/b\\c", "a-b-c"),
        ("..", "project-1"),
        ("...con...", "con-0"),
        ("CON", "con-0"),
        ("references", "references-0"),
        ("🌊", "project-1"),
        ("\u202eHarbour\u200f", "harbour"),
    ],
)
async def test_whatever_a_project_is_called_its_folder_is_a_plain_one(name, slug):
    async with a_studio() as studio:
        made = await studio.library.create(name, gallery=None, actor=AIKO)
    assert made.slug == slug


async def test_names_that_make_the_same_folder_get_folders_of_their_own():
    async with a_studio() as studio:
        slugs = [
            (await studio.library.create(name, gallery=None, actor=AIKO)).slug
            for name in ("Moonlit Harbour", "Moonlit-Harbour", "moonlit harbour!")
        ]
    assert slugs == ["moonlit-harbour", "moonlit-harbour-2", "moonlit-harbour-3"]


# ── chosen


async def test_the_project_that_is_meant_is_the_named_one_else_the_channels_else_the_one_in_use():
    async with a_studio() as studio:
        one = await harbour(studio)
        two = await studio.library.create("Fox", gallery=a_gallery(channel=9), actor=AIKO)
        await studio.library.use("Fox", AIKO)
        assert await studio.library.chosen("harbour", AIKO, channel=9) == one
        assert await studio.library.chosen(None, AIKO, channel=730) == one
        assert await studio.library.chosen(None, AIKO, channel=CHANNEL) == two
        assert await studio.library.chosen(None, AIKO, channel=None) == two
        with pytest.raises(BadRequest, match="not clear which project"):
            await studio.library.chosen(None, BOSS, channel=CHANNEL)


async def test_where_there_is_no_project_yet_the_command_that_makes_one_is_said():
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match="no project yet") as refusal:
            await studio.library.chosen(None, AIKO, channel=CHANNEL)
        assert "/project create" in refusal.value.hint


async def test_an_archived_project_is_not_used_and_not_taken_for_the_one_that_is_meant():
    async with a_studio() as studio:
        project = await harbour(studio)
        await studio.library.use("Harbour", AIKO)
        await studio.library.archive(project, AIKO)
        for ask in (
            studio.library.use("Harbour", AIKO),
            studio.library.chosen("Harbour", AIKO, channel=None),
            studio.library.chosen(None, AIKO, channel=None),
            studio.library.edit(await studio.library.named("Harbour", AIKO), ADULT, AIKO),
        ):
            with pytest.raises(WrongState, match="archived"):
                await ask


async def test_a_foreign_or_deleted_project_is_not_found_by_its_number():
    async with a_studio() as studio:
        project = await harbour(studio)
        assert await studio.library.by_id(project.id, AIKO) == project
        with pytest.raises(NotFound):
            await studio.library.by_id(project.id, replace(AIKO, guild=GUILD + 1))
        await studio.library.delete(project, BOSS, pictures=0)
        with pytest.raises(NotFound):
            await studio.library.by_id(project.id, AIKO)


# ── changed


async def test_only_what_is_said_is_changed():
    async with a_studio() as studio:
        before = await harbour(studio, wishes=Wishes(description="Episode one"))
        changed = await studio.library.edit(before, Wishes(name=" Old  Harbour "), AIKO)
        assert changed == replace(before, name="Old Harbour")
        assert await studio.library.named("old harbour", AIKO) == changed


async def test_everything_that_can_be_given_can_be_taken_away():
    async with a_studio() as studio:
        before = await harbour(studio, wishes=Wishes(description="Episode one", workflow="txt2img"))
        bare = await studio.library.edit(before, Wishes(clear=frozenset(Clearable)), AIKO)
    assert (bare.description, bare.gallery, bare.workflow, bare.style) == ("", None, None, None)


async def test_a_project_is_given_a_style_to_be_drawn_in():
    async with a_studio() as studio:
        project = await harbour(studio)
        style = await studio.styles.create("Ink", StyleSheet(steps=9), project=project, actor=AIKO)
        drawn = await studio.library.edit(project, Wishes().drawn_in(style), AIKO)
        same = await studio.library.edit(drawn, Wishes().drawn_in(None), AIKO)
    assert (drawn.style, same.style) == (style.id, style.id)


async def test_what_is_given_and_cleared_at_once_is_refused():
    wishes = Wishes(description="Episode two", clear=frozenset({Clearable.DESCRIPTION}))
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match="`description` is given and cleared"):
            await studio.library.edit(await harbour(studio), wishes, AIKO)


async def test_only_its_maker_or_who_manages_the_server_changes_a_project():
    async with a_studio() as studio:
        project = await harbour(studio)
        for ask in (
            studio.library.edit(project, Wishes(name="Mine"), SOMEBODY),
            studio.library.archive(project, SOMEBODY),
            studio.library.restore("Harbour", SOMEBODY),
        ):
            with pytest.raises(NotAllowed, match="not yours"):
                await ask
        assert (await studio.library.edit(project, Wishes(name="Ours"), BOSS)).name == "Ours"


@pytest.mark.parametrize("wishes", [ADULT, Wishes(gallery=a_gallery(channel=731)), Wishes(name="Docks")])
async def test_a_rating_is_checked_when_it_or_the_gallery_is_changed(wishes):
    async with a_studio() as studio:
        studio.poster.restricted.add(730)
        rated = ADULT if wishes != ADULT else Wishes()
        project = await harbour(studio, wishes=rated)
        studio.poster.restricted.clear()
        if wishes.name:
            project = await studio.library.edit(project, wishes, AIKO)
            assert project.name == "Docks"
        else:
            with pytest.raises(BadRequest, match="age-restricted"):
                await studio.library.edit(project, wishes, AIKO)
        studio.poster.restricted |= {730, 731}
        await studio.library.edit(project, wishes, AIKO)


async def test_of_two_edits_at_the_same_moment_the_second_is_refused_and_can_be_repeated():
    async with a_studio() as studio:
        project = await harbour(studio)
        await studio.library.edit(project, Wishes(description="Episode 1"), AIKO)
        for ask in (
            studio.library.edit(project, Wishes(name="Docks"), AIKO),
            studio.library.archive(project, AIKO),
        ):
            with pytest.raises(WrongState, match="changed by somebody meanwhile"):
                await ask
        fresh = await studio.library.named("Harbour", AIKO)
        docks = await studio.library.edit(fresh, Wishes(name="Docks"), AIKO)
    assert (docks.name, docks.description) == ("Docks", "Episode 1")


async def test_a_deleted_channel_cannot_become_an_adult_projects_gallery():
    async with a_studio() as studio:
        studio.poster.gone.add(730)
        with pytest.raises(TargetGone):
            await harbour(studio, wishes=ADULT)


# ── galleries


async def test_what_is_wrong_with_a_gallery_is_told():
    async with a_studio() as studio:
        studio.poster.restricted.add(730)
        project = await harbour(studio, wishes=ADULT)
        assert await studio.library.gallery_trouble(project) is None
        studio.poster.restricted.clear()
        assert isinstance(await studio.library.gallery_trouble(project), AdultsOnly)
        studio.poster.gone.add(730)
        assert isinstance(await studio.library.gallery_trouble(project), TargetGone)
        assert await studio.library.gallery_trouble(replace(project, gallery=None)) is None


async def test_while_discord_is_away_nothing_is_said_of_galleries(monkeypatch):
    async def away(channel):
        raise DiscordAway(f"{channel}?")

    async with a_studio() as studio:
        project = await harbour(studio)
        monkeypatch.setattr(studio.poster, "is_restricted", away)
        assert await studio.library.gallery_trouble(project) is None


async def test_adult_pictures_may_be_shown_in_age_restricted_channels_only():
    async with a_studio() as studio:
        studio.poster.restricted.add(730)
        adult = await harbour(studio, wishes=ADULT)
        tame = await studio.library.create("Fox", gallery=None, actor=AIKO)
        shown = [
            await studio.library.may_be_shown(project, channel)
            for project, channel in ((adult, 730), (adult, 5), (adult, None), (tame, 5), (None, None))
        ]
    assert shown == [True, False, False, True, True]


# ── put away, deleted


async def test_an_archived_project_is_listed_apart_and_comes_back():
    async with a_studio() as studio:
        project = await harbour(studio)
        with pytest.raises(WrongState, match="not archived"):
            await studio.library.restore("Harbour", AIKO)
        archived = await studio.library.archive(project, AIKO)
        assert archived.archived == studio.clock.now()
        assert await studio.library.projects(AIKO) == []
        assert await studio.library.projects(AIKO, archived=True) == [archived]
        assert await studio.library.matching("har", AIKO, archived=True) == [archived]
        with pytest.raises(WrongState, match="archived already"):
            await studio.library.archive(archived, AIKO)
        assert await studio.library.restore("harbour", AIKO) == project


async def test_only_who_manages_the_server_deletes():
    async with a_studio() as studio:
        project = await harbour(studio)
        for ask in (
            studio.library.holdings(project, AIKO),
            studio.library.delete(project, AIKO, pictures=0),
        ):
            with pytest.raises(NotAllowed, match="Manage Server"):
                await ask


async def test_a_project_with_open_jobs_is_not_deleted():
    async with a_studio() as studio:
        project = await harbour(studio)
        await studio.stored(project=project.id)
        with pytest.raises(WrongState, match="1 job that waits"):
            await studio.library.holdings(project, BOSS)
        await studio.stored(project=project.id)
        with pytest.raises(WrongState, match="2 jobs that wait"):
            await studio.library.delete(project, BOSS, pictures=0)


async def test_no_more_is_deleted_than_was_shown():
    async with a_studio() as studio:
        project = await harbour(studio)
        drawn = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, project=project.id)
        rendered = drawn.to(JobState.RENDERED, at=studio.clock.now())
        await studio.jobs.rendered(rendered, was=drawn.state, artifacts=[an_artifact(job=drawn.id)])
        shelved = rendered.to(JobState.SHELVED, at=studio.clock.now())
        await studio.jobs.store(shelved, was=rendered.state)
        with pytest.raises(WrongState, match="1 picture by now, not 0"):
            await studio.library.delete(project, BOSS, pictures=0)
        took = await studio.library.delete(project, BOSS, pictures=1)
        assert took == Holdings(
            jobs=1, open_jobs=0, pictures=1, bytes=an_artifact().bytes, characters=0, styles=0
        )
        with pytest.raises(UnknownName):
            await studio.library.named("Harbour", BOSS)
