"""`/style`: how a project draws, and the graph that ComfyUI received because of it."""

from typing import Any

import pytest

from bot.core.job import Job
from bot.sandbox.discord import ChannelKind
from tests.journeys.studio import Studio


async def a_project(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.answer("/project use project:Harbor")


def inputs(job: Job, class_type: str) -> list[dict[str, Any]]:
    """Return what the nodes of this class were given in the graph that was sent."""
    assert job.graph is not None
    return [dict(node.inputs) for node in job.graph.nodes.values() if node.class_type == class_type]


async def test_a_style_decides_what_comfyui_receives(studio: Studio) -> None:
    await a_project(studio)
    plain, _ = await studio.drawn("prompt:a heron seed:7")
    catalogue = studio.app.studio.workshop.catalogue
    assert catalogue is not None
    model, lora, sampler = catalogue.checkpoints[-1], catalogue.loras[0], catalogue.samplers[-1]
    made = await studio.artist.slash(
        "/style create",
        channel=studio.general,
        name="Ink",
        model=model,
        sampler=sampler,
        steps=9,
        cfg=3.5,
        size="512x512",
        positive="ink drawing, {prompt}, white paper",
        negative="colour",
    )
    card = await made.answered()
    assert "exists now" in card.text
    assert "ink drawing, {prompt}, white paper" in card.text
    before, _ = await studio.drawn("prompt:a heron seed:7")
    assert inputs(before, "KSampler") == inputs(plain, "KSampler")

    used = await studio.answer("/style use style:ink")
    assert "draws in **Ink** now" in used.text
    styled, post = await studio.drawn("prompt:a heron seed:7")
    (sampling,) = inputs(styled, "KSampler")
    assert (sampling["steps"], sampling["cfg"], sampling["sampler_name"]) == (9, 3.5, sampler)
    assert inputs(styled, "CheckpointLoaderSimple") == [{"ckpt_name": model}]
    assert inputs(styled, "EmptyLatentImage")[0]["width"] == 512
    words = [one["text"] for one in inputs(styled, "CLIPTextEncode")]
    assert any("ink drawing" in text and "heron" in text and "white paper" in text for text in words)
    assert any(text.startswith("colour") or "colour" in text.split(", ") for text in words)
    assert "Ink" in post.text
    assert lora not in str(inputs(styled, "LoraLoader"))

    assert "draws in no style" in (await studio.answer("/style use")).text
    after, _ = await studio.drawn("prompt:a heron seed:7")
    assert inputs(after, "KSampler") == inputs(plain, "KSampler")


async def test_a_style_is_taken_over_from_a_job_shown_and_listed(studio: Studio) -> None:
    await a_project(studio)
    assert "No styles yet" in (await studio.answer("/style list")).text
    job, _ = await studio.drawn("prompt:a heron steps:11 cfg:4 size:wide")
    made = await studio.answer(f"/style create name:As drawn from_job:{job.id} steps:12")
    for words in ("**steps** 12", "**cfg** 4", f"**size** {job.recipe.size}", "**model**"):
        assert words in made.text
    shown = await studio.answer("/style show style:as drawn")
    assert shown.ephemeral
    assert f"as \\#{job.id} was drawn" in shown.text or f"as #{job.id} was drawn" in shown.text
    assert "**As drawn**" in (await studio.answer("/style list")).text
    offered = await studio.artist.autocomplete("/style show", "style", "as", channel=studio.general)
    assert [choice.value for choice in offered] == ["As drawn"]


async def test_every_change_is_told_and_can_be_taken_back(studio: Studio) -> None:
    await a_project(studio)
    await studio.answer("/style create name:Ink steps:9 cfg:3 negative:colour")
    choices = await studio.answer("/style edit style:Ink")
    for words in ("what can be changed", "**steps** 9", "**model** nothing said"):
        assert words in choices.text
    changed = await studio.artist.slash(
        "/style edit", channel=studio.general, style="Ink", steps=30, clear="negative, cfg", why="sharper"
    )
    card = await changed.answered()
    for words in ("**steps** 9 → 30", "**cfg** 3 → nothing", "**negative** colour → nothing", "sharper"):
        assert words in card.text
    await studio.answer("/style edit style:Ink sampler:euler why:calmer")
    told = await studio.answer("/style history style:Ink")
    for words in ("**Revision 3**", "calmer", "**Revision 2**", "sharper", "**Revision 1**"):
        assert words in told.text
    (menu,) = told.controls
    assert [option["value"] for option in menu["options"]] == ["3", "2"]
    back = await studio.artist.select(told, menu["custom_id"], ["2"])
    shown = await back.answered()
    assert "Taken back" in shown.text
    assert "takes back revision 2" in shown.text
    now = await studio.answer("/style show style:Ink")
    for words in ("**steps** 9", "**cfg** 3", "**sampler** euler", "Revision 4"):
        assert words in now.text
    again = await studio.artist.select(shown, menu["custom_id"], ["2"])
    refused = await again.answered()
    assert "changed again since" in refused.text


async def test_what_cannot_be_a_style_is_said_and_nothing_is_changed(studio: Studio) -> None:
    nowhere = await studio.answer("/style list")
    assert "no project yet" in nowhere.text
    await a_project(studio)
    await studio.answer("/style create name:Ink steps:9")
    for said, words in {
        "/style create name:INK steps:9": "`Ink` already",
        "/style create name:Empty": "says nothing",
        "/style create name:Wrong sampler:eulr": "no sampler called `eulr`",
        "/style create name:Wrong size:37": "is not a size",
        "/style create name:Wrong lora_strength:1": "no LoRA was named",
        "/style create name:Wrong from_job:99": "no job #99",
        "/style edit style:Ink steps:10": "not said why",
        "/style edit style:Ink steps:9 why:because": "nothing would change",
        "/style edit style:Ink clear:sampling why:because": "no field of a style",
        "/style edit style:Ink steps:10 clear:steps why:because": "given and cleared",
        "/style edit style:Ink remove_lora:mira why:because": "no LoRA to take away",
        "/style edit style:Inc steps:10 why:because": "Nearest: `Ink`",
        "/style use style:Wash": "no style called",
    }.items():
        answer = await studio.answer(said)
        assert answer.ephemeral, said
        assert words in answer.text, (said, answer.text)
    told = await studio.answer("/style history style:Ink")
    assert told.controls == []
    await studio.answer("/project archive project:Harbor")
    assert "archived" in (await studio.answer("/style create name:Wash steps:9")).text


@pytest.mark.parametrize("rest", ["99", "x"])
async def test_a_menu_of_a_style_that_is_no_more_says_so(studio: Studio, rest: str) -> None:
    world = studio.discord.world
    message = world.write(studio.general, world.bot, "a history")
    option = {"label": "Take back 2", "value": "2"}
    menu = {"type": 3, "id": 2, "custom_id": f"menu:style_back:{rest}", "options": [option]}
    message.components = [{"type": 1, "id": 1, "components": [menu]}]
    answer = await (await studio.artist.select(message, f"menu:style_back:{rest}", ["2"])).answered()
    assert "no such style" in answer.text or "any more" in answer.text


async def test_styles_are_the_projects_own(studio: Studio) -> None:
    world = studio.discord.world
    world.add_channel(world.guild, "foxes", kind=ChannelKind.FORUM)
    await a_project(studio)
    await studio.answer("/style create name:Ink steps:9")
    await studio.answer("/project create name:Fox channel:foxes")
    refused = await studio.answer("/style show style:Ink project:Fox")
    assert "no style called" in refused.text
    refused = await studio.answer("/project edit project:Fox style:Ink")
    assert "no style called" in refused.text
    changed = await studio.answer("/project edit project:Harbor style:Ink")
    assert "**style** none → Ink" in changed.text
    assert "Harbor** draws in it" in (await studio.answer("/style show style:Ink")).text
    assert "style **Ink**" in (await studio.answer("/project show project:Harbor")).text
    offered = await studio.artist.autocomplete("/style edit", "clear", "", channel=studio.general)
    assert "steps" in [choice.value for choice in offered]
