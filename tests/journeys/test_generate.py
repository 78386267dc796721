"""From `/generate` to the pictures."""

import asyncio

import pytest

from bot.core.job import JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Permission, SandboxDiscord
from tests.journeys.studio import Studio, a_png, picture_in


async def test_a_command_becomes_a_picture_with_alt_text(studio: Studio) -> None:
    job, post = await studio.drawn("prompt:a heron under lanterns, rain size:512x512 steps:4 seed:7")
    (attachment,) = post.attachments
    assert picture_in(attachment).size == (512, 512)
    assert "a heron under lanterns" in (attachment.description or "")
    for words in (
        f"#{job.id}",
        "a heron under lanterns, rain",
        "seed 7",
        "512×512",
        studio.artist.user.mention,
    ):
        assert words in post.text


async def test_the_answer_is_the_card_and_it_ends_with_a_link_to_the_pictures(studio: Studio) -> None:
    asked = await studio.generate()
    job = await studio.ended((await studio.job_of(asked)).id)
    card = await studio.card_says(asked, "is done in")
    assert job.card is not None
    assert card.id == job.card.message
    assert str(studio.post_of(job).id) in card.text


async def test_only_the_one_who_asked_is_pinged(studio: Studio, discord: SandboxDiscord) -> None:
    await studio.drawn("prompt:@everyone look at <@1> and @here")
    assert [ping.users for ping in discord.pings] == [(studio.artist.user,)]


async def test_with_a_gallery_the_pictures_land_in_its_thread_and_the_asker_is_told_where(
    studio: Studio,
) -> None:
    await studio.answer("/settings gallery channel:gallery", by=studio.director)
    job, post = await studio.drawn()
    assert getattr(post.channel, "parent", None) is studio.discord.world.channel("gallery")
    told = await studio.said(f"{studio.artist.user.mention} **#{job.id}** is done")
    assert told.channel is studio.general


async def test_a_forum_is_a_gallery_too(studio: Studio) -> None:
    await studio.answer("/settings gallery channel:projects", by=studio.director)
    _, first = await studio.drawn()
    _, second = await studio.drawn()
    assert first.channel is second.channel
    assert getattr(first.channel, "parent", None) is studio.discord.world.channel("projects")


async def test_every_option_reaches_comfyui(studio: Studio, comfy: SandboxComfyUI) -> None:
    await studio.drawn(
        "prompt:a fox negative:text, blurry size:640x448 count:2 seed:90210 steps:3 cfg:6.5 sampler:dpmpp_2m "
        "model:dreamshaper_8 lora:watercolor_sd15 lora_strength:0.6 workflow:txt2img"
    )
    inputs = {
        name: value for node in comfy.prompts[-1].graph.values() for name, value in node["inputs"].items()
    }
    wanted = {
        "seed": 90210,
        "steps": 3,
        "cfg": 6.5,
        "sampler_name": "dpmpp_2m",
        "ckpt_name": "dreamshaper_8.safetensors",
        "lora_name": "watercolor_sd15.safetensors",
        "strength_model": 0.6,
        "width": 640,
        "height": 448,
        "batch_size": 2,
    }
    assert {name: inputs[name] for name in wanted} == wanted


async def test_several_pictures_come_in_one_post_each_with_its_own_words(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a fox count:3 size:256x256 steps:2")
    assert len({attachment.description for attachment in post.attachments}) == 3
    assert all(picture_in(attachment).size == (256, 256) for attachment in post.attachments)


async def test_a_reference_picture_is_drawn_from(studio: Studio, comfy: SandboxComfyUI) -> None:
    await studio.drawn(
        "prompt:a fox in watercolour steps:3", attachments={"reference": ("fox.png", a_png(320, 256))}
    )
    classes = {node["class_type"] for node in comfy.prompts[-1].graph.values()}
    assert "LoadImage" in classes


async def test_the_card_shows_the_true_step_and_a_preview_while_it_is_drawn(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = Pace(step_s=0.25)
    asked = await studio.generate("prompt:a heron steps:20 size:512x512")
    card = await studio.card_says(asked, "/20")
    assert "sampling" in card.text
    await studio.discord.wait_for(lambda _: card.attachments)
    await studio.director.click(card, "Cancel")
    await studio.card_says(asked, "was cancelled")


async def test_while_comfyui_is_away_a_job_is_taken_and_drawn_when_it_is_back(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    back = asyncio.create_task(comfy.restart(down_s=1.5))
    asked = await studio.generate()
    job = await studio.job_of(asked)
    await studio.card_says(asked, "place in line is kept")
    await back
    assert (await studio.ended(job.id)).state is JobState.DELIVERED


async def test_what_comfyui_refuses_is_told_with_node_and_reason_and_not_tried_again(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.execution_error_next("KSampler", "the sampler fell over")
    asked = await studio.generate()
    job = await studio.ended((await studio.job_of(asked)).id)
    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    card = await studio.card_says(asked, "could not be drawn")
    assert "the sampler fell over" in card.text


async def test_where_the_gallery_is_closed_to_us_the_picture_stays_and_the_permission_is_named(
    studio: Studio,
) -> None:
    await studio.answer("/settings gallery channel:gallery", by=studio.director)
    world = studio.discord.world
    world.overwrite(world.channel("gallery"), world.bot, deny=Permission.CREATE_PUBLIC_THREADS)
    asked = await studio.generate()
    job = await studio.ended((await studio.job_of(asked)).id)
    assert job.state is JobState.SHELVED
    card = await studio.card_says(asked, "safe in the library")
    assert "Create Public Threads" in card.text


@pytest.mark.parametrize("channel", ["general", "admin"])
async def test_asked_anywhere_it_is_answered_there(studio: Studio, channel: str) -> None:
    place = studio.discord.world.channel(channel)
    job, post = await studio.drawn(channel=place)
    assert job.origin.channel == place.id
    assert post.channel is place
