"""What is said before the drawing is what ComfyUI gets: characters, styles, variations and models."""

import json
import re

import pytest

from bot.core.families import ModelFamily
from bot.core.review import Reason, Review
from bot.ports.review import Verdict
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import Message
from tests.journeys.studio import Studio, a_png

ILLUSTRIOUS = "waiIllustriousSDXL_v150.safetensors"
DREAMSHAPER = "dreamshaper_8.safetensors"


@pytest.fixture
async def harbour(studio: Studio) -> Studio:
    """A studio with a project in use, two characters and a style."""
    for command in (
        "/project create name:Harbour",
        "/project use project:Harbour",
        "/character create name:Mira design_prompt:1girl, silver hair trigger:mira_v2 lora:ink_lines_sdxl lora_strength:0.7",
        "/character create name:Kai of the North design_prompt:1girl, short black hair",
        "/character variation add character:Mira kind:outfit name:kimono prompt:floral kimono, (red obi:1.2)",
        "/style create name:Ink positive:a print of {prompt}, ink lines negative:photo model:wai steps:6".replace(
            "model:wai", f"model:{ILLUSTRIOUS}"
        ),
    ):
        await (await studio.command(command, by=studio.artist)).answered()
    return studio


def sent_to(comfy: SandboxComfyUI) -> dict[str, object]:
    """Return what the newest prompt that ComfyUI got says, input by input."""
    graph = comfy.prompts[-1].graph
    texts = {
        name: graph[node]["inputs"]["text"]
        for name, node in (("positive", "6"), ("negative", "7"))
        if isinstance(graph[node]["inputs"]["text"], str)
    }
    inputs = {name: value for node in graph.values() for name, value in node["inputs"].items()}
    wanted = ("ckpt_name", "lora_name", "strength_model", "steps", "cfg", "width", "height")
    return texts | {name: inputs[name] for name in wanted if name in inputs}


def shown_in(preview: Message) -> list[str]:
    """Return the prompt and the negative as the card shows them, character by character."""
    return re.findall(r"^```\n(.*)\n```$", preview.text, re.MULTILINE)


async def test_each_choice_changes_the_graph_that_comfyui_gets_and_nothing_else(
    harbour: Studio, comfy: SandboxComfyUI
) -> None:
    await harbour.drawn("prompt:dusk")
    plain = sent_to(comfy)
    assert (plain["positive"], plain["ckpt_name"], plain["steps"]) == ("dusk", DREAMSHAPER, 25)
    assert (plain["width"], plain["height"]) == (512, 768)
    assert "lora_name" not in plain

    await harbour.drawn(f"prompt:dusk model:{ILLUSTRIOUS}")
    by_model = sent_to(comfy)
    assert by_model["positive"] == "masterpiece, best quality, dusk"
    assert (by_model["ckpt_name"], by_model["width"], by_model["height"]) == (ILLUSTRIOUS, 832, 1216)

    await harbour.drawn(f"prompt:dusk model:{ILLUSTRIOUS} character:Mira")
    by_character = sent_to(comfy)
    assert by_character["positive"] == "masterpiece, best quality, mira_v2, 1girl, silver hair, dusk"
    assert (by_character["lora_name"], by_character["strength_model"]) == ("ink_lines_sdxl.safetensors", 0.7)
    same = by_model.keys() - {"positive"}
    assert {name: by_character[name] for name in same} == {name: by_model[name] for name in same}

    await harbour.drawn(f"prompt:dusk model:{ILLUSTRIOUS} character:Mira variation:kimono")
    by_variation = sent_to(comfy)
    dressed = "masterpiece, best quality, mira_v2, 1girl, silver hair, floral kimono, (red obi:1.2), dusk"
    assert by_variation == by_character | {"positive": dressed}

    await harbour.drawn("prompt:dusk character:Mira variation:kimono style:ink")
    by_style = sent_to(comfy)
    assert by_style["positive"] == dressed.replace("mira_v2", "a print of mira_v2") + ", ink lines"
    assert str(by_style["negative"]).startswith("photo, ")
    assert by_style["steps"] == 6


async def test_a_preview_shows_to_the_letter_what_comfyui_then_gets(
    harbour: Studio, comfy: SandboxComfyUI
) -> None:
    mira = await harbour.app.stores.characters.named(1, "Mira")
    job, _ = await harbour.drawn(f"prompt:@Mira, dawn model:{ILLUSTRIOUS}")
    (artifact,) = await harbour.app.stores.jobs.artifacts(job.id)
    assert mira is not None
    await harbour.app.stores.reviews.decide(
        Verdict(
            artifact=artifact.id,
            by=1,
            by_name="director",
            at=1,
            after=Review.REJECTED,
            reasons=(Reason.APPEARANCE,),
            lessons={(mira.id, ModelFamily.SDXL): ("short hair", "text")},
        )
    )
    options = "prompt:@Mira and @[kai of the north], text negative:hat style:Ink variation:kimono size:512x512 cfg:4"
    preview = await harbour.answer(f"/prompt preview {options}")
    drawn_before = len(comfy.prompts)
    job, post = await harbour.drawn(options)
    assert len(comfy.prompts) == drawn_before + 1
    assert preview.ephemeral
    assert shown_in(preview) == [sent_to(comfy)["positive"], sent_to(comfy)["negative"]]
    for words in (
        "-# profile Illustrious: masterpiece, best quality",
        "-# style Ink: a print of, ink lines",
        "-# characters together: 2girls",
        "-# Mira: kimono: floral kimono, (red obi:1.2)",
        "-# learned for Mira: short hair",
        "**Left out of the negative**, since it was asked for: text",
        "**Lessons in force** short hair",
        f"**Checkpoint** `{ILLUSTRIOUS}` · SDXL, told by ComfyUI · profile Illustrious",
        "**LoRA** `ink_lines_sdxl.safetensors` at 0.7 · of Mira · SDXL, told by ComfyUI",
        "512×512 · 1 picture · 6 steps · cfg 4",
        "project Harbour · style Ink (revision 1)",
    ):
        assert words in preview.text
    assert job.recipe.dropped == ("text",)
    assert "** @Mira and @[kai of the north], text\n" in post.content.replace("\\[", "[")
    for words in (
        "Mira (kimono), Kai of the North",
        "style Ink (revision 1)",
        "LoRA ink\\_lines\\_sdxl at 0.7",
    ):
        assert words in post.content
    sheet = await harbour.answer(f"/job show job:{job.id}")
    assert "**Drawn as** masterpiece" in sheet.text
    params = await harbour.answer(f"/job params job:{job.id}")
    document = json.loads(params.attachments[0].data)
    assert document["prompt"] == sent_to(comfy)["positive"]
    assert document["cast"][0] == {"name": "Mira", "variations": ["kimono"]}


async def test_a_prompt_that_does_not_fit_the_card_comes_as_a_file(
    harbour: Studio, comfy: SandboxComfyUI
) -> None:
    long = "heron " * 300
    preview = await harbour.answer(
        f"/prompt preview prompt:{long}", attachments={"reference": ("fox.png", a_png(320, 256))}
    )
    await harbour.drawn(f"prompt:{long}")
    prompt, origins = preview.attachments
    assert (prompt.filename, origins.filename) == ("prompt.txt", "origins.txt")
    assert prompt.data.decode() == sent_to(comfy)["positive"]
    assert "**Beyond the first 75 tokens:**" in preview.text
    assert "workflow `img2img`" in preview.text


@pytest.mark.parametrize("command", ["/generate", "/prompt preview"])
async def test_what_cannot_be_drawn_is_refused_with_what_to_do(harbour: Studio, command: str) -> None:
    await harbour.answer("/project create name:Lanterns")
    asked = await harbour.command("/character create name:Zoe project:Lanterns")
    await asked.answered()
    for options, words in (
        (f"prompt:dusk character:Mira model:{DREAMSHAPER}", ("ink_lines_sdxl", "SDXL", DREAMSHAPER, "SD1.5")),
        ("prompt:dusk lora:watercolor_sd15 style:Ink", ("watercolor_sd15", "SD1.5", ILLUSTRIOUS, "SDXL")),
        ("prompt:@Mirra at dusk", ("no character called `Mirra`", "`Mira`")),
        ("prompt:@Zoe at dusk", ("“Zoe” is a character of “Lanterns”", "project")),
        ("prompt:dusk character:Mira, Mirra", ("no character called `Mirra`",)),
        ("prompt:dusk character:Mira variation:kimona", ("no variation called `kimona`", "`kimono`")),
        ("prompt:dusk variation:kimono", ("A variation is of a character",)),
        ("prompt:dusk style:Inc", ("no style called `Inc`", "`Ink`")),
        ("prompt:dusk lora_strength:0.5", ("Add `lora`",)),
    ):
        answer = await harbour.answer(f"{command} {options}")
        assert answer.ephemeral
        for word in words:
            assert word in answer.text
    assert await harbour.jobs() == []


async def test_who_and_how_is_completed_while_typing(harbour: Studio) -> None:
    async def offered(option: str, typed: str = "", **so_far: str) -> list[str]:
        return [
            str(choice.value)
            for choice in await harbour.artist.autocomplete(
                "/generate", option, typed, channel=harbour.general, **so_far
            )
        ]

    assert await offered("character") == ["Kai of the North", "Mira"]
    assert await offered("character", "Mira, ka") == ["Mira, Kai of the North"]
    assert await offered("character", "mira, ") == ["mira, Kai of the North"]
    assert await offered("character", project="Nowhere") == []
    assert await offered("variation", character="Mira") == ["kimono"]
    assert await offered("variation", "ki", prompt="@[Kai of the North] and @Mira") == ["Mira: kimono"]
    assert await offered("variation", character="Nobody") == []
    assert await offered("variation", project="Nowhere") == []
    assert await offered("style") == ["Ink"]
    assert "img2img" in await offered("workflow", "img")
