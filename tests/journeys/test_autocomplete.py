"""What is offered while somebody types."""

import pytest

from bot.sandbox.comfyui import SandboxComfyUI
from tests.journeys.studio import PATIENCE_S, Studio

COMFYUI_TAKES_S = 10 * PATIENCE_S


async def offered(studio: Studio, command: str, option: str, typed: str) -> list[str]:
    choices = await studio.artist.autocomplete(command, option, typed, channel=studio.general)
    return [str(choice.value) for choice in choices]


@pytest.mark.parametrize(
    ("option", "typed", "expected"),
    [
        ("model", "", ["dreamshaper_8.safetensors", "waiIllustriousSDXL_v150.safetensors"]),
        ("model", "illu", ["waiIllustriousSDXL_v150.safetensors"]),
        ("lora", "water", ["watercolor_sd15.safetensors"]),
        ("workflow", "img", ["img2img", "txt2img"]),
        ("workflow", "text", ["txt2img"]),
        ("size", "", ["square", "portrait", "landscape", "wide"]),
        ("size", "land", ["landscape"]),
        ("size", "640 x 448", ["640x448"]),
        ("model", "no such model", []),
    ],
)
async def test_choices_come_from_the_live_comfyui_and_fit_what_is_typed(
    studio: Studio, option: str, typed: str, expected: list[str]
) -> None:
    assert sorted(await offered(studio, "/generate", option, typed)) == sorted(expected)


async def test_what_begins_with_the_typed_comes_first(studio: Studio) -> None:
    assert (await offered(studio, "/generate", "sampler", "dpm"))[0].startswith("dpm")


async def test_choices_are_at_hand_while_comfyui_is_away_and_after_a_restart(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.delay("/", COMFYUI_TAKES_S)
    await studio.restart()
    assert "dreamshaper_8.safetensors" in await offered(studio, "/generate", "model", "")


async def test_projects_are_offered_by_part_of_their_name(studio: Studio) -> None:
    for name in ("Moonlit Harbor", "Lanterns", "Harbor Lights"):
        await studio.answer(f"/project create name:{name}")
    for command, option in (("/generate", "project"), ("/project use", "project"), ("/job list", "project")):
        assert await offered(studio, command, option, "harb") == ["Harbor Lights", "Moonlit Harbor"]


async def test_jobs_are_offered_with_state_and_prompt_by_number_or_words(studio: Studio) -> None:
    await studio.drawn("prompt:a heron in the rain")
    await studio.pause()
    await studio.answer("/generate prompt:a fox")
    choices = await studio.artist.autocomplete("/job show", "job", "", channel=studio.general)
    assert [choice.name for choice in choices] == ["2 · waiting · a fox", "1 · done · a heron in the rain"]
    assert await offered(studio, "/job again", "job", "#1") == ["1"]
    assert await offered(studio, "/job params", "job", "fox") == ["2"]


async def test_only_what_can_be_cancelled_is_offered_for_cancelling(studio: Studio) -> None:
    await studio.drawn()
    await studio.pause()
    await studio.answer("/generate prompt:a fox")
    assert await offered(studio, "/queue cancel", "job", "") == ["2"]
