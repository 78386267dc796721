"""What is written into a picture's file about its making."""

from bot.core.inscription import Parameters, parameters_of
from tests.builders import a_recipe, a_reference, a_size


def test_what_drew_a_picture_is_written_into_it():
    told = parameters_of(a_recipe(reference=a_reference(), denoise=0.5), size=a_size())
    assert (told.seed, told.steps, told.denoise) == (1870400651, 25, 0.5)
    assert parameters_of(a_recipe(), size=a_size()).denoise is None


def test_what_an_upscale_model_made_names_that_model_and_no_seed():
    recipe = a_recipe(upscaler="4x_anime.pth", scale=2.0, model=None)
    assert parameters_of(recipe, size=a_size(), others=(("Genga job", "3"),)) == Parameters(
        prompt=recipe.prompt,
        negative=recipe.negative,
        size=a_size(),
        others=(("Genga job", "3"), ("Upscaler", "4x_anime.pth"), ("Upscaled by", "2")),
    )
