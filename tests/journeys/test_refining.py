"""From a finished picture to the next one: buttons, menus, forms and the menus on messages."""

from pathlib import Path

import pytest

from bot.core.job import Job
from bot.core.lineage import Descent
from bot.core.review import Review
from bot.sandbox.discord import Interaction, Message, Person, Thread
from tests.journeys.studio import Studio, a_png, picture_in


async def next_of(studio: Studio, interaction: Interaction) -> Job:
    """Wait for the job that came of an interaction to be posted."""
    return await studio.ended((await studio.job_of(interaction)).id)


async def press(studio: Studio, post: Message, label: str, *, by: Person | None = None) -> Message:
    return await (await (by or studio.artist).click(post, label)).answered()


async def post_says(studio: Studio, post: Message, words: str) -> None:
    await studio.discord.wait_for(lambda _: words in post.content or None)


async def test_a_picture_goes_on_by_every_button_and_knows_where_it_came_from(studio: Studio) -> None:
    job, post = await studio.drawn("prompt:a heron seed:7 size:64x96")
    varied = await next_of(studio, await studio.artist.click(post, "Vary"))
    assert varied.lineage is not None
    assert (varied.lineage.parent, varied.lineage.how, varied.lineage.picture) == (1, Descent.VARY, 1)
    assert (varied.recipe.workflow, varied.recipe.denoise, varied.recipe.prompt) == (
        "img2img",
        0.55,
        job.recipe.prompt,
    )
    assert f"variation of [#1](https://discord.com/channels/{studio.general.guild.id}/" in (
        studio.post_of(varied).content
    )

    large = await next_of(studio, await studio.director.click(studio.post_of(varied), "Upscale"))
    assert (large.recipe.workflow, large.recipe.scale, large.recipe.model) == ("upscale", 2.0, None)
    assert picture_in(studio.post_of(large).attachments[0]).size == (128, 192)
    assert "RealESRGAN\\_x4plus\\_anime\\_6B · 128×192 · ×2" in studio.post_of(large).content
    [kept] = await studio.app.stores.jobs.artifacts(large.id)
    assert kept.kind == "upscales"

    form = await studio.artist.click(studio.post_of(large), "Edit")
    shown = {part["custom_id"]: part.get("value") for part in (await form.modal_shown()).inputs}
    assert shown == {
        "prompt": "a heron",
        "negative": None,
        "size": "64x96",
        "steering": "25 / 5",
        "seed": str(varied.recipe.seed),
    }
    filled = await studio.artist.submit(form, {"prompt": "a crane", "steering": "12 / 6.5", "seed": "9"})
    edited = await next_of(studio, filled)
    assert edited.lineage is not None
    assert (edited.lineage.parent, edited.lineage.how) == (large.id, Descent.EDIT)
    assert (edited.recipe.steps, edited.recipe.cfg, edited.recipe.seed) == (12, 6.5, 9)
    assert "a crane" in edited.recipe.prompt

    sheet = await studio.answer(f"/job show job:{edited.id}")
    for words in ("came from [#1](", "→ vary → [#2](", "→ upscale → [#3](", "→ edit → #4"):
        assert words in sheet.text
    tree = await studio.answer("/job tree job:1")
    assert "4 jobs, 1 varied, 1 upscaled, 1 edited" in tree.text
    assert picture_in(tree.attachments[0]).width > 300


async def test_what_is_written_into_the_form_wrongly_is_said_clearly(studio: Studio) -> None:
    _, post = await studio.drawn()
    for wrong, words in (
        ({"prompt": "  "}, "The prompt is empty"),
        ({"prompt": "a long-legged heron", "size": "huge"}, "is not a size"),
        ({"prompt": "a very long-legged heron", "size": "huge"}, "> a very long-legged heron"),
        ({"steering": "many"}, "Write them as `25 / 5`"),
        ({"seed": "x"}, "is no seed"),
        ({"steering": "900 / 5"}, "`steps` goes from 1 to 150"),
    ):
        form = await studio.artist.click(post, "Edit")
        answer = await (await studio.artist.submit(form, wrong)).answered()
        assert answer.ephemeral
        assert words in answer.text
    assert len(await studio.jobs()) == 1


async def test_of_several_pictures_a_menu_tells_which_one_is_meant(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron count:3 contact_sheet:True size:64x64")
    assert [file.filename.rpartition("-")[2] for file in post.attachments] == [
        "1.webp", "2.webp", "3.webp", "sheet.webp"
    ]  # fmt: skip
    await studio.restart()
    panel = await (await studio.artist.select(post, "menu:picture:1:show", ["2"])).answered()
    assert panel.ephemeral
    assert "#1 · picture 2" in panel.text
    assert panel.attachments
    asked = await press(studio, post, "Upscale")
    assert "Which picture is to be made larger?" in asked.text
    large = await next_of(studio, await studio.artist.select(asked, "menu:picture:1:upscale", ["3"]))
    assert large.lineage is not None
    assert large.lineage.picture == 3
    assert "upscaled from [#1 picture 3](" in studio.post_of(large).content

    assert "approved" in (await press(studio, panel, "Approve", by=studio.artist)).text
    await post_says(studio, post, f"✅ picture 2 approved by {studio.artist.user.mention}")
    asked = await press(studio, post, "Delete")
    sure = await (await studio.artist.select(asked, "menu:picture:1:delete", ["1"])).answered()
    assert "Delete picture 1 of **#1**? Its file is removed from the library and from the post." in sure.text
    await press(studio, sure, "Delete")
    await post_says(studio, post, "🗑️ picture 1 deleted")
    assert [file.filename.rpartition("-")[2] for file in post.attachments] == ["2.webp", "3.webp"]
    again = await (await studio.artist.select(post, "menu:picture:1:show", ["2"])).answered()
    assert "picture 2" in again.text
    gone = await press(studio, studio.a_message_with_button("picture:1:1:upscale"), "picture:1:1:upscale")
    assert "Picture 1 of #1 was deleted, or never was" in gone.text
    every = await press(studio, post, "Approve")
    assert (
        "All 2 pictures"
        in (await (await studio.artist.select(every, "menu:picture:1:approve", ["all"])).answered()).text
    )


async def test_deleting_asks_and_is_for_its_person_or_a_manager(studio: Studio) -> None:
    _, post = await studio.drawn(by=studio.director)
    assert "not yours" in (await press(studio, post, "Delete")).text
    sure = await press(studio, post, "Delete", by=studio.director)
    assert "Its file is removed, and the post with it." in sure.text
    kept = await press(studio, sure, "Keep", by=studio.director)
    assert "Nothing of" in kept.text
    sure = await press(studio, post, "Delete", by=studio.director)
    await press(studio, sure, "picture:1:1:delete_now", by=studio.director)
    await studio.discord.wait_for(lambda _: post.deleted or None)
    answer = await press(studio, studio.a_message_with_button("picture:1:1:vary"), "picture:1:1:vary")
    assert "The pictures of #1 were deleted" in answer.text


async def test_a_rejection_asks_why_and_is_seen_under_the_post(studio: Studio) -> None:
    _, post = await studio.drawn()
    asked = await press(studio, post, "Reject", by=studio.director)
    menu = next(part for part in asked.controls if part["type"] == 3)
    form = await studio.director.select(asked, menu["custom_id"], [menu["options"][2]["value"]])
    await (await studio.director.submit(form, {"note": "six fingers"})).answered()
    await post_says(studio, post, f"❌ rejected by {studio.director.user.mention}: bad quality")
    [picture] = await studio.app.stores.jobs.artifacts(1)
    assert picture.review is Review.REJECTED
    assert {part.get("label") for part in post.controls} >= {"Again", "Vary", "Approve", "Delete"}


async def test_in_a_forum_and_in_a_thread_that_slept_the_buttons_of_old_posts_work(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:projects")
    _, post = await studio.drawn("prompt:a heron project:Harbor size:64x64")
    await studio.restart()
    assert isinstance(post.channel, Thread)
    studio.discord.world.archive(post.channel)
    await studio.artist.say(post.channel, "look at this one")
    approved = await studio.director.click(post, "Approve")
    studio.discord.world.archive(post.channel)
    assert "approved" in (await approved.answered()).text
    await post_says(studio, post, "✅ approved by")
    again = await next_of(studio, await studio.director.click(post, "Again"))
    assert again.project == 1


async def test_the_same_button_twice_in_a_moment_does_one_thing(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron size:64x64")
    first, second = await studio.artist.click(post, "Vary"), await studio.artist.click(post, "Vary")
    assert "drawn once" in (await second.answered()).text
    await next_of(studio, first)
    assert len(await studio.jobs()) == 2


@pytest.mark.parametrize(
    "custom_id", ["picture:1:1:dance", "picture:x", "menu:picture:1:dance", "menu:picture:zz"]
)
async def test_a_control_of_another_version_is_answered_in_words(studio: Studio, custom_id: str) -> None:
    message = studio.a_message_with_button(custom_id)
    if custom_id.startswith("menu"):
        options = [{"label": "1", "value": "1"}]
        menu = {"type": 3, "id": 2, "custom_id": custom_id, "options": options}
        message.components = [{"type": 1, "id": 1, "components": [menu]}]
        answer = await (await studio.artist.select(message, custom_id, ["1"])).answered()
    else:
        answer = await press(studio, message, custom_id)
    assert "belongs to nothing any more" in answer.text


# ── menus on messages


async def test_the_menus_of_a_post_work_after_a_restart_and_say_what_has_no_pictures(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.drawn("prompt:a heron size:64x64")
    job, post = await studio.drawn("prompt:a crane size:64x64")
    await studio.restart()
    told = await (await studio.director.context_menu("Parameters", post)).answered()
    assert f"#{job.id} · parameters" in told.text
    pinned = await (await studio.director.context_menu("Use as reference", post)).answered()
    assert "📌 Picture 1 of **#2**" in pinned.text
    assert "starts from no picture" in (await press(studio, pinned, "Without it", by=studio.director)).text
    pinned = await (await studio.director.context_menu("Use as reference", post)).answered()
    taken = await studio.generate("prompt:a stork size:64x64", by=studio.director)
    drawn = await next_of(studio, taken)
    assert drawn.lineage is not None
    assert (drawn.lineage.how, drawn.lineage.parent) == (Descent.REFERENCE, 2)
    assert drawn.recipe.workflow == "img2img"
    unpinned = await next_of(studio, await studio.generate("prompt:a stork size:64x64", by=studio.director))
    assert unpinned.lineage is None
    again = await next_of(studio, await studio.director.context_menu("Again", post))
    assert again.parent == job.id

    said = await studio.artist.say(studio.general, "hello")
    for name in ("Parameters", "Again", "Move to project"):
        answer = await (await studio.director.context_menu(name, said)).answered()
        assert "no finished picture on that message" in answer.text
    for name in ("Draw from this", "Use as reference"):
        answer = await (await studio.director.context_menu(name, said)).answered()
        assert "no picture on that message" in answer.text
        assert "a message with a PNG, JPEG or WebP" in answer.text


async def test_a_job_moves_to_another_project_and_its_files_stay(studio: Studio) -> None:
    studio.discord.world.add_person("guest")
    _, post = await studio.drawn("prompt:a heron size:64x64")
    assert (
        "no project to move it to"
        in (await (await studio.artist.context_menu("Move to project", post)).answered()).text
    )
    await studio.answer("/project create name:Harbor channel:gallery")
    assert (
        "not yours"
        in (
            await (await studio.discord.person("guest").context_menu("Move to project", post)).answered()
        ).text
    )
    asked = await (await studio.artist.context_menu("Move to project", post)).answered()
    [before] = await studio.app.stores.jobs.artifacts(1)
    moved = await (await studio.artist.select(asked, "menu:picture:1:move", ["1"])).answered()
    assert "files stay in the folder" in moved.text
    assert (await studio.app.stores.jobs.get(1)).project == 1
    assert (await studio.app.stores.jobs.artifacts(1))[0].path == before.path
    await post_says(studio, post, "Harbor")


async def test_a_persons_own_picture_is_drawn_from(studio: Studio) -> None:
    said = await studio.artist.say(studio.general, "like this", attachments=[("sketch.png", a_png())])
    form = await studio.artist.context_menu("Draw from this", said)
    drawn = await next_of(studio, await studio.artist.submit(form, {"prompt": "a heron", "denoise": "0.4"}))
    assert (drawn.recipe.workflow, drawn.recipe.denoise) == ("img2img", 0.4)
    form = await studio.artist.context_menu("Draw from this", said)
    await form.modal_shown()
    await studio.restart()
    lost = await (await studio.artist.submit(form, {"prompt": "a long prompt"})).answered()
    assert lost.ephemeral
    assert "> a long prompt" in lost.text
    pinned = await (await studio.artist.context_menu("Use as reference", said)).answered()
    assert "reference for your next" in pinned.text
    form = await studio.artist.context_menu("Draw from this", said)
    wrong = await (await studio.artist.submit(form, {"prompt": "a heron", "denoise": "much"})).answered()
    assert "is no number" in wrong.text


# ── drawn once more


async def test_the_same_seed_gives_the_same_graph_and_the_same_pixels(studio: Studio) -> None:
    await studio.drawn("prompt:a heron seed:7 size:64x64")
    same = await next_of(studio, await studio.command("/job again job:1 same_seed:True"))
    original = await studio.app.stores.jobs.get(1)
    assert _but_for_its_files(same) == _but_for_its_files(original)
    assert "Identical to #1, pixel by pixel." in studio.post_of(same).content
    assert "same seed as [#1]" in studio.post_of(same).content
    assert "Identical to #1, pixel by pixel." in (await studio.answer("/job show job:2")).text


def _but_for_its_files(job: Job) -> dict[str, object]:
    assert job.graph is not None
    return {
        node_id: node.inputs for node_id, node in job.graph.nodes.items() if node.class_type != "SaveImage"
    }


async def test_a_lost_file_is_taken_from_its_post(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron size:128x128")
    [picture] = await studio.app.stores.jobs.artifacts(1)
    (Path(studio.settings.data_dir) / picture.path).unlink()
    varied = await next_of(studio, await studio.artist.click(post, "Vary"))
    assert varied.recipe.reference is not None
    assert varied.recipe.reference.path != picture.path
    post.attachments.clear()
    answer = await press(studio, post, "Upscale")
    assert "its post does not have it either" in answer.text
