"""What a ComfyUI has to choose from."""

import pytest

from bot.core.catalogue import spelled
from bot.core.errors import UnknownName
from tests.builders import a_catalogue, a_workflow

LORAS = ("anime/Mira_v2.safetensors", "ink.ckpt", "old.safetensors.bak")


@pytest.mark.parametrize(
    "typed", ["anime/Mira_v2.safetensors", " ANIME/mira_V2 ", "anime/mira_v2.SAFETENSORS"]
)
def test_case_and_ending_may_be_left_out(typed):
    assert spelled("LoRA", typed, LORAS) == "anime/Mira_v2.safetensors"


def test_a_checkpoint_file_of_the_old_kind_is_found_by_its_stem():
    assert spelled("LoRA", "Ink", LORAS) == "ink.ckpt"


def test_a_full_name_goes_before_another_files_stem():
    assert spelled("LoRA", "a.ckpt", ("a.ckpt.safetensors", "a.ckpt")) == "a.ckpt"


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UnknownName) as refusal:
        spelled("LoRA", "mira", LORAS)
    assert refusal.value.nearest[0] == "anime/Mira_v2.safetensors"


def test_nodes_that_a_workflow_needs_and_comfyui_lacks_are_named_in_order():
    catalogue = a_catalogue(nodes=frozenset({"KSampler", "CLIPTextEncode", "VAEDecode", "SaveImage"}))
    assert catalogue.missing_for(a_workflow()) == ("CheckpointLoaderSimple", "EmptyLatentImage", "LoraLoader")
    assert a_catalogue().missing_for(a_workflow()) == ()
