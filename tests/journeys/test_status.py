"""`/status`: every part in under a second, whatever is away."""

from pathlib import Path

import pytest

from bot.app import HOME, commit_of
from bot.sandbox.comfyui import SandboxComfyUI
from tests.journeys.studio import PATIENCE_S, Studio

COMFYUI_TAKES_S = 10 * PATIENCE_S


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
    answer = await studio.answer("/status")
    assert "ComfyUI · does not answer" in answer.text.split("\n")[1]


async def test_where_things_lie_is_told_to_who_manages_the_server_and_nobody_else(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    to_all = await studio.answer("/status")
    to_director = await studio.answer("/status", by=studio.director)
    for place in (comfy.url, str(HOME)):
        assert place not in to_all.text
        assert place in to_director.text


@pytest.mark.parametrize("head", ["ref: refs/heads/main", "0123abcd"])
def test_the_commit_is_read_where_there_is_a_checkout(tmp_path: Path, head: str) -> None:
    assert commit_of(tmp_path) == ""
    (tmp_path / "HEAD").write_text(f"{head}\n", encoding="utf-8")
    (tmp_path / "refs/heads").mkdir(parents=True)
    (tmp_path / "refs/heads/main").write_text("0123abcd\n", encoding="utf-8")
    assert commit_of(tmp_path) == "0123abcd"
