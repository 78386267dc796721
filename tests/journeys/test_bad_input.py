"""What cannot be drawn is refused at once, in words, for the asker's eyes only, and nothing is stored."""

import pytest

from bot.sandbox.discord import Message, NotPossible
from tests.journeys.studio import Studio, a_png


async def assert_refused(studio: Studio, answer: Message, *words: str) -> None:
    assert answer.ephemeral
    for part in words:
        assert part in answer.text
    assert await studio.jobs() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("project:Harbour", ("no project called `Harbour`",)),
        ("workflow:txt2imf", ("no workflow called `txt2imf`", "`txt2img`")),
        ("model:waiIlustrious", ("no model called", "`waiIllustriousSDXL_v150.safetensors`")),
        ("lora:watercolour", ("no LoRA called", "`watercolor_sd15.safetensors`")),
        ("sampler:eulr", ("no sampler called `eulr`", "`euler`")),
        ("size:huge", ("is not a size", "portrait")),
        ("size:833x1216", ("steps of 8", "832x1216")),
        ("size:32x32", ("64",)),
        ("size:4096x4096", ("megapixels",)),
        ("lora_strength:0.5", ("no LoRA was named",)),
    ],
)
async def test_a_wrong_option_is_refused_with_what_would_be_right(
    studio: Studio, options: str, words: tuple[str, ...]
) -> None:
    answer = await studio.answer(f"/generate prompt:a heron {options}")
    await assert_refused(studio, answer, *words)


async def test_a_prompt_of_blanks_is_refused(studio: Studio) -> None:
    asked = await studio.artist.slash("/generate", channel=studio.general, prompt="   ")
    await assert_refused(studio, await asked.answered(), "prompt is empty")


async def test_a_prompt_over_the_limit_does_not_leave_discords_client(studio: Studio) -> None:
    with pytest.raises(NotPossible, match="between 1 and 4000"):
        await studio.artist.slash("/generate", channel=studio.general, prompt="x" * 4001)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("notes.txt", b"not a picture"), "no picture"),
        (("heron.png", b"not a picture either"), "picture"),
    ],
)
async def test_a_reference_that_is_no_picture_is_refused(
    studio: Studio, file: tuple[str, bytes], words: str
) -> None:
    answer = await studio.answer("/generate prompt:a heron", attachments={"reference": file})
    await assert_refused(studio, answer, words)


async def test_a_reference_over_twenty_mebibytes_is_refused_before_it_is_read(studio: Studio) -> None:
    studio.discord.rules.upload_limit = 32 * 1024 * 1024
    file = ("heron.png", bytes(21 * 1024 * 1024))
    answer = await studio.answer("/generate prompt:a heron", attachments={"reference": file})
    await assert_refused(studio, answer, "21.0 MiB", "20 MiB")


async def test_an_option_that_the_workflow_does_not_use_is_refused(studio: Studio) -> None:
    answer = await studio.answer(
        "/generate prompt:a heron workflow:txt2img", attachments={"reference": ("fox.png", a_png())}
    )
    await assert_refused(studio, answer, "does not use the option `reference`")


async def test_a_workflow_that_starts_from_a_picture_asks_for_one(studio: Studio) -> None:
    answer = await studio.answer("/generate prompt:a heron workflow:img2img")
    await assert_refused(studio, answer, "starts from a picture")


async def test_what_was_typed_is_quoted_harmlessly(studio: Studio) -> None:
    answer = await studio.answer("/generate prompt:a heron model:`@everyone` **<@1>**")
    await assert_refused(studio, answer)
    assert studio.discord.pings == []


async def test_sql_in_every_option_is_only_text(studio: Studio) -> None:
    payload = "'; DROP TABLE jobs; --"
    answer = await studio.answer(f"/generate prompt:{payload} project:{payload}")
    await assert_refused(studio, answer, "no project called")
    job, post = await studio.drawn(f"prompt:{payload}")
    assert job.recipe.prompt == payload
    assert "DROP TABLE" in post.text


@pytest.mark.parametrize("number", ["abc", "999999", "#", "-1", "99999999999999999999"])
async def test_a_job_that_never_was_is_answered_in_words(studio: Studio, number: str) -> None:
    for command in ("/job show", "/job params", "/job again", "/queue cancel"):
        answer = await studio.answer(f"{command} job:{number}")
        assert answer.ephemeral
        assert "/job list" in answer.text
