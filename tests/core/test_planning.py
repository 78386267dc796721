"""Every open choice decided, every wrong one refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadRequest, UnknownName, UnusedOption
from bot.core.generation import MAX_SEED, Aspect, Seed
from bot.core.planning import choose_workflow, decide
from tests.builders import (
    a_catalogue,
    a_lora,
    a_recipe,
    a_reference,
    a_request,
    a_size,
    a_workflow,
    an_img2img_workflow,
    some_defaults,
)

WORKFLOWS = {"txt2img": a_workflow(), "img2img": an_img2img_workflow()}
SEED = Seed(7)


PLAIN_MODEL = "counterfeit_v3"
"""A checkpoint whose profile changes nothing."""


def decided(request=None, *, workflow=None, catalogue=None, **options):
    return decide(
        request or a_request(),
        workflow or a_workflow(),
        catalogue=catalogue or a_catalogue(),
        seed=SEED,
        **options,
    ).recipe


def refused(**options):
    with pytest.raises(BadRequest) as refusal:
        decided(a_request(**options))
    assert refusal.value.message
    assert refusal.value.hint
    return refusal.value


def test_a_workflow_is_taken_by_its_name():
    assert choose_workflow(a_request(workflow="img2img"), WORKFLOWS) is WORKFLOWS["img2img"]


def test_an_unknown_workflow_is_refused_with_the_nearest():
    with pytest.raises(UnknownName) as refusal:
        choose_workflow(a_request(workflow="txt2imgs"), WORKFLOWS)
    assert refusal.value.nearest[0] == "txt2img"


def test_text_alone_is_drawn_by_the_default_workflow():
    assert choose_workflow(a_request(), WORKFLOWS) is WORKFLOWS["txt2img"]


def test_a_reference_asks_for_a_workflow_that_starts_from_one():
    assert choose_workflow(a_request(reference=a_reference()), WORKFLOWS) is WORKFLOWS["img2img"]


def test_a_reference_without_such_a_workflow_is_refused_in_words():
    with pytest.raises(BadRequest) as refusal:
        choose_workflow(a_request(reference=a_reference()), {"txt2img": a_workflow()})
    assert "reference" in refusal.value.hint


def test_a_studio_without_the_default_workflow_says_so():
    with pytest.raises(UnknownName):
        choose_workflow(a_request(), {})


def test_what_was_not_said_is_decided_by_the_workflow():
    defaults = some_defaults(steps=30, cfg=7.5, negative="lowres")
    recipe = decided(a_request(model=PLAIN_MODEL), workflow=a_workflow(defaults=defaults))
    assert (recipe.steps, recipe.cfg, recipe.negative, recipe.count, recipe.seed) == (
        30,
        7.5,
        "lowres",
        1,
        SEED,
    )


def test_what_was_said_is_drawn():
    asked = a_request(
        count=4,
        seed=Seed(0),
        steps=8,
        cfg=0.0,
        size=a_size(640, 640),
        negative="hat",
        model=PLAIN_MODEL,
    )
    recipe = decided(asked)
    assert (recipe.count, recipe.seed, recipe.steps, recipe.cfg) == (4, 0, 8, 0.0)
    assert (recipe.size, recipe.negative) == (a_size(640, 640), "hat")


def test_names_are_written_as_comfyui_spells_them():
    recipe = decided(
        a_request(
            model="Counterfeit_V3", sampler="EULER", scheduler="Karras", loras=(a_lora(name="ink_lines"),)
        )
    )
    assert recipe.model == "counterfeit_v3.safetensors"
    assert (recipe.sampler, recipe.scheduler) == ("euler", "karras")
    assert [lora.name for lora in recipe.loras] == ["ink_lines.safetensors"]


@pytest.mark.parametrize(
    "wrong",
    [{"model": "sd3"}, {"sampler": "warp"}, {"scheduler": "warp"}, {"loras": (a_lora(name="nobody"),)}],
)
def test_an_unknown_name_is_refused(wrong):
    assert isinstance(refused(**wrong), UnknownName)


def test_without_a_choice_the_first_checkpoint_draws():
    assert decided().model == "illustrious_xl.safetensors"


def test_the_studios_model_goes_before_the_first_and_the_askers_before_both():
    assert decided(default_model="counterfeit_v3").model == "counterfeit_v3.safetensors"
    assert decided(a_request(model="illustrious_xl"), default_model="counterfeit_v3").model.startswith("illu")


def test_without_any_checkpoint_the_request_is_refused():
    with pytest.raises(BadRequest) as refusal:
        decided(catalogue=a_catalogue(checkpoints=()))
    assert "models/checkpoints" in refusal.value.hint


def test_a_workflow_that_brings_its_own_models_needs_no_checkpoint():
    own = a_workflow(places={name: it for name, it in a_workflow().places.items() if name != "model"})
    recipe = decided(workflow=own, catalogue=a_catalogue(checkpoints=()))
    assert recipe.model is None
    assert own.is_decided(recipe)


def test_a_workflow_with_a_place_for_a_model_is_not_decided_without_one():
    assert not a_workflow().is_decided(a_recipe(model=None))


def test_while_comfyui_was_never_seen_names_are_taken_on_trust():
    asked = a_request(sampler="warp", loras=(a_lora(name="nobody"),))
    recipe = decide(asked, a_workflow(), catalogue=None, seed=SEED).recipe
    assert (recipe.model, recipe.sampler, recipe.loras) == (None, "warp", (a_lora(name="nobody"),))
    assert decide(asked, a_workflow(), catalogue=None, seed=SEED, default_model="x").recipe.model == "x"


def test_a_named_aspect_has_the_size_of_the_models_family():
    assert decided(a_request(size=Aspect.SQUARE)).size == a_size(1024, 1024)
    assert decided(a_request(size=Aspect.SQUARE, model="counterfeit_v3")).size == a_size(512, 512)


def test_without_a_size_the_workflows_aspect_is_drawn():
    assert decided().size == a_size(832, 1216)


@pytest.mark.parametrize(
    ("reference", "drawn"),
    [((1920, 1080), (1344, 768)), ((500, 500), (1024, 1024)), ((600, 900), (832, 1216))],
)
def test_without_a_size_a_reference_gives_its_proportions(reference, drawn):
    asked = a_request(reference=a_reference(size=a_size(*reference)))
    assert decided(asked, workflow=an_img2img_workflow()).size == a_size(*drawn)


def test_an_impossible_size_is_refused_before_a_job_exists():
    assert "32" in refused(size=a_size(32, 64)).message


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"count": 9},
        {"steps": 0},
        {"steps": 151},
        {"seed": Seed(-1)},
        {"seed": Seed(MAX_SEED + 1)},
        {"cfg": -0.1},
        {"cfg": 30.5},
        {"cfg": float("nan")},
        {"loras": (a_lora(strength=4.1),)},
        {"loras": (a_lora(strength=float("inf")),)},
        {"prompt": " "},
        {"prompt": "x" * 4001},
        {"negative": "x" * 4001},
    ],
)
def test_what_is_out_of_range_is_refused_with_message_and_hint(wrong):
    refused(**wrong)


def test_a_range_that_was_left_is_named():
    message = refused(steps=151).message
    assert "`steps`" in message
    assert "from 1 to 150" in message


@given(st.floats())
def test_a_strength_is_within_its_range_or_refused(strength):
    asked = a_request(loras=(a_lora(strength=strength),))
    if -4 <= strength <= 4:
        assert decided(asked).loras[0].strength == strength
    else:
        with pytest.raises(BadRequest):
            decided(asked)


def test_an_option_that_would_be_ignored_is_refused():
    with pytest.raises(UnusedOption, match="`denoise`"):
        decided(a_request(denoise=0.5))
    with pytest.raises(UnusedOption, match="`lora`"):
        decided(a_request(loras=(a_lora(),)), workflow=a_workflow(lora_anchor=None))


def test_a_workflow_that_starts_from_a_picture_needs_one():
    with pytest.raises(BadRequest) as refusal:
        decided(workflow=an_img2img_workflow())
    assert "`reference`" in refusal.value.hint


def test_how_far_a_drawing_may_stray_is_the_workflows_until_it_is_said():
    asked = a_request(reference=a_reference())
    assert decided(asked, workflow=an_img2img_workflow()).denoise == 0.6
    said = a_request(reference=a_reference(), denoise=0.0)
    assert decided(said, workflow=an_img2img_workflow()).denoise == 0.0
