"""Everything that a request names is found, and decides what ComfyUI is given."""

from dataclasses import replace

import pytest

from bot.core.catalogue import ModelFacts
from bot.core.characters import Appearance, VariationKind
from bot.core.errors import BadRequest, UnknownName
from bot.core.families import ModelFamily
from bot.core.generation import Aspect, CastMember, Lora, StyleUsed
from bot.core.job import JobState
from bot.core.styles import StyleSheet
from bot.ports.library import NewCharacter
from tests.builders import NOW, USER, a_catalogue, a_lesson, a_lora, a_request, an_origin
from tests.studio.house import AIKO, a_studio

PLAIN = "counterfeit_v3.safetensors"


async def a_project(studio, name="Harbour"):
    return await studio.library.create(name, gallery=None, actor=AIKO)


async def a_character(studio, project, name="Mira", **changes):
    new = NewCharacter(
        project=project.id, name=name, slug=name.casefold().replace(" ", "-"), by=USER, at=NOW, **changes
    )
    return await studio.stores.characters.add(new)


async def a_variation(studio, character, name, prompt, kind=VariationKind.OUTFIT):
    return await studio.stores.characters.add_variation(
        character=character.id, kind=kind, name=name, prompt=prompt
    )


async def a_style(studio, project, name="Ink", **sheet):
    return await studio.stores.styles.add(
        project=project.id, name=name, sheet=StyleSheet(**sheet), by=USER, at=NOW
    )


async def drafted(studio, prompt="a heron", *, project="Harbour", **said):
    request = a_request(prompt=prompt, project=project, **{"model": PLAIN, **said})
    return (await studio.submit.prepare(request, an_origin())).plan


async def refused(studio, *said, **more):
    with pytest.raises(BadRequest) as refusal:
        await drafted(studio, *said, **more)
    assert refusal.value.message
    assert refusal.value.hint
    return refusal.value


# ── characters


async def test_a_character_changes_what_is_drawn_and_is_kept_with_the_recipe():
    async with a_studio() as studio:
        home = await a_project(studio)
        mira = await a_character(studio, home, design_prompt="1girl, silver hair", lora=a_lora())
        await a_variation(studio, mira, "kimono", "floral kimono")
        plan = await drafted(studio, "dusk", characters=("Mira",), variations=("kimono",))
    assert plan.recipe.prompt == "1girl, silver hair, floral kimono, dusk"
    assert plan.recipe.loras == (a_lora(),)
    assert plan.recipe.cast == (CastMember(id=mira.id, name="Mira", slug="mira", variations=("kimono",)),)


@pytest.mark.parametrize(
    ("prompt", "characters"),
    [
        ("dusk", ("Mira, the Elder, Kai",)),
        ("dusk", ("mira, the elder", "@KAI")),
        ("@Mira, the Elder and @kai, dusk", ()),
        ("@[mira, the elder] with @kai", ("Mira, the Elder,",)),
    ],
)
async def test_several_characters_come_in_by_option_or_mention_the_longest_name_first(prompt, characters):
    async with a_studio() as studio:
        home = await a_project(studio)
        for name in ("Mira", "Mira, the Elder", "Kai"):
            await a_character(studio, home, name, design_prompt=f"looks of {name[-1]}")
        plan = await drafted(studio, prompt, characters=characters)
    assert [member.name for member in plan.recipe.cast] == ["Mira, the Elder", "Kai"]
    assert "looks of r" in plan.recipe.prompt


async def test_a_character_is_found_by_its_slug_too():
    async with a_studio() as studio:
        home = await a_project(studio)
        await a_character(studio, home, "Mira of the North", design_prompt="tall")
        plan = await drafted(studio, "@mira-of-the-north, dusk")
    assert plan.recipe.prompt == "tall, dusk"


async def test_an_unknown_character_is_refused_with_the_nearest():
    async with a_studio() as studio:
        await a_character(studio, await a_project(studio))
        for said in ({"characters": ("Mirra",)}, {"prompt": "@Mirra at dusk"}):
            refusal = await refused(studio, **said)
            assert isinstance(refusal, UnknownName)
            assert refusal.nearest == ("Mira",)
        assert refusal.hint == "Nearest: `Mira`. If nobody is meant, write `\\@Mirra`."


async def test_a_character_of_another_project_is_refused_with_where_it_lives():
    async with a_studio() as studio:
        await a_project(studio)
        await a_character(studio, await a_project(studio, "Lanterns"))
        refusal = await refused(studio, "@Mira at dusk")
    assert "Lanterns" in refusal.message
    assert "export" in refusal.hint


async def test_an_archived_character_is_refused():
    async with a_studio() as studio:
        mira = await a_character(studio, await a_project(studio))
        await studio.stores.characters.change(replace(mira, archived=NOW), was=mira)
        assert "archived" in (await refused(studio, "@Mira at dusk")).message


@pytest.mark.parametrize(
    "said",
    [
        {"prompt": "@Mira at dusk"},
        {"characters": ("Mira",)},
        {"style": "Ink"},
        {"variations": ("kimono",)},
    ],
    ids=lambda said: next(iter(said)),
)
async def test_without_a_project_names_of_its_people_and_styles_are_refused(said):
    async with a_studio() as studio:
        refusal = await refused(studio, **{"project": None, **said})
    assert "project" in refusal.hint or "character" in refusal.hint


async def test_signs_that_name_nobody_are_drawn_as_they_are():
    async with a_studio() as studio:
        plan = await drafted(studio, "@everyone, :@, @_@, \\@home, a@b", project=None)
    assert plan.recipe.prompt == "@everyone, :@, @_@, @home, a@b"


# ── variations


async def test_a_variation_that_several_have_is_meant_for_all_unless_it_is_said_whose():
    async with a_studio() as studio:
        home = await a_project(studio)
        for name in ("Mira", "Kai"):
            who = await a_character(studio, home, name)
            await a_variation(studio, who, "kimono", f"kimono of {name}")
        both = await drafted(studio, characters=("Mira, Kai",), variations=("kimono",))
        one = await drafted(studio, characters=("Mira, Kai",), variations=("Kai: Kimono",))
    assert [member.variations for member in both.recipe.cast] == [("kimono",), ("kimono",)]
    assert [member.variations for member in one.recipe.cast] == [(), ("kimono",)]


async def test_an_unknown_variation_is_refused_with_the_nearest():
    async with a_studio() as studio:
        mira = await a_character(studio, await a_project(studio))
        await a_variation(studio, mira, "kimono", "floral kimono")
        refusal = await refused(studio, characters=("Mira",), variations=("kimon, ",))
    assert refusal.nearest == ("kimono",)


# ── styles


async def test_the_projects_style_draws_unless_another_is_named_and_the_asker_goes_before_both():
    async with a_studio() as studio:
        home = await a_project(studio)
        own = await a_style(
            studio,
            home,
            steps=12,
            cfg=3.0,
            sampler="euler",
            scheduler="karras",
            size=Aspect.SQUARE,
            positive="{prompt}, ink",
            negative="photo",
            model=PLAIN,
            loras=(Lora(name="ink_lines", strength=0.5),),
        )
        await a_style(studio, home, "Oil", positive="oil")
        await studio.stores.projects.change(replace(home, style=own.id), was=home)
        plain = await drafted(studio, model=None)
        asked = await drafted(studio, steps=9, cfg=0.0, loras=(Lora(name="ink_lines", strength=1.5),))
        other = await drafted(studio, style="oil")
    recipe = plain.recipe
    assert (recipe.steps, recipe.cfg, recipe.sampler, recipe.scheduler) == (12, 3.0, "euler", "karras")
    assert (str(recipe.size), recipe.model) == ("512×512", PLAIN)
    assert (recipe.prompt, recipe.negative) == ("a heron, ink", "photo")
    assert recipe.loras == (Lora(name="ink_lines.safetensors", strength=0.5),)
    assert recipe.style == StyleUsed(id=own.id, name="Ink", revision=1)
    assert (asked.recipe.steps, asked.recipe.cfg) == (9, 0.0)
    assert asked.recipe.loras == (Lora(name="ink_lines.safetensors", strength=1.5),)
    assert (other.recipe.prompt, other.recipe.steps) == ("a heron, oil", 25)


async def test_an_unknown_style_is_refused_with_the_nearest():
    async with a_studio() as studio:
        await a_style(studio, await a_project(studio))
        assert (await refused(studio, style="Inc")).nearest == ("Ink",)


async def test_the_projects_workflow_draws_unless_another_is_named():
    async with a_studio() as studio:
        home = await a_project(studio)
        studio.workflows["flat"] = replace(studio.workflows["txt2img"], name="flat")
        await studio.stores.projects.change(replace(home, workflow="flat"), was=home)
        assert (await drafted(studio)).recipe.workflow == "flat"
        assert (await drafted(studio, workflow="txt2img")).recipe.workflow == "txt2img"


# ── models that do not fit, or are not there


def with_families(**families):
    facts = {f"{name}.safetensors": ModelFacts(family=family) for name, family in families.items()}
    return a_catalogue(facts=facts)


async def test_a_lora_of_another_family_is_refused_with_both_names_and_both_families():
    async with a_studio() as studio:
        home = await a_project(studio)
        studio.workshop.catalogue = with_families(counterfeit_v3=ModelFamily.SD15, mira_v2=ModelFamily.SDXL)
        await a_character(studio, home, lora=a_lora())
        for said in ({"characters": ("Mira",)}, {"loras": (a_lora(),)}):
            refusal = await refused(studio, **said)
            for words in ("mira_v2.safetensors", "SDXL", "counterfeit_v3.safetensors", "SD1.5"):
                assert words in refusal.message


async def test_a_lora_of_which_nothing_is_known_is_applied():
    async with a_studio() as studio:
        await a_project(studio)
        plan = await drafted(studio, loras=(a_lora(),))
    assert plan.loras[0].belonging is None


async def test_a_checkpoint_that_is_only_assumed_to_be_of_a_family_bars_no_lora():
    async with a_studio() as studio:
        await a_project(studio)
        studio.workshop.catalogue = with_families(mira_v2=ModelFamily.SDXL)
        assert (await drafted(studio, loras=(a_lora(),))).recipe.loras


@pytest.mark.parametrize(
    "sheet",
    [{"model": "gone"}, {"loras": (a_lora(name="gone"),)}, {"sampler": "gone"}, {"scheduler": "gone"}],
)
async def test_what_a_style_wants_and_comfyui_lacks_is_refused_naming_the_style(sheet):
    async with a_studio() as studio:
        home = await a_project(studio)
        await a_style(studio, home, **sheet)
        refusal = await refused(studio, style="Ink", model=None)
    assert "Ink" in refusal.message
    assert "gone" in refusal.message


async def test_what_is_asked_for_goes_before_what_a_style_wants_and_comfyui_lacks():
    async with a_studio() as studio:
        await a_style(studio, await a_project(studio), sampler="gone", scheduler="gone")
        asked = await drafted(studio, style="Ink", sampler="euler", scheduler="karras")
    assert (asked.recipe.sampler, asked.recipe.scheduler) == ("euler", "karras")


async def test_a_characters_lora_needs_a_place_in_the_workflow():
    async with a_studio() as studio:
        home = await a_project(studio)
        await a_character(studio, home, lora=a_lora())
        studio.workflows["flat"] = replace(studio.workflows["txt2img"], name="flat", lora_anchor=None)
        refusal = await refused(studio, characters=("Mira",), workflow="flat")
    assert "Mira" in refusal.message


async def test_a_workflow_without_words_applies_no_lora():
    async with a_studio() as studio:
        home = await a_project(studio)
        await a_character(studio, home, lora=a_lora())
        flat = studio.workflows["txt2img"]
        places = {name: place for name, place in flat.places.items() if name not in ("prompt", "model")}
        studio.workflows["flat"] = replace(flat, name="flat", lora_anchor=None, places=places)
        plan = await drafted(studio, characters=("Mira",), workflow="flat", model=None)
    assert (plan.recipe.loras, plan.recipe.model) == ((), None)


# ── lessons


async def test_lessons_of_the_checkpoints_family_are_in_force():
    async with a_studio() as studio:
        mira = await a_character(studio, await a_project(studio))
        for number, family in enumerate(ModelFamily, start=1):
            studio.stores.memory.lessons[number] = a_lesson(
                id=number, character=mira.id, family=family, term=f"error of {family}"
            )
        plan = await drafted(studio, characters=("Mira",))
    assert plan.recipe.negative == "error of SD1.5"


# ── once more, when ComfyUI is known


async def test_what_was_chosen_before_comfyui_was_seen_is_drawn_as_it_was_chosen():
    async with a_studio() as studio:
        home = await a_project(studio)
        mira = await a_character(
            studio, home, design_prompt="1girl", appearance=Appearance(clothing="red coat"), lora=a_lora()
        )
        await a_variation(studio, mira, "kimono", "floral kimono")
        style = await a_style(studio, home, positive="ink", loras=(a_lora(name="ink_lines.safetensors"),))
        studio.workshop.catalogue = None
        job = await studio.ask(
            prompt="@Mira, dusk", project="Harbour", style="Ink", variations=("kimono",), model=PLAIN
        )
        await studio.stores.characters.change(replace(mira, name="Mirabel"), was=mira)
        await studio.stores.styles.revise(
            style, sheet=StyleSheet(positive="oil"), by=USER, at=NOW, why="", name="Oil"
        )
        studio.workshop.catalogue = a_catalogue()
        plan = await studio.drafting.redraft(job)
    assert plan.recipe == replace(job.recipe, family=ModelFamily.SD15, model_hash=None, renderer="0.33.0")
    assert plan.recipe.prompt == "1girl, floral kimono, dusk, ink"


async def test_a_variation_that_was_removed_meanwhile_is_not_left_out_silently():
    async with a_studio() as studio:
        mira = await a_character(studio, await a_project(studio))
        kimono = await a_variation(studio, mira, "kimono", "floral kimono")
        studio.workshop.catalogue = None
        job = await studio.ask(project="Harbour", characters=("Mira",), variations=("kimono",))
        await studio.stores.characters.remove_variation(kimono.id)
        studio.workshop.catalogue = a_catalogue()
        await studio.worker.run_once()
        failed = await studio.jobs.get(job.id)
    assert failed.state is JobState.FAILED
    assert "“kimono” of “Mira”" in failed.failure.message


async def test_without_a_style_nothing_of_one_is_looked_up_again():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        job = await studio.ask()
        studio.workshop.catalogue = a_catalogue()
        assert (await studio.drafting.redraft(job)).recipe.model == "illustrious_xl.safetensors"
