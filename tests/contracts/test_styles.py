import pytest

from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.generation import Aspect
from bot.core.styles import StyleSheet
from tests.builders import NOW, USER, a_lora, a_new_project, a_size

WHOLE = StyleSheet(
    model="illustrious_xl.safetensors",
    sampler="euler",
    scheduler="karras",
    steps=28,
    cfg=0.0,
    size=a_size(),
    positive="ink drawing, {prompt}",
    negative="colour",
    loras=(a_lora(), a_lora(name="ink_lines.safetensors", strength=-0.5)),
)


@pytest.fixture
async def project(stores):
    made = await stores.projects.add(a_new_project())
    return made.id


async def added(stores, project, name="Ink", sheet=WHOLE, **changes):
    values = {"by": USER, "at": NOW, "why": "the look of the first episode", **changes}
    return await stores.styles.add(project=project, name=name, sheet=sheet, **values)


@pytest.mark.parametrize("sheet", [WHOLE, StyleSheet(size=Aspect.WIDE), StyleSheet()])
async def test_a_style_comes_back_as_it_was_given(stores, project, sheet):
    style = await added(stores, project, sheet=sheet)
    assert (style.project, style.name, style.created, style.created_by) == (project, "Ink", NOW, USER)
    assert (style.sheet, style.revision.number) == (sheet, 1)
    assert style.revision.why == "the look of the first episode"
    assert await stores.styles.get(style.id) == style
    assert await stores.styles.history(style.id) == [style.revision]


async def test_an_unknown_style_is_not_found(stores):
    with pytest.raises(NotFound):
        await stores.styles.get(2**64)


async def test_a_name_is_taken_once_in_a_project(stores, project):
    await added(stores, project)
    with pytest.raises(BadRequest, match="`Ink`"):
        await added(stores, project, "INK")
    other = await stores.projects.add(a_new_project(name="Fox"))
    await added(stores, other.id)
    assert [style.name for style in await stores.styles.of_project(project)] == ["Ink"]


async def test_styles_are_found_by_name_whatever_its_case_and_by_a_part_of_it(stores, project):
    for name in ("Thin Ink", "ink", "Wash"):
        await added(stores, project, name)
    assert (await stores.styles.named(project, "THIN ink")).name == "Thin Ink"
    assert await stores.styles.named(project, "thin") is None
    assert [style.name for style in await stores.styles.matching(project, "INK")] == ["ink", "Thin Ink"]
    assert len(await stores.styles.matching(project, "", limit=2)) == 2
    assert [style.name for style in await stores.styles.of_project(project)] == ["ink", "Thin Ink", "Wash"]


async def test_every_state_of_a_style_is_kept_the_newest_first(stores, project):
    style = await added(stores, project)
    changed = StyleSheet(steps=30)
    revised = await stores.styles.revise(
        style, sheet=changed, by=7, at=NOW + 5, why="sharper", name="Thin Ink"
    )
    assert (revised.name, revised.sheet, revised.revision.number) == ("Thin Ink", changed, 2)
    assert (revised.created, revised.created_by) == (NOW, USER)
    assert await stores.styles.get(style.id) == revised
    assert await stores.styles.history(style.id) == [revised.revision, style.revision]


async def test_who_read_an_older_state_cannot_change_the_newer_one(stores, project):
    style = await added(stores, project)
    newer = await stores.styles.revise(style, sheet=StyleSheet(steps=30), by=7, at=NOW, why="sharper")
    with pytest.raises(WrongState, match="“Ink”"):
        await stores.styles.revise(style, sheet=StyleSheet(steps=9), by=8, at=NOW, why="quicker")
    assert await stores.styles.get(style.id) == newer


async def test_a_style_cannot_take_the_name_of_another(stores, project):
    await added(stores, project, "Wash")
    style = await added(stores, project)
    with pytest.raises(BadRequest, match="`Wash`"):
        await stores.styles.revise(style, sheet=WHOLE, by=7, at=NOW, why="", name="wash")
    kept = await stores.styles.revise(style, sheet=WHOLE, by=7, at=NOW, why="", name="INK")
    assert kept.name == "INK"


async def test_a_style_that_never_was_has_no_history(stores):
    assert await stores.styles.history(9) == []
