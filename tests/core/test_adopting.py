"""What the files of pictures that were drawn elsewhere tell of their making."""

import pytest

from bot.core.adopting import IMPORT, adopted, untold
from bot.core.inscription import Parameters, parameters_of
from tests.builders import a_job, a_lora, a_recipe, a_reference, a_size

EVERYTHING = {"seed", "steps", "cfg", "sampler", "scheduler", "model"}


def test_what_the_file_tells_becomes_request_and_recipe():
    told = parameters_of(a_recipe(loras=(a_lora(),), model_hash="abcd"), size=a_size())
    request, recipe = adopted(told, size=a_size())
    assert (request.prompt, request.seed, request.model) == (told.prompt, told.seed, told.model)
    assert (recipe.steps, recipe.cfg, recipe.sampler, recipe.loras) == (
        25,
        5.0,
        "euler_ancestral",
        (a_lora(),),
    )
    assert (recipe.workflow, recipe.size, recipe.count, recipe.model_hash) == (IMPORT, a_size(), 1, "abcd")
    assert untold(a_job(request=request, recipe=recipe)) == frozenset()


def test_what_nobody_told_is_known_to_be_unknown():
    request, recipe = adopted(Parameters(), size=a_size())
    assert request.given() == {"prompt"} or request.given() == set()
    assert untold(a_job(request=request, recipe=recipe)) == EVERYTHING
    assert untold(a_job()) == frozenset()


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": 2**64}, {"steps": 0}, {"steps": -3}])
def test_numbers_that_nothing_could_be_drawn_with_are_not_believed(wrong):
    request, recipe = adopted(Parameters(**wrong), size=a_size())
    assert untold(a_job(request=request, recipe=recipe)) == EVERYTHING
    assert recipe.steps == 1


def test_words_are_cut_to_what_a_prompt_may_have():
    request, recipe = adopted(Parameters(prompt="a\0" * 9000, negative=""), size=a_size())
    assert request.prompt == recipe.prompt == "a" * 4000
    assert request.negative is None


def test_a_drawing_writes_all_that_it_was_made_with():
    drawn = a_recipe(reference=a_reference(), denoise=0.4, negative="")
    told = parameters_of(drawn, size=a_size(), others=(("Genga job", "1"),))
    assert (told.denoise, told.negative, told.size, told.others) == (
        0.4,
        None,
        a_size(),
        (("Genga job", "1"),),
    )
    assert parameters_of(a_recipe(), size=a_size()).denoise is None
