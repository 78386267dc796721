"""The style book: every change kept with who, when and why, and none that cannot be taken back."""

import pytest

from bot.core.characters import Character
from bot.core.errors import BadRequest, NotFound, UnknownName, WrongState
from bot.core.generation import CastMember, Lora, StyleUsed
from bot.core.styles import Change, StyleSheet
from bot.core.styling import EMPTY, StyleField
from bot.ports.library import NewCharacter
from bot.studio.control import Actor
from tests.builders import GUILD, NOW, USER, a_job, a_lora, a_recipe
from tests.studio.house import AIKO, BOSS, a_studio

INK = StyleSheet(model="illustrious_xl", sampler="euler", steps=28, positive="ink, {prompt}")


async def a_project(studio, name="Harbour"):
    return await studio.library.create(name, gallery=None, actor=AIKO)


async def a_style(studio, project=None, sheet=INK, name="Ink"):
    home = project or await a_project(studio)
    return await studio.styles.create(name, sheet, project=home, actor=AIKO, why="the first look")


async def a_character(studio, project, lora) -> Character:
    new = NewCharacter(project=project.id, name="Yuki", slug="yuki", by=USER, at=NOW, lora=lora)
    return await studio.stores.characters.add(new)


# ── made


async def test_a_style_is_kept_as_comfyui_spells_it():
    async with a_studio() as studio:
        project = await a_project(studio)
        style = await a_style(studio, project, name=" Thin\u202e  Ink ")
        assert await studio.styles.named("thin ink", project) == style
        assert await studio.styles.of_project(project) == [style]
        assert await studio.styles.matching("INK", project) == [style]
    assert (style.name, style.sheet.model) == ("Thin Ink", "illustrious_xl.safetensors")
    assert (style.revision.by, style.revision.at, style.revision.why) == (USER, NOW, "the first look")


@pytest.mark.parametrize(
    ("name", "sheet", "words"),
    [
        ("", INK, "name is empty"),
        ("x" * 200, INK, "has 200 characters"),
        ("Ink", EMPTY, "says nothing"),
        ("Ink", StyleSheet(sampler="eulr"), "no sampler called"),
        ("Ink", StyleSheet(steps=999), "`steps`"),
        ("ROUGH", INK, "`Rough` already"),
    ],
)
async def test_what_cannot_be_a_style_is_refused(name, sheet, words):
    async with a_studio() as studio:
        project = await a_project(studio)
        await a_style(studio, project, name="Rough")
        with pytest.raises(BadRequest, match=words):
            await studio.styles.create(name, sheet, project=project, actor=AIKO)
        assert len(await studio.styles.of_project(project)) == 1


async def test_a_style_is_taken_from_a_job_without_what_its_characters_brought():
    async with a_studio() as studio:
        project = await a_project(studio)
        yuki = await a_character(studio, project, a_lora())
        gone = CastMember(id=99, name="Ren", slug="ren")
        recipe = a_recipe(
            loras=(a_lora(), Lora(name="ink_lines.safetensors")),
            cast=(CastMember(id=yuki.id, name="Yuki", slug="yuki"), gone),
        )
        sheet = await studio.styles.sheet_from(a_job(recipe=recipe))
    assert (sheet.model, sheet.steps, sheet.size) == (recipe.model, recipe.steps, recipe.size)
    assert sheet.loras == (Lora(name="ink_lines.safetensors"),)
    assert (sheet.positive, sheet.negative) == ("", "")


@pytest.mark.parametrize(("revision", "positive"), [(1, "ink, {prompt}"), (2, "wash, {prompt}"), (9, "")])
async def test_the_words_of_a_style_from_a_job_are_those_that_it_was_drawn_with(revision, positive):
    async with a_studio() as studio:
        style = await a_style(studio)
        await studio.styles.edit(style, StyleSheet(positive="wash, {prompt}"), actor=AIKO, why="softer")
        used = StyleUsed(id=style.id, name="Ink", revision=revision)
        sheet = await studio.styles.sheet_from(a_job(recipe=a_recipe(style=used)))
    assert sheet.positive == positive


async def test_styles_belong_to_a_project_and_to_a_server():
    async with a_studio() as studio:
        style = await a_style(studio)
        other = await a_project(studio, "Fox")
        with pytest.raises(UnknownName, match="no style called"):
            await studio.styles.named("Ink", other)
        assert (await studio.styles.of_id(style.id, AIKO))[0] == style
        with pytest.raises(NotFound):
            await studio.styles.of_id(style.id, Actor(user=1, guild=GUILD + 1))


# ── changed


async def test_a_change_tells_what_became_of_it_and_keeps_why():
    async with a_studio() as studio:
        style = await a_style(studio)
        revised, changes = await studio.styles.edit(
            style,
            StyleSheet(steps=40, loras=(Lora(name="ink_lines"),)),
            actor=BOSS,
            why=" sharper\x07 lines ",
            clear=[StyleField.SAMPLER],
            name="Fine Ink",
        )
        told = await studio.styles.history(revised)
    assert (revised.name, revised.revision.number, revised.revision.by) == ("Fine Ink", 2, BOSS.user)
    assert revised.revision.why == "sharper lines"
    assert changes == (
        Change(name="sampler", before="euler", after=""),
        Change(name="steps", before="28", after="40"),
        Change(name="loras", before="", after="ink_lines.safetensors at 1"),
    )
    assert [one.revision.number for one in told] == [2, 1]
    assert told[0].changes == changes
    assert [change.name for change in told[1].changes] == ["model", "sampler", "steps", "positive"]


async def test_a_lora_goes_by_its_name():
    async with a_studio() as studio:
        style = await a_style(studio, sheet=StyleSheet(loras=(a_lora(), Lora(name="ink_lines"))))
        revised, _ = await studio.styles.edit(
            style, EMPTY, actor=AIKO, why="she has her own", without_lora="mira_v2"
        )
    assert [lora.name for lora in revised.sheet.loras] == ["ink_lines.safetensors"]


async def test_what_changes_nothing_is_no_change():
    async with a_studio() as studio:
        style = await a_style(studio)
        with pytest.raises(BadRequest, match="nothing would change"):
            await studio.styles.edit(style, StyleSheet(steps=28), actor=AIKO, why="?")


async def test_of_two_who_change_a_style_at_once_the_second_is_told():
    async with a_studio() as studio:
        style = await a_style(studio)
        await studio.styles.edit(style, StyleSheet(steps=40), actor=AIKO, why="sharper")
        with pytest.raises(WrongState, match="meanwhile"):
            await studio.styles.edit(style, StyleSheet(steps=12), actor=BOSS, why="quicker")


# ── taken back


async def test_a_change_is_taken_back_by_another_that_says_so():
    async with a_studio() as studio:
        project = await a_project(studio)
        style = await a_style(studio, project)
        second, _ = await studio.styles.edit(style, StyleSheet(steps=40), actor=AIKO, why="sharper")
        third, _ = await studio.styles.edit(second, StyleSheet(cfg=7.0), actor=AIKO, why="stricter")
        back, changes = await studio.styles.take_back(third, 2, project=project, actor=BOSS)
    assert (back.sheet.steps, back.sheet.cfg, back.revision.number) == (28, 7.0, 4)
    assert (back.revision.by, back.revision.why) == (BOSS.user, "takes back revision 2")
    assert changes == (Change(name="steps", before="40", after="28"),)


@pytest.mark.parametrize("number", [0, 1, 9])
async def test_what_is_no_change_cannot_be_taken_back(number):
    async with a_studio() as studio:
        project = await a_project(studio)
        style = await a_style(studio, project)
        with pytest.raises(NotFound, match=f"no revision {number}"):
            await studio.styles.take_back(style, number, project=project, actor=AIKO)


# ── used


async def test_a_project_draws_in_a_style_until_it_is_told_otherwise():
    async with a_studio() as studio:
        project = await a_project(studio)
        style = await a_style(studio, project)
        assert await studio.styles.in_use(project) is None
        used = await studio.styles.use(style, project, AIKO)
        assert await studio.styles.in_use(used) == style
        assert (await studio.library.named("Harbour", AIKO)).style == style.id
        assert (await studio.styles.use(None, used, AIKO)).style is None


async def test_the_styles_of_an_archived_project_rest():
    async with a_studio() as studio:
        project = await a_project(studio)
        style = await a_style(studio, project)
        archived = await studio.library.archive(project, AIKO)
        for ask in (
            studio.styles.use(style, archived, AIKO),
            studio.styles.take_back(style, 2, project=archived, actor=AIKO),
        ):
            with pytest.raises(WrongState, match="archived"):
                await ask
