"""`/job`: everything about one drawing, lists of them, and drawing again."""

import json

import pytest

from bot.core.job import JobState
from bot.sandbox.comfyui import SandboxComfyUI
from tests.journeys.studio import Studio


async def test_show_tells_parameters_times_and_where_the_pictures_are(studio: Studio) -> None:
    job, post = await studio.drawn("prompt:a heron seed:7 size:512x512 steps:3")
    shown = await studio.answer(f"/job show job:#{job.id}")
    assert shown.ephemeral
    for words in (f"Job #{job.id}", "a heron", "`7`", "512×512", "3 steps", "queued", "posted", str(post.id)):
        assert words in shown.text


@pytest.mark.parametrize("by_number", ["1", "#1", " 1 "])
async def test_show_finds_a_waiting_job_however_its_number_is_written(studio: Studio, by_number: str) -> None:
    await studio.pause()
    await studio.answer("/generate prompt:a heron")
    shown = await studio.artist.slash("/job show", channel=studio.general, job=by_number)
    assert "next in line" in (await shown.answered()).text


async def test_a_job_of_another_server_does_not_exist_here(studio: Studio) -> None:
    job, _ = await studio.drawn()
    world = studio.discord.world
    elsewhere = world.add_guild("Elsewhere")
    world.add_channel(elsewhere, "lobby")
    world.add_member(elsewhere, world.bot)
    world.add_member(elsewhere, studio.artist.user)
    await studio.discord.wait_for(lambda _: studio.guilds == 2)
    shown = await studio.answer(f"/job show job:{job.id}", channel=elsewhere.channel("lobby"))
    assert "no job" in shown.text


async def test_list_shows_the_newest_first_and_pages_to_the_older(studio: Studio) -> None:
    await studio.pause()
    for number in range(12):
        await studio.answer(f"/generate prompt:heron {number:02}")
    shown = await studio.answer("/job list")
    assert shown.text.index("heron 11") < shown.text.index("heron 03")
    assert "heron 01" not in shown.text
    await (await studio.artist.click(shown, "Older")).answered()
    assert "heron 01" in shown.text
    assert [control["label"] for control in shown.controls] == ["Newest", "Newer"]
    await (await studio.artist.click(shown, "Newer")).answered()
    assert "heron 11" in shown.text


async def test_list_can_be_narrowed_and_stays_so_over_pages(studio: Studio) -> None:
    await studio.pause()
    for number in range(11):
        await studio.answer(f"/generate prompt:mine {number:02}")
    await studio.answer("/generate prompt:theirs", by=studio.director)
    shown = await studio.answer("/job list mine:true state:queued")
    assert "theirs" not in shown.text
    await (await studio.artist.click(shown, "Older")).answered()
    assert "mine 00" in shown.text
    assert "No job fits" in (await studio.answer("/job list state:failed")).text


async def test_again_draws_with_a_new_seed_or_the_very_same(studio: Studio, comfy: SandboxComfyUI) -> None:
    job, _ = await studio.drawn("prompt:a heron seed:7 steps:3")
    fresh = await studio.job_of(await studio.command(f"/job again job:{job.id}"))
    same = await studio.job_of(await studio.command(f"/job again job:{job.id} same_seed:true"))
    assert (await studio.ended(fresh.id)).state is JobState.DELIVERED
    assert (await studio.ended(same.id)).state is JobState.DELIVERED
    assert (fresh.parent, same.parent) == (job.id, job.id)
    assert fresh.recipe.seed != 7
    assert same.recipe.seed == 7


async def test_params_hands_out_the_workflow_exactly_as_it_was_sent(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    job, _ = await studio.drawn()
    answer = await studio.answer(f"/job params job:{job.id}")
    assert answer.ephemeral
    files = {attachment.filename: attachment.data for attachment in answer.attachments}
    workflow = json.loads(files[f"genga-{job.id}-workflow.json"])
    assert workflow == comfy.prompts[-1].graph


async def test_the_journal_keeps_every_command_and_failure_with_its_job(studio: Studio) -> None:
    job, _ = await studio.drawn("prompt:a heron")
    await studio.answer(f"/job show job:{job.id}")
    await studio.answer("/job show job:999")
    kept = await studio.journal_has(3)
    assert [(entry.kind, entry.name, entry.job) for entry in kept] == [
        ("command", "generate", job.id),
        ("command", "job show", job.id),
        ("failure", "job show", None),
    ]
    assert kept[0].detail["prompt"] == "a heron"
