"""ComfyUI's misfortunes, one by one, over the wire: each job ends well or in clear words, and is drawn once."""

import pytest

from bot.core.job import Job, JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from tests.comfy.harness import given_by_somebody_else
from tests.journeys.studio import Studio

SLOW = Pace(step_s=0.1)


def ours(comfy: SandboxComfyUI) -> list[str]:
    return [prompt.id for prompt in comfy.prompts if "genga/" in str(prompt.graph)]


async def ended(studio: Studio, text: str = "prompt:a heron") -> Job:
    return await studio.ended((await studio.job_of(await studio.generate(text))).id)


def is_free(studio: Studio) -> bool:
    return studio.app.studio.lane.drawing is None


async def test_a_node_that_fails_is_named_and_not_tried_again(studio: Studio, comfy: SandboxComfyUI) -> None:
    comfy.faults.execution_error_next("VAEDecode", "the latent is broken")
    job = await ended(studio)
    assert job.failure is not None
    assert job.failure.kind == "execution"
    assert "the latent is broken" in job.failure.message
    assert await studio.said("ComfyUI broke off")
    assert len(ours(comfy)) == 1
    assert is_free(studio)


async def test_a_full_gpu_is_emptied_and_advice_given(studio: Studio, comfy: SandboxComfyUI) -> None:
    comfy.faults.out_of_memory_next()
    job = await ended(studio, "prompt:a heron count:4")
    assert job.failure is not None
    assert (job.failure.kind, len(ours(comfy))) == ("out_of_memory", 1)
    assert await studio.said("Try 2 at once or")
    card = await studio.said("With `allow_smaller` Genga does so by itself.")
    assert "/free" in {request.path.removeprefix("/api") for request in comfy.log}
    assert is_free(studio)
    retried = await studio.job_of(await studio.artist.click(card, "Retry with 2 pictures"))
    assert (retried.recipe.count, retried.parent) == (2, job.id)


async def test_who_allowed_it_gets_fewer_pictures_from_a_full_gpu_and_reads_so(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.out_of_memory_next()
    job = await ended(studio, "prompt:a heron count:4 allow_smaller:True")
    assert (job.state, job.attempt, job.recipe.count) == (JobState.DELIVERED, 2, 2)
    assert len(ours(comfy)) == 2
    assert await studio.said("2 pictures instead of")
    assert is_free(studio)


async def test_a_blank_picture_is_drawn_once_more_with_another_seed_and_the_post_says_so(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.blank_output_next()
    job = await ended(studio, "prompt:a heron seed:7")
    assert (job.state, job.attempt, job.recipe.redrawn_from) == (JobState.DELIVERED, 2, 7)
    assert f"seed {job.recipe.seed}" in studio.post_of(job).text
    assert "drawn again: with seed 7 it came out blank" in studio.post_of(job).text
    assert len(ours(comfy)) == 2
    assert is_free(studio)


async def test_what_is_blank_twice_is_not_posted(studio: Studio, comfy: SandboxComfyUI) -> None:
    for _ in range(2):
        comfy.faults.blank_output_next()
    job = await ended(studio)
    assert job.failure is not None
    assert job.failure.kind == "blank"
    assert await studio.said("the picture is blank")
    assert is_free(studio)


@pytest.mark.parametrize("fault", ["corrupt_output_next", "missing_output_next"])
async def test_a_result_that_is_no_picture_fails_with_a_reason(
    studio: Studio, comfy: SandboxComfyUI, fault: str
) -> None:
    getattr(comfy.faults, fault)()
    job = await ended(studio)
    assert job.failure is not None
    assert job.failure.kind == "no_output"
    assert await studio.said("there is no picture")
    assert is_free(studio)


@pytest.mark.parametrize("fault", ["drop_websockets", "deafen"])
async def test_a_websocket_that_is_gone_or_deaf_loses_no_picture(
    studio: Studio, comfy: SandboxComfyUI, fault: str
) -> None:
    getattr(comfy.faults, fault)()
    job = await ended(studio)
    assert (job.state, len(ours(comfy))) == (JobState.DELIVERED, 1)


async def test_a_restarted_comfyui_draws_the_job_again(studio: Studio, comfy: SandboxComfyUI) -> None:
    comfy.pace = SLOW
    job = await studio.job_of(await studio.generate())
    await studio.until(job.id, JobState.RUNNING)
    await comfy.restart()
    comfy.pace = Pace()
    drawn = await studio.ended(job.id)
    assert (drawn.state, drawn.attempt, drawn.interrupted) == (JobState.DELIVERED, 2, 1)
    assert [prompt.outcome for prompt in comfy.prompts] == ["lost", "success"]


async def test_foreign_prompts_are_waited_for_and_left_alone(studio: Studio, comfy: SandboxComfyUI) -> None:
    comfy.pace = Pace(step_s=2)
    await given_by_somebody_else(comfy)
    asked = await studio.generate()
    await studio.card_says(asked, "of others to draw first")
    comfy.pace = Pace()
    job = await studio.ended((await studio.job_of(asked)).id)
    assert job.state is JobState.DELIVERED
    assert {prompt.outcome for prompt in comfy.prompts} == {"success"}


async def test_the_same_drawing_again_is_delivered_though_comfyui_has_it_cached(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    for _ in range(2):
        job = await ended(studio, "prompt:a heron seed:5")
        assert job.state is JobState.DELIVERED


async def test_what_comfyui_drew_before_it_died_with_the_bot_is_not_drawn_twice(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = SLOW
    job = await studio.job_of(await studio.generate())
    await studio.until(job.id, JobState.RUNNING)
    await studio.leave()
    comfy.pace = Pace()
    await comfy.wait_for(lambda: comfy.prompts[0].outcome == "success")
    await comfy.restart()
    await studio.open()
    drawn = await studio.ended(job.id)
    assert (drawn.state, drawn.attempt) == (JobState.DELIVERED, 1)
    assert len(ours(comfy)) == 1


async def test_a_disk_without_room_holds_the_next_job_back(
    studio: Studio, comfy: SandboxComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left() -> int:
        return -1

    monkeypatch.setattr(studio.app.ports.shelf, "free_bytes", none_left)
    await studio.card_says(await studio.generate(), "The disk is nearly full")
    assert ours(comfy) == []
    monkeypatch.undo()
    await studio.app.studio.room.look()
    assert (await studio.ended(1)).state is JobState.DELIVERED
