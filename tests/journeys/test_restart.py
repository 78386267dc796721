"""What survives the end of the process: everything."""

from bot.core.job import JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Permission
from tests.journeys.studio import Studio


async def test_a_job_that_was_being_drawn_is_drawn_on_once_and_its_card_ends_well(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = Pace(step_s=0.1)
    asked = await studio.generate("prompt:a heron steps:15 size:256x256")
    job = await studio.job_of(asked)
    await studio.until(job.id, JobState.RUNNING)
    await studio.restart()
    assert (await studio.ended(job.id)).state is JobState.DELIVERED
    await studio.card_says(asked, "is done")
    assert len(comfy.prompts) == 1


async def test_who_waited_keeps_the_place_and_a_pause_stays_a_pause(studio: Studio) -> None:
    await studio.pause()
    asked = [await studio.generate(f"prompt:heron {number}") for number in range(3)]
    for one in asked:
        await one.answered()
    await studio.restart()
    shown = await studio.answer("/queue show")
    assert "paused" in shown.text
    assert shown.text.index("heron 0") < shown.text.index("heron 1") < shown.text.index("heron 2")
    await studio.answer("/queue resume", by=studio.director)
    for one in asked:
        await studio.card_says(one, "is done")


async def test_every_number_ever_shown_can_be_looked_up_in_every_state(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    world = studio.discord.world
    done, _ = await studio.drawn("prompt:done")
    comfy.faults.execution_error_next("KSampler", "fell over")
    failed = await studio.ended((await studio.job_of(await studio.generate("prompt:failed"))).id)
    await studio.answer("/settings gallery channel:gallery", by=studio.director)
    world.overwrite(world.channel("gallery"), world.bot, deny=Permission.CREATE_PUBLIC_THREADS)
    shelved = await studio.ended((await studio.job_of(await studio.generate("prompt:shelved"))).id)
    await studio.pause()
    cancelled = await studio.job_of(await studio.generate("prompt:cancelled"))
    await studio.answer(f"/queue cancel job:{cancelled.id}")
    waiting = await studio.job_of(await studio.generate("prompt:waiting"))
    await studio.restart()
    for job, words in (
        (done, "is done"),
        (failed, "fell over"),
        (shelved, "safe in the library"),
        (cancelled, "was cancelled"),
        (waiting, "next in line"),
    ):
        shown = await studio.answer(f"/job show job:{job.id}")
        assert f"Job #{job.id}" in shown.text
        assert words in shown.text


async def test_a_drawing_that_ended_while_discord_was_away_is_posted_once_when_it_is_back(
    studio: Studio,
) -> None:
    studio.discord.faults.fail_next("POST", "/channels/[0-9]+/messages$", 502)
    job, post = await studio.drawn()
    assert studio.posts() == [post]
    assert job.state is JobState.DELIVERED


async def test_a_card_that_reached_discord_and_was_never_noted_is_found_and_kept_true(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = Pace(step_s=0.1)
    asked = await studio.generate("prompt:a heron steps:15 size:256x256")
    job = await studio.until(await studio.next_job(1), JobState.RUNNING)
    forget = "UPDATE jobs SET card_channel = NULL, card_message = NULL"
    await studio.app.stores.jobs._database.write(lambda database: database.execute(forget).rowcount)
    await studio.restart()
    await studio.ended(job.id)
    await studio.card_says(asked, "is done")
