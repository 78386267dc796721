"""The buttons under cards and posts."""

import pytest

from bot.core.job import JobState
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import SandboxDiscord
from tests.journeys.studio import Studio


async def test_again_under_the_pictures_draws_for_whoever_presses(studio: Studio) -> None:
    job, post = await studio.drawn("prompt:a heron seed:7")
    pressed = await studio.director.click(post, "Again")
    again = await studio.ended((await studio.job_of(pressed)).id)
    assert again.state is JobState.DELIVERED
    assert (again.parent, again.origin.user) == (job.id, studio.director.user.id)
    assert again.recipe.seed != job.recipe.seed


async def test_params_under_the_pictures_answers_the_presser_only(studio: Studio) -> None:
    job, post = await studio.drawn()
    answer = await (await studio.director.click(post, "Params")).answered()
    assert answer.ephemeral
    assert f"genga-{job.id}-workflow.json" in [file.filename for file in answer.attachments]


async def test_cancel_on_the_card_takes_the_job_back(studio: Studio) -> None:
    await studio.pause()
    asked = await studio.generate()
    await studio.artist.click(await asked.answered(), "Cancel")
    await studio.card_says(asked, "was cancelled")


async def test_the_right_to_cancel_is_looked_at_again_when_it_is_pressed(studio: Studio) -> None:
    await studio.pause()
    asked = await studio.generate(by=studio.director)
    answer = await (await studio.artist.click(await asked.answered(), "Cancel")).answered()
    assert answer.ephemeral
    assert "not yours" in answer.text
    assert (await studio.job_of(asked)).state is JobState.QUEUED


async def test_a_cancelled_jobs_button_says_that_there_is_nothing_left(studio: Studio) -> None:
    await studio.pause()
    card = await (await studio.generate()).answered()
    world = studio.discord.world
    old = world.write(studio.general, world.bot, "a copy of the card as it was")
    old.components = [*card.components]
    await (await studio.artist.click(card, "Cancel")).answered()
    answer = await (await studio.artist.click(old, "Cancel")).answered()
    assert "nothing is left to cancel" in answer.text


@pytest.mark.parametrize(
    "custom_id", ["job:1:upscale", "approve:1", "job:x:again", "page:scenes:3", "job:1", "page:jobs.zz:4"]
)
async def test_a_button_of_another_version_is_answered_in_words(studio: Studio, custom_id: str) -> None:
    message = studio.a_message_with_button(custom_id)
    answer = await (await studio.artist.click(message, custom_id)).answered()
    assert answer.ephemeral
    assert "/job list" in answer.text


@pytest.mark.parametrize("action", ["again", "params", "cancel"])
async def test_a_button_of_a_job_that_is_not_there_is_answered_in_words(studio: Studio, action: str) -> None:
    message = studio.a_message_with_button(f"job:404:{action}")
    answer = await (await studio.artist.click(message, f"job:404:{action}")).answered()
    assert answer.ephemeral
    assert "404" in answer.text


async def test_a_double_press_is_one_job(studio: Studio) -> None:
    _, post = await studio.drawn()
    first, second = await studio.artist.click(post, "Again"), await studio.artist.click(post, "Again")
    others = await studio.director.click(post, "Again")
    told = await second.answered()
    assert told.ephemeral
    assert "drawn once" in told.text
    for pressed in (first, others):
        await studio.ended((await studio.job_of(pressed)).id)
    assert len(await studio.jobs()) == 3


async def test_the_same_press_arriving_twice_is_one_job(studio: Studio, discord: SandboxDiscord) -> None:
    _, post = await studio.drawn()
    pressed = await studio.artist.click(post, "Again")
    studio.deliver_again(pressed)
    await studio.job_of(pressed)
    await studio.ended(2)
    await studio.answer("/queue show")
    assert len(await studio.jobs()) == 2


async def test_buttons_and_shown_numbers_work_after_a_restart(studio: Studio, comfy: SandboxComfyUI) -> None:
    job, post = await studio.drawn()
    await studio.pause()
    waiting = await (await studio.generate("prompt:a fox")).answered()
    await studio.restart()
    shown = await studio.answer(f"/job show job:{job.id}")
    assert "is done" in shown.text
    answer = await (await studio.artist.click(post, "Params")).answered()
    assert answer.attachments
    again = await studio.job_of(await studio.artist.click(post, "Again"))
    assert again.parent == job.id
    await studio.artist.click(waiting, "Cancel")
    await studio.discord.wait_for(lambda _: "was cancelled" in waiting.text)
    assert studio.app.studio.gate.hold is not None
