from dataclasses import replace

import pytest

from bot.core.casting import MOST_VARIATIONS, Sketch
from bot.core.catalogue import ModelFacts
from bot.core.characters import Appearance, VariationKind
from bot.core.describing import Clash, marks_of
from bot.core.errors import BadRequest, NotFound, UnknownName
from bot.core.families import ModelFamily
from bot.core.generation import CastMember, Lora
from bot.core.job import JobState
from bot.core.library import slug_of
from bot.core.review import Review
from bot.core.styles import StyleSheet
from tests.builders import GUILD, NOW, USER, a_catalogue, a_new_project, a_recipe, a_verdict, an_artifact
from tests.studio.house import AIKO, BOSS, a_studio

STRANGER = replace(AIKO, guild=GUILD + 1)


async def a_home(studio, name="Harbor", guild=GUILD):
    return await studio.stores.projects.add(a_new_project(guild=guild, name=name, slug=slug_of(name)))


async def made(studio, name="Yuki", home=None, **said):
    home = home or await a_home(studio)
    return home, await studio.casting.create(Sketch(name=name, **said), home, AIKO)


async def test_a_character_is_made_of_what_was_said():
    async with a_studio() as studio:
        home, yuki = await made(
            studio,
            " @Yuki ",
            design_prompt="1girl,\nsilver hair",
            trigger="yuki",
            lora="Mira_v2",
            lora_strength=0.7,
        )
        assert (yuki.name, yuki.slug, yuki.project) == ("Yuki", "yuki", home.id)
        assert (yuki.design_prompt, yuki.trigger) == ("1girl, silver hair", "yuki")
        assert yuki.lora == Lora(name="mira_v2.safetensors", strength=0.7)
        assert (yuki.created, yuki.created_by) == (studio.clock.now(), USER)


async def test_two_projects_may_each_have_their_own():
    async with a_studio() as studio:
        harbor, mine = await made(studio)
        tower, theirs = await made(studio, home=await a_home(studio, "Tower"), design_prompt="a fox")
        assert await studio.casting.named("yuki", harbor) == mine
        assert await studio.casting.named("@Yuki", tower) == theirs
        assert await studio.casting.matching("yu", AIKO, harbor) == [mine]
        assert await studio.casting.of_project(tower) == [theirs]


async def test_a_name_is_given_once_in_a_project():
    async with a_studio() as studio:
        home, _ = await made(studio)
        with pytest.raises(BadRequest, match="already"):
            await made(studio, "YUKI", home)


async def test_names_of_which_nothing_can_be_kept_are_numbered():
    async with a_studio() as studio:
        home, first = await made(studio, "雪")
        _, second = await made(studio, "月", home)
        await studio.casting.archive(first, AIKO)
        _, third = await made(studio, "🦊", home)
        assert [one.slug for one in (first, second, third)] == ["character-1", "character-2", "character-3"]


async def test_names_that_read_alike_in_a_folder_get_folders_of_their_own():
    async with a_studio() as studio:
        home, first = await made(studio, "Yuki")
        _, second = await made(studio, "Yuki!", home)
        assert (first.slug, second.slug) == ("yuki", "yuki-2")


async def test_without_a_name_there_is_no_character():
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match="no name"):
            await studio.casting.create(Sketch(trigger="x"), await a_home(studio), AIKO)


async def test_an_unknown_lora_is_refused_with_the_nearest():
    async with a_studio() as studio:
        with pytest.raises(UnknownName, match="no LoRA called `mira`"):
            await made(studio, lora="mira")
        assert studio.stores.memory.characters == {}


async def test_before_comfyui_was_ever_reached_a_lora_is_taken_on_trust():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        _, yuki = await made(studio, lora="whatever")
        assert yuki.lora == Lora(name="whatever")


async def test_a_lora_fits_the_checkpoint_of_the_projects_style():
    async with a_studio() as studio:
        facts = {
            "mira_v2.safetensors": ModelFacts(family=ModelFamily.SD15),
            "illustrious_xl.safetensors": ModelFacts(family=ModelFamily.SDXL),
        }
        studio.workshop.catalogue = a_catalogue(facts=facts)
        home = await a_home(studio)
        style = await studio.stores.styles.add(
            project=home.id,
            name="Night",
            sheet=StyleSheet(model="illustrious_xl.safetensors"),
            by=USER,
            at=NOW,
        )
        home = replace(home, style=style.id)
        with pytest.raises(BadRequest, match=r"mira_v2.*illustrious_xl"):
            await made(studio, home=home, lora="mira_v2")
        _, yuki = await made(studio, home=home, lora="ink_lines")
        assert yuki.lora is not None


async def test_somebody_unknown_is_answered_with_the_nearest():
    async with a_studio() as studio:
        home, _ = await made(studio)
        with pytest.raises(UnknownName) as told:
            await studio.casting.named("Yukki", home)
        assert told.value.nearest == ("Yuki",)


async def test_somebody_of_another_project_is_answered_with_where_they_are():
    async with a_studio() as studio:
        await made(studio)
        tower = await a_home(studio, "Tower")
        with pytest.raises(BadRequest, match="“Yuki” is a character of “Harbor”, not of “Tower”") as told:
            await studio.casting.named("Yuki", tower)
        assert "/character import" in told.value.hint


async def test_somebody_of_another_server_does_not_exist():
    async with a_studio() as studio:
        home, yuki = await made(studio)
        with pytest.raises(NotFound):
            await studio.casting.by_id(yuki.id, STRANGER)
        assert await studio.casting.by_id(yuki.id, BOSS) == yuki
        assert await studio.casting.matching("y", STRANGER, home) == []
        assert await studio.casting.matching("y", AIKO, None) == []


async def test_who_is_archived_is_kept_and_offered_nowhere():
    async with a_studio() as studio:
        home, yuki = await made(studio)
        away = await studio.casting.archive(yuki, AIKO)
        assert away.archived == studio.clock.now()
        assert await studio.casting.matching("y", AIKO, home) == []
        assert await studio.casting.of_project(home) == []
        assert await studio.casting.of_project(home, archived=True) == [away]
        assert await studio.casting.named("Yuki", home) == away
        for change in (
            studio.casting.active("Yuki", home),
            studio.casting.archive(away, AIKO),
            studio.casting.edit(away, Sketch(name="x")),
            studio.casting.describe(away.id, Appearance(), AIKO),
            studio.casting.add_variation(away, kind=VariationKind.POSE, name="x", prompt="x"),
        ):
            with pytest.raises(BadRequest, match="archived"):
                await change
        back = await studio.casting.restore(away, AIKO)
        assert back == yuki
        assert await studio.casting.active("Yuki", home) == back
        with pytest.raises(BadRequest, match="not archived"):
            await studio.casting.restore(back, AIKO)


async def test_an_edit_changes_what_it_says_and_nothing_else():
    async with a_studio() as studio:
        _, yuki = await made(studio, design_prompt="1girl", trigger="yuki", lora="mira_v2")
        changed = await studio.casting.edit(yuki, Sketch(trigger="snow", lora_strength=0.5))
        assert changed == replace(yuki, trigger="snow", lora=Lora(name="mira_v2.safetensors", strength=0.5))
        bare = await studio.casting.edit(changed, Sketch(design_prompt="", lora=""))
        assert (bare.design_prompt, bare.lora, bare.trigger) == ("", None, "snow")
        renamed = await studio.casting.edit(bare, Sketch(name="Yuki-hime"))
        assert (renamed.name, renamed.slug) == ("Yuki-hime", "yuki")


async def test_an_edit_that_says_nothing_is_refused():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        with pytest.raises(BadRequest, match="Nothing was said"):
            await studio.casting.edit(yuki, Sketch())


async def test_the_appearance_is_written_down_cleaned():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        changed = (await studio.casting.describe(yuki.id, Appearance(hair=" silver\n hair "), AIKO)).character
        assert changed.appearance == Appearance(hair="silver hair")
        with pytest.raises(NotFound):
            await studio.casting.describe(yuki.id, Appearance(), STRANGER)


async def test_of_two_forms_that_are_open_at_once_neither_undoes_the_other():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        marks = marks_of(yuki.appearance)
        await studio.casting.describe(yuki.id, Appearance(hair="silver", eyes="green"), BOSS, marks=marks)
        later = Appearance(hair="white", clothing="a coat")
        described = await studio.casting.describe(yuki.id, later, AIKO, marks=marks)
        assert described.character.appearance == Appearance(hair="silver", eyes="green", clothing="a coat")
        assert described.clashes == (Clash(trait="hair", kept="silver", written="white"),)


async def test_who_describes_in_the_very_moment_of_another_change_describes_what_it_became():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        change = studio.stores.characters.change

        async def just_too_late(character, *, was):
            studio.stores.characters.change = change
            await studio.casting.edit(yuki, Sketch(trigger="yukistyle"))
            return await change(character, was=was)

        studio.stores.characters.change = just_too_late
        described = await studio.casting.describe(yuki.id, Appearance(hair="silver"), AIKO)
        assert (described.character.trigger, described.character.appearance.hair) == ("yukistyle", "silver")


async def test_variations_come_and_go():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        kimono = await studio.casting.add_variation(
            yuki, kind=VariationKind.OUTFIT, name=" kimono ", prompt="white\nkimono"
        )
        assert (kimono.name, kimono.prompt) == ("kimono", "white kimono")
        assert await studio.casting.variations(yuki) == [kimono]
        with pytest.raises(BadRequest, match="already"):
            await studio.casting.add_variation(yuki, kind=VariationKind.POSE, name="KIMONO", prompt="x")
        with pytest.raises(BadRequest, match="prompt is empty"):
            await studio.casting.add_variation(yuki, kind=VariationKind.POSE, name="x", prompt=" ")
        with pytest.raises(UnknownName, match="no variation called"):
            await studio.casting.remove_variation(yuki, "kimona")
        assert await studio.casting.remove_variation(yuki, "Kimono ") == kimono
        assert await studio.casting.variations(yuki) == []


async def test_the_usual_variations_are_added_beside_those_there_are():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        mine = await studio.casting.add_variation(yuki, kind=VariationKind.OUTFIT, name="Smile", prompt="x")
        added = await studio.casting.add_usual(yuki, [VariationKind.EXPRESSION])
        assert [one.name for one in added] == ["neutral", "angry", "sad"]
        assert await studio.casting.variations(yuki) == [mine, *added]
        away = await studio.casting.archive(yuki, AIKO)
        with pytest.raises(BadRequest, match="archived"):
            await studio.casting.add_usual(away, [VariationKind.POSE])


async def test_there_can_be_so_many_variations():
    async with a_studio() as studio:
        _, yuki = await made(studio)
        for number in range(MOST_VARIATIONS):
            await studio.casting.add_variation(yuki, kind=VariationKind.POSE, name=f"p{number}", prompt="x")
        with pytest.raises(BadRequest, match="that is the most"):
            await studio.casting.add_variation(yuki, kind=VariationKind.POSE, name="more", prompt="x")


async def test_a_profile_counts_what_was_drawn_and_approved():
    async with a_studio() as studio:
        home, yuki = await made(studio)
        member = CastMember(id=yuki.id, name=yuki.name, slug=yuki.slug)
        job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING, recipe=a_recipe(cast=(member,)))
        drawn = replace(job.to(JobState.RENDERED, at=NOW))
        pictures = [an_artifact(job=job.id, index=index, path=f"p{index}") for index in (1, 2)]
        await studio.jobs.rendered(drawn, was=JobState.RUNNING, artifacts=pictures)
        picture = (await studio.jobs.artifacts(job.id))[0]
        await studio.stores.reviews.decide(a_verdict(artifact=picture.id, after=Review.APPROVED))
        profile = await studio.casting.profile(yuki)
        assert (profile.drawn, profile.approved) == (2, 1)
        assert (profile.character, profile.project) == (yuki, home)
        assert (profile.variations, profile.references, profile.lessons) == ([], [], [])
