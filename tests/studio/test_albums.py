"""The album's rules over fakes: pages, what is found, and what may be laid side by side."""

from dataclasses import replace

import pytest

from bot.core.errors import BadRequest, NotAllowed, NotFound
from bot.core.job import JobState
from bot.core.library import Rating
from bot.core.lineage import Descent
from bot.core.review import Review
from bot.ports.library import PictureFilter
from bot.studio.albums import MOST_WORDS, PER_PAGE, searched
from bot.studio.twins import twin_words
from tests.builders import GUILD, NOW, a_lineage, a_new_project, a_recipe, png
from tests.studio.house import AIKO, BOSS, a_studio

HERE = 710
ALL = PictureFilter(guild=GUILD)


async def drawn(studio, *, pictures=None, **new):
    studio.renderer.pictures = pictures or [png()]
    job = await studio.stored(**new)
    await studio.worker.run_once()
    return await studio.until(job, JobState.RENDERED)


async def an_adult_project(studio):
    project = await studio.stores.projects.add(a_new_project(name="Night"))
    return await studio.stores.projects.change(replace(project, rating=Rating.ADULT), was=project)


async def test_pages_meet_and_the_last_one_leads_nowhere():
    async with a_studio() as studio:
        album = studio.album
        for _ in range(2):
            await drawn(studio, pictures=[png(grey=grey) for grey in range(6)])
        first = await album.page(ALL, channel=HERE)
        second = await album.page(ALL, channel=HERE, at=first.older)
        back = await album.page(ALL, channel=HERE, at=second.newer)
    assert [len(page.leaves) for page in (first, second)] == [PER_PAGE, 12 - PER_PAGE]
    assert (second.older, first.newer, back.newer) == (None, None, None)
    assert back.leaves == first.leaves
    assert second.leaves[0].picture.id == first.leaves[-1].picture.id - 1
    assert len(first.sheet.content) > 0
    assert studio.darkroom.sheets[0][0] == "#2 · 6"


async def test_an_empty_page_has_no_sheet():
    async with a_studio() as studio:
        page = await studio.album.page(replace(ALL, review=Review.APPROVED), channel=HERE)
    assert (page.leaves, page.sheet, page.older, page.hidden) == ((), None, None, 0)


async def test_adult_pictures_are_shown_in_restricted_channels_only():
    async with a_studio() as studio:
        album, night = studio.album, await an_adult_project(studio)
        adult = await drawn(studio, project=night.id)
        plain = await drawn(studio)
        open_page = await album.page(ALL, channel=HERE)
        nowhere = await album.page(replace(ALL, project=night.id), channel=None)
        with pytest.raises(NotAllowed, match="adult project"):
            await album.compare((adult.id, None), (plain.id, None), AIKO, channel=HERE)
        studio.poster.restricted.add(HERE)
        dark_page = await album.page(ALL, channel=HERE)
    assert (open_page.hidden, len(open_page.leaves)) == (1, 2)
    assert (nowhere.hidden, nowhere.sheet) == (1, None)
    assert dark_page.hidden == 0
    assert studio.darkroom.sheets[0] == ["#2 · 1"]


async def test_what_is_found_shows_the_first_picture_of_each_that_has_one():
    async with a_studio() as studio:
        album = studio.album
        made = await drawn(studio, pictures=[png(), png(grey=3)])
        first, _ = await studio.jobs.artifacts(made.id)
        await studio.stored()
        found = await album.find("silver  hair", AIKO, channel=HERE)
        await studio.stores.artifacts.delete([first.id], at=NOW)
        await album.find("harbour", AIKO, channel=HERE)
        nothing = await album.find("lantern", AIKO, channel=HERE)
    assert [job.id for job in found.jobs] == [2, 1]
    assert studio.darkroom.sheets == [["#1 · 1"], ["#1 · 2"]]
    assert (nothing.jobs, nothing.sheet, nothing.older) == ((), None, None)


async def test_what_is_found_is_paged():
    async with a_studio() as studio:
        for _ in range(9):
            await studio.stored()
        album = studio.album
        first = await album.find("harbour", AIKO, channel=HERE)
        rest = await album.find("harbour", AIKO, channel=HERE, at=first.older)
        back = await album.find("harbour", AIKO, channel=HERE, at=rest.newer)
    assert [job.id for job in first.jobs] == [9, 8, 7, 6, 5, 4, 3, 2]
    assert ([job.id for job in rest.jobs], rest.older) == ([1], None)
    assert back.jobs == first.jobs


@pytest.mark.parametrize("words", ["", "  ", "*** !", "…"])
def test_nothing_is_no_search(words):
    with pytest.raises(BadRequest, match="no word"):
        searched(words)


def test_a_search_fits_into_a_button():
    assert searched("  a   heron ") == "a heron"
    assert searched("x" * MOST_WORDS) == "x" * MOST_WORDS
    for long in ("x" * (MOST_WORDS + 1), "a" + "\N{ARTIST PALETTE}" * (MOST_WORDS // 2)):
        with pytest.raises(BadRequest, match=str(MOST_WORDS)):
            searched(long)


async def test_two_pictures_are_compared_by_parameters_and_by_pixels():
    async with a_studio() as studio:
        one = await drawn(studio, recipe=a_recipe(seed=1))
        other = await drawn(studio, recipe=a_recipe(seed=2), pictures=[png(grey=3)])
        compared = await studio.album.compare((one.id, None), (other.id, 1), AIKO, channel=HERE)
        (artifact,) = await studio.jobs.artifacts(one.id)
        del studio.shelf.files[artifact.path]
        blind = await studio.album.compare((one.id, None), (other.id, 1), AIKO, channel=HERE)
    assert [(row.name, row.left, row.right) for row in compared.differing] == [("seed", "1", "2")]
    assert compared.difference.pixels > 0
    assert (blind.difference, blind.sheet.missing) == (None, ("#1 · 1",))


async def test_what_cannot_be_compared_says_why():
    async with a_studio() as studio:
        album = studio.album
        job = await drawn(studio, pictures=[png(), png(grey=3)])
        waiting = await studio.stored()
        first, _ = await studio.jobs.artifacts(job.id)
        cases = {
            (1, None): (BadRequest, "picture 1 of #1 twice"),
            (1, 3): (NotFound, "1 to 2"),
            (waiting.id, None): (NotFound, "no picture; its state: queued"),
            (99, None): (NotFound, "#99"),
        }
        for named, (error, words) in cases.items():
            with pytest.raises(error, match=words):
                await album.compare((1, None), named, AIKO, channel=HERE)
        await studio.stores.artifacts.delete([first.id], at=NOW)
        with pytest.raises(NotFound, match="was deleted"):
            await album.compare((1, 1), (1, 2), AIKO, channel=HERE)
        with pytest.raises(NotFound, match="here"):
            await album.compare((1, 2), (1, 2), replace(BOSS, guild=9), channel=HERE)


async def test_what_looks_like_an_earlier_picture_is_named_unless_that_is_its_parent_or_gone():
    async with a_studio() as studio:
        artifacts = studio.stores.artifacts
        await drawn(studio)
        copy = await drawn(studio, pictures=[png(), png(grey=3)])
        (first,) = await studio.jobs.artifacts(1)
        pictures = await studio.jobs.artifacts(copy.id)
        child = replace(copy, lineage=a_lineage(parent=1, how=Descent.VARY))
        assert await twin_words(copy, pictures, artifacts) == ("Picture 1 looks like #1, picture 1.",)
        assert await twin_words(copy, pictures[:1], artifacts) == ("It looks like #1, picture 1.",)
        assert await twin_words(child, pictures, artifacts) == ()
        assert (await studio.album.twins(pictures)).keys() == {first.id}
        await artifacts.delete([first.id], at=NOW)
        assert await twin_words(copy, pictures, artifacts) == ()
