"""The nodes declare themselves as the real ComfyUI's do."""

import json
import os
from pathlib import Path

import pytest

from bot.sandbox.comfyui.declarations import DECLARATIONS
from bot.sandbox.comfyui.nodes import NODES

BESIDE_THE_REPOSITORY = Path(__file__).parents[4] / "shared" / "reference" / "comfyui-object-info.json"
OBJECT_INFO = Path(os.environ.get("COMFYUI_OBJECT_INFO", BESIDE_THE_REPOSITORY))
FILE_LISTS = {"ckpt_name", "lora_name", "vae_name", "model_name", "image"}


def without_files(inputs):
    """Which files a server has is its own affair; everything else of an input is compared."""
    bare = json.loads(json.dumps(inputs))
    for names in bare.values():
        for name in FILE_LISTS & names.keys():
            if isinstance(names[name], list) and isinstance(names[name][0], list):
                names[name][0] = "files"
            elif names[name][0] == "COMBO":
                names[name][1]["options"] = "files"
    return bare


@pytest.fixture(scope="module")
def real():
    if not OBJECT_INFO.is_file():
        pytest.skip("no object_info of a real ComfyUI here: set COMFYUI_OBJECT_INFO to its path")
    return json.loads(OBJECT_INFO.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(DECLARATIONS))
async def test_a_declaration_equals_the_real_one(person, real, name):
    ours = (await person.get(f"/object_info/{name}"))[name]
    assert without_files(ours["input"]) == without_files(real[name]["input"])
    compared = real[name].keys() - {"input", "description"}
    assert {key: ours[key] for key in compared} == {key: real[name][key] for key in compared}


def test_every_declared_node_can_be_run():
    assert DECLARATIONS.keys() == NODES.keys()


async def test_lists_come_in_both_shapes(person):
    everything = await person.get("/object_info")
    sampler = everything["KSampler"]["input"]["required"]["sampler_name"]
    upscaler = everything["UpscaleModelLoader"]["input"]["required"]["model_name"]
    assert sampler[0][0] == "euler"
    assert upscaler[0] == "COMBO"
    assert upscaler[1]["options"] == ["RealESRGAN_x4plus_anime_6B.pth"]


async def test_an_unknown_class_is_an_empty_answer(person):
    assert await person.get("/object_info/NoSuchNode") == {}


async def test_uploads_appear_in_the_list_of_load_image(person):
    await person.upload(b"anything", "new.png")
    described = (await person.get("/object_info/LoadImage"))["LoadImage"]
    assert described["input"]["required"]["image"][0] == ["example.png", "new.png"]
