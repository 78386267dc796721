from dataclasses import replace

import pytest

from bot.core.errors import UnknownName
from bot.core.fitting import check_at_hand
from bot.core.generation import Lora
from bot.core.workflow import Place
from tests.builders import a_catalogue, a_recipe, a_workflow

UPSCALE = replace(
    a_workflow(),
    places={"upscaler": Place(node="Upscale model", input="model_name")},
    lora_anchor=None,
)


@pytest.mark.parametrize(
    ("workflow", "gone"),
    [
        (a_workflow(), {"model": "sold_v1.safetensors"}),
        (a_workflow(), {"loras": (Lora(name="sold_lora.safetensors"),)}),
        (UPSCALE, {"upscaler": "sold_4x.pth"}),
    ],
)
def test_what_comfyui_has_no_more_is_named(workflow, gone):
    with pytest.raises(UnknownName, match="sold"):
        check_at_hand(a_recipe(**gone), workflow, a_catalogue())


@pytest.mark.parametrize(
    ("workflow", "recipe"),
    [
        (
            a_workflow(),
            a_recipe(model="illustrious_xl.safetensors", loras=(Lora(name="mira_v2.safetensors"),)),
        ),
        (a_workflow(), a_recipe(model=None, upscaler="sold_4x.pth")),
        (UPSCALE, a_recipe(model="sold_v1.safetensors", loras=(Lora(name="sold_lora.safetensors"),))),
    ],
)
def test_what_a_workflow_does_not_read_may_be_gone(workflow, recipe):
    check_at_hand(recipe, workflow, a_catalogue())
