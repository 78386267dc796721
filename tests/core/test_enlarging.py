"""How large a picture becomes, and with what."""

from dataclasses import replace

import pytest

from bot.core.enlarging import enlarged, preferred_upscaler, shrunk
from bot.core.errors import BadRequest, UnknownName, UnusedOption
from bot.core.generation import Seed, Size
from bot.core.planning import choose_workflow, decide
from bot.workflows.loader import load_workflows
from tests.builders import a_catalogue, a_reference, a_request, a_size

WORKFLOWS = load_workflows().workflows


def upscaled(*, catalogue=None, **request):
    wanted = a_request(**{"workflow": "upscale", "reference": a_reference(), **request})
    return decide(wanted, choose_workflow(wanted, WORKFLOWS), catalogue=catalogue, seed=Seed(1)).recipe


def test_a_picture_becomes_so_many_times_as_wide_and_high():
    assert enlarged(a_size(832, 1216), 2.0) == a_size(1664, 2432)
    assert enlarged(a_size(100, 100), 1.5) == a_size(152, 152)
    assert enlarged(a_size(1, 3), 1.0) == a_size(8, 8)


def test_what_would_be_too_large_is_refused_with_the_numbers():
    with pytest.raises(
        BadRequest, match=r"1664×2432; 2 times that is 16\.2 megapixels, and the most is 8\.4"
    ):
        enlarged(a_size(1664, 2432), 2.0)


def test_an_enlarged_size_goes_back_to_one_that_can_be_drawn():
    assert shrunk(a_size(1664, 2432), 2.0) == a_size(832, 1216)
    assert shrunk(a_size(150, 150), 1.5) == a_size(96, 96)


def test_an_upscaler_for_drawings_goes_before_the_others():
    assert preferred_upscaler(["4x-UltraSharp.pth", "RealESRGAN_x4plus_anime_6B.pth"]) == (
        "RealESRGAN_x4plus_anime_6B.pth"
    )
    assert preferred_upscaler(["4x-UltraSharp.pth"]) == "4x-UltraSharp.pth"
    assert preferred_upscaler([]) is None


def test_the_size_of_an_upscaled_picture_follows_from_the_one_it_starts_from():
    recipe = upscaled(scale=1.5)
    assert (recipe.size, recipe.scale, recipe.model) == (a_size(768, 1152), 1.5, None)
    assert upscaled().scale == 2.0


def test_the_upscale_model_is_one_that_comfyui_has():
    known = replace(a_catalogue(), upscalers=("4x-UltraSharp.pth",))
    assert upscaled(catalogue=known).upscaler == "4x-UltraSharp.pth"
    assert upscaled(catalogue=known, upscaler="4X-ultrasharp.PTH").upscaler == "4x-UltraSharp.pth"
    assert upscaled().upscaler == "RealESRGAN_x4plus_anime_6B.pth"
    with pytest.raises(UnknownName, match="upscale model"):
        upscaled(catalogue=known, upscaler="waifu2x")
    with pytest.raises(BadRequest, match="ComfyUI has none"):
        upscaled(catalogue=replace(known, upscalers=()))


def test_options_without_meaning_for_an_upscale_are_refused():
    with pytest.raises(UnusedOption, match="`size`"):
        upscaled(size=Size(width=64, height=64))
    with pytest.raises(BadRequest, match=r"`scale` goes from 1\.0 to 4\.0"):
        upscaled(scale=5.0)


def test_a_reference_alone_never_means_an_upscale():
    only = {name: WORKFLOWS[name] for name in ("txt2img", "upscale", "upscale_latent")}
    with pytest.raises(BadRequest, match="no workflow that starts from a picture"):
        choose_workflow(a_request(reference=a_reference()), only)
