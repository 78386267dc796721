"""`/gallery`, `/find`, `/compare`: what was drawn is leafed through, found again and laid side by side."""

import asyncio
from io import BytesIO

from PIL import Image

from bot.core.inscription import Parameters
from bot.sandbox.discord import Message, SandboxDiscord
from bot.studio.adopting import Adopting, Taken
from storage.fsck import check
from tests.fakes import FakeHoard
from tests.journeys.studio import Studio, a_png, picture_in


def sheet_in(message: Message) -> Image.Image:
    (attachment,) = message.attachments
    return picture_in(attachment)


async def refused(studio: Studio, command: str, words: str, **more: object) -> None:
    answer = await studio.answer(command, **more)
    assert answer.ephemeral
    assert words in answer.text


async def test_the_gallery_shows_a_sheet_of_the_newest_and_turns_to_the_older_after_any_restart(
    studio: Studio,
) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.drawn("prompt:a heron project:Harbor size:64x64 count:8")
    job, post = await studio.drawn("prompt:a fox size:64x64 count:2")
    shown = await studio.answer("/gallery")
    assert shown.ephemeral
    for words in ("**#2** pictures 1, 2", "a fox", str(post.id), "**#1** pictures 2, 3, 4, 5, 6, 7, 8"):
        assert words in shown.text
    assert sheet_in(shown).width > 400
    await studio.restart()
    await (await studio.artist.click(shown, "Older")).answered()
    assert "**#1** picture 1 " in shown.text
    assert sheet_in(shown).width > 100
    await (await studio.artist.click(shown, "Newer")).answered()
    assert f"**#{job.id}** pictures 1, 2" in shown.text
    assert check(studio.settings.data_dir) == []


async def test_the_gallery_is_narrowed_and_stays_so(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.answer("/character create name:Mira design_prompt:silver hair project:Harbor")
    await studio.drawn("prompt:@Mira at the quay project:Harbor size:64x64 count:8")
    await studio.drawn("prompt:@Mira asleep project:Harbor size:64x64 count:2")
    await studio.drawn("prompt:an empty quay project:Harbor size:64x64")
    shown = await studio.answer("/gallery project:Harbor character:Mira since:yesterday until:today")
    assert "Harbor, Mira" in shown.text
    assert "asleep" in shown.text
    assert "empty quay" not in shown.text
    await (await studio.artist.click(shown, "Older")).answered()
    assert "**#1** picture 1 " in shown.text
    nothing = await studio.answer("/gallery project:Harbor state:approved")
    assert "No pictures fit that" in nothing.text
    long_ago = (await studio.answer("/gallery until:2020-02-29 state:unreviewed")).text
    assert long_ago.startswith("Pictures · not reviewed yet, until 2020-02-29\nNo pictures fit that")
    for command, words in {
        "/gallery since:tomorrow": "2026-09-21",
        "/gallery since:2026-02-30": "is not a date",
        "/gallery since:today until:7d": "Exchange the two dates",
        "/gallery project:Habor": "Nearest: `Harbor`",
        "/gallery project:Harbor character:Miro": "Nearest: `Mira`",
    }.items():
        await refused(studio, command, words)
    await refused(studio, "/gallery character:Mira", "which project", by=studio.director)


async def test_pictures_of_an_adult_project_are_not_shown_to_everyone(studio: Studio) -> None:
    world = studio.discord.world
    night = world.add_channel(world.guild, "night", nsfw=True)
    await studio.answer("/project create name:Night channel:night rating:adult")
    job, post = await studio.drawn("prompt:a heron project:Night size:64x64 count:2")
    other, _ = await studio.drawn("prompt:a fox size:64x64", by=studio.director)
    open_to_all = await studio.answer("/gallery")
    assert "Not shown in this channel: 2 pictures of adult projects" in open_to_all.text
    assert sheet_in(open_to_all).width < 1000
    assert (await studio.answer("/gallery project:Night")).attachments == []
    await refused(studio, f"/compare job_a:{job.id} job_b:{other.id}", "age-restricted")
    inside = await studio.answer("/gallery project:Night", channel=night)
    assert "Not shown" not in inside.text
    assert inside.attachments
    found = await studio.answer("/find text:heron")
    assert "Not shown in this channel: 1 picture of adult projects" in found.text
    assert found.attachments == []
    tree = f"/job tree job:{job.id}"
    assert "Not shown in this channel" in (await studio.answer(tree)).text
    assert "Not shown in this channel" not in (await studio.answer(tree, channel=night)).text

    world.restrict(night, nsfw=False)
    panel = await (await studio.artist.select(post, f"menu:picture:{job.id}:show", ["2"])).answered()
    assert "Not shown in this channel" in panel.text
    assert panel.attachments == []
    await studio.artist.react(post, "✉️")
    [letter] = await studio.discord.wait_for(lambda _: studio.artist.direct_messages() or None)
    assert "Not shown in this channel: 2 pictures of adult projects" in letter.text
    assert not [file for file in letter.attachments if file.filename.endswith("png")]


async def test_find_shows_what_has_all_the_words_and_turns_to_the_older(studio: Studio) -> None:
    await studio.drawn("prompt:a heron under paper lanterns size:64x64")
    await studio.pause()
    for number in range(9):
        await studio.answer(f"/generate prompt:paper boats {number}")
    await studio.answer("/generate prompt:猫耳の少女")
    shown = await studio.answer("/find text:paper boa")
    assert shown.ephemeral
    assert "paper boats 8" in shown.text
    assert "heron" not in shown.text
    assert "paper boats 0" not in shown.text
    await (await studio.artist.click(shown, "Older")).answered()
    assert "paper boats 0" in shown.text
    await (await studio.artist.click(shown, "Newer")).answered()
    assert "paper boats 8" in shown.text
    drawn = await studio.answer("/find text:LANTERNS heron")
    assert "#1" in drawn.text
    assert sheet_in(drawn).width > 100
    assert "猫耳の少女" in (await studio.answer("/find text:少女")).text
    assert "No prompt has all" in (await studio.answer('/find text:"paper" OR boats*')).text
    await refused(studio, "/find text:***", "no word to look for")
    await refused(studio, f"/find text:{'word ' * 20}", "too long")


async def test_compare_lays_two_pictures_side_by_side_and_names_in_what_they_differ(
    studio: Studio, discord: SandboxDiscord
) -> None:
    elsewhere = discord.world.add_guild("Elsewhere")
    lobby = discord.world.add_channel(elsewhere, "lobby")
    discord.world.add_member(elsewhere, discord.world.bot)
    discord.world.add_member(elsewhere, studio.artist.user)
    first, post = await studio.drawn("prompt:a heron seed:7 steps:3 size:64x64 count:2")
    second, _ = await studio.drawn("prompt:a heron seed:8 steps:3 size:64x64")
    same, _ = await studio.drawn("prompt:a heron seed:8 steps:3 size:64x64")
    shown = await studio.answer(f"/compare job_a:#{first.id} job_b:{second.id}")
    assert shown.ephemeral
    for words in ("**seed** `7` → `8`", "**count** `2` → `1`", str(post.id), "pixels differ"):
        assert words in shown.text
    assert "steps" not in shown.text
    assert sheet_in(shown).width > 100
    twice = await studio.answer(f"/compare job_a:{second.id} job_b:{same.id}")
    assert "very same parameters" in twice.text
    assert "identical" in twice.text
    own = await studio.answer(f"/compare job_a:{first.id} job_b:{first.id} picture_b:2")
    assert f"**#{first.id}** picture 2" in own.text
    await studio.pause()
    waiting = await studio.job_of(await studio.generate("prompt:a fox"))
    for command, words in {
        f"/compare job_a:{first.id} job_b:{first.id}": "twice",
        f"/compare job_a:{first.id} job_b:{waiting.id}": "has no picture; its state: queued",
        f"/compare job_a:{first.id} job_b:{second.id} picture_b:3": "its pictures are 1 to 1",
        f"/compare job_a:{first.id} job_b:999": "no job #999",
        "/compare job_a:one job_b:2": "not a job's number",
    }.items():
        await refused(studio, command, words)
    await refused(studio, f"/compare job_a:{first.id} job_b:{second.id}", "no job #1 here", channel=lobby)
    assert "There are no pictures here" in (await studio.answer("/gallery", channel=lobby)).text


async def test_a_file_that_is_gone_leaves_its_frame_empty_and_says_so(studio: Studio) -> None:
    job, _ = await studio.drawn("prompt:a heron size:64x64 count:2")
    first, second = await studio.app.stores.jobs.artifacts(job.id)
    for path in (first.path, first.thumbnail):
        assert path is not None
        (studio.settings.data_dir / path).unlink()
    shown = await studio.answer("/gallery")
    assert f"The files of #{job.id} · 1 are gone" in shown.text
    compared = await studio.answer(f"/compare job_a:{job.id} job_b:{job.id} picture_b:2")
    assert "not measured, as a file cannot be read" in compared.text
    await studio.app.stores.artifacts.delete([second.id], at=1)
    assert f"**#{job.id}** picture 1 " in (await studio.answer("/gallery")).text
    await refused(studio, f"/compare job_a:{job.id} job_b:{job.id} picture_b:2", "was deleted")


async def test_a_button_that_no_longer_means_anything_says_so(studio: Studio) -> None:
    for custom_id in ("album:x", "album:5:q7", "album:5:r9", "find:5", "find:5:p1"):
        old = studio.a_message_with_button(custom_id)
        answer = await (await studio.artist.click(old, custom_id)).answered()
        assert "belongs to nothing any more" in answer.text


async def test_a_delivered_file_tells_any_reader_what_it_was_drawn_with(studio: Studio) -> None:
    """Read with Pillow's own reader, as any other tool would."""
    job, _ = await studio.drawn("prompt:a heron, 猫耳 seed:7 steps:3 size:64x64")
    (artifact,) = await studio.app.stores.jobs.artifacts(job.id)
    with Image.open(BytesIO(await studio.app.ports.shelf.read(artifact.path))) as image:
        texts = dict(getattr(image, "text"))  # noqa: B009 - only PNG files have it
    assert job.graph is not None
    assert '"class_type": "KSampler"' in texts["prompt"]
    infotext = texts["parameters"].splitlines()
    assert infotext[0] == job.recipe.prompt
    assert infotext[1] == f"Negative prompt: {job.recipe.negative}"
    for setting in ("Steps: 3", "Seed: 7", "Size: 64x64", f"Genga job: {job.id}", "CFG scale: "):
        assert setting in infotext[-1]
    post = studio.post_of(job)
    assert "heron" not in str(picture_in(post.attachments[0]).info)


async def test_an_adopted_picture_is_found_shown_and_honest_about_what_nobody_knows(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    project = await studio.app.stores.projects.get(1)
    content = (await studio.app.ports.pictures.reference(a_png())).content
    told = await studio.app.ports.darkroom.inscribe(
        content, Parameters(prompt="old lighthouse", seed=7, steps=9)
    )
    adopting = Adopting(
        FakeHoard({"2019/one.png": told}),
        project,
        jobs=studio.app.stores.jobs,
        artifacts=studio.app.stores.artifacts,
        discards=studio.app.stores.discards,
        darkroom=studio.app.ports.darkroom,
        shelf=studio.app.ports.shelf,
        clock=studio.app.desk.clock,
    )
    assert [type(outcome) async for outcome in adopting.run(asyncio.Event())] == [Taken]
    assert "old lighthouse" in (await studio.answer("/find text:lighthouse")).text
    assert "genga import" in (await studio.answer("/gallery project:Harbor")).text
    shown = await studio.answer("/job show job:1")
    for words in ("taken over into the library", "seed `7`", "9 steps", "model not told", "cfg not told"):
        assert words in shown.text
    params = await studio.answer("/job params job:1")
    assert "**sampler** its file does not tell" in params.text
    assert check(studio.settings.data_dir) == []


async def test_two_different_pictures_never_score_the_same(studio: Studio) -> None:
    job, _ = await studio.drawn("prompt:a heron seed:7 size:64x64 count:8")
    same, _ = await studio.drawn("prompt:a heron seed:7 size:64x64")
    pictures = await studio.app.stores.jobs.artifacts(job.id)
    (again,) = await studio.app.stores.jobs.artifacts(same.id)
    measures = [picture.measures for picture in pictures]
    assert all(one is not None for one in measures)
    assert len({picture.origin_sha256 for picture in pictures}) == 8
    for score in ("exposure", "contrast", "sharpness"):
        assert len({getattr(one, score) for one in measures}) == 8, score
    assert again.measures == measures[0]
    assert again.near in {picture.id for picture in pictures}
