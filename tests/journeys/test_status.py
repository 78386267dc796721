"""`/status`: every part in under a second, whatever is away."""

import time

from bot.sandbox.comfyui import SandboxComfyUI
from tests.journeys.studio import Studio

COMFYUI_TAKES_S = 5


async def test_every_part_is_told_with_its_figures(studio: Studio) -> None:
    await studio.drawn()
    answer = await studio.answer("/status")
    assert answer.ephemeral
    for words in ("ComfyUI 0.33.0", "GiB free", "queue", "database", "1 finished job", "disk", "Genga 0.1.0"):
        assert words in answer.text


async def test_it_does_not_wait_for_a_comfyui_that_does_not_answer(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.delay("/system_stats", COMFYUI_TAKES_S)
    began = time.monotonic()
    answer = await studio.answer("/status")
    assert time.monotonic() - began < COMFYUI_TAKES_S
    assert "ComfyUI does not answer" in answer.text.split("\n")[1]
