"""`/project` from its making to its end: what is changed, for whom, where its pictures go, and what is lost."""

import asyncio
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.core.job import JobState
from bot.sandbox.discord import Channel, ChannelKind, NotPossible
from tests.journeys.studio import Studio

NAMES = {
    "a/b": "a-b",
    "..": "project-1",
    "CON": "con-0",
    "references": "references-0",
    "🌊": "project-1",
    "\u202eHarbor\u200f": "harbor",
}


def an_adult_channel(studio: Studio, name: str = "after-dark", **more: object) -> Channel:
    world = studio.discord.world
    return world.add_channel(world.guild, name, nsfw=True, **more)  # type: ignore[arg-type]


# ── what it is


async def test_a_project_is_shown_and_changed_by_what_is_said(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery description:Episode one")
    shown = await studio.answer("/project edit project:Harbor")
    assert shown.ephemeral
    for words in ("what can be changed", "Episode one", "one thread for the project", "for everyone"):
        assert words in shown.text
    changed = await studio.answer(
        "/project edit project:Harbor name:Old Harbor threads:day workflow:txt2img clear:description"
    )
    for words in ("Harbor → Old Harbor", "Episode one → none", "→ a thread for each day", "txt2img"):
        assert words in changed.text
    card = await studio.answer("/project show project:old harbor")
    assert "Drawn with workflow `txt2img`" in card.text
    assert "in a thread for each day" in card.text
    again = await studio.answer("/project edit project:Old Harbor threads:day")
    assert "nothing changed" in again.text


@pytest.mark.parametrize("name", NAMES)
async def test_whatever_a_project_is_called_is_shown_and_its_folder_told(studio: Studio, name: str) -> None:
    made = await (await studio.artist.slash("/project create", channel=studio.general, name=name)).answered()
    assert "exists now" in made.text
    assert f"`{NAMES[name]}`" in made.text


async def test_what_cannot_be_done_with_a_project_is_said_and_nothing_is_done(studio: Studio) -> None:
    with pytest.raises(NotPossible, match="80"):
        await studio.artist.slash("/project create", channel=studio.general, name="x" * 200)
    await studio.answer("/project create name:Harbor channel:gallery", by=studio.director)
    for said, words in {
        "/project create name:HARBOR": "`Harbor` already",
        "/project edit project:Harbor name:Mine": "not yours",
        "/project edit project:Habor name:Mine": "Nearest: `Harbor`",
        "/project archive project:Harbor": "not yours",
        "/project restore project:Harbor": "not yours",
        "/project delete project:Harbor": "Manage Server",
        "/project create name:Fox rating:adult": "age-restricted",
        "/project create name:Fox workflow:img2img": "starts from a picture",
        "/project export project:Harbor": "nothing to take away",
    }.items():
        answer = await studio.answer(said)
        assert answer.ephemeral, said
        assert words in answer.text, said
    listed = await studio.answer("/project list")
    assert [line for line in listed.text.split("\n") if "**" in line] == [
        f"**Harbor** · <#{studio.discord.world.channel('gallery').id}>"
    ]


# ── put away


async def test_an_archived_project_rests_until_it_is_restored(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    assert "is archived" in (await studio.answer("/project archive project:Harbor")).text
    assert "No projects yet" in (await studio.answer("/project list")).text
    assert "**Harbor**" in (await studio.answer("/project list archived:true")).text
    assert "Archived" in (await studio.answer("/project show project:Harbor")).text
    for said in ("/project use project:Harbor", "/generate prompt:a fox project:Harbor"):
        refused = await studio.answer(said)
        assert "archived" in refused.text, said
    offered = await studio.artist.autocomplete("/project use", "project", "har", channel=studio.general)
    assert offered == []
    offered = await studio.artist.autocomplete("/project restore", "project", "har", channel=studio.general)
    assert [choice.value for choice in offered] == ["Harbor"]
    assert "is back" in (await studio.answer("/project restore project:Harbor")).text
    _, post = await studio.drawn("prompt:a fox project:Harbor")
    assert post.channel.name == "Harbor"


# ── its end


async def test_deleting_asks_first_and_the_harmless_ways_come_first(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    job, post = await studio.drawn("prompt:a heron project:Harbor count:2")
    asked = await studio.answer("/project delete project:Harbor", by=studio.director)
    assert asked.ephemeral
    assert "2 pictures (" in asked.text
    labels = [control["label"] for control in asked.controls]
    assert labels == ["Keep it", "Archive instead", "Delete 2 pictures"]
    await (await studio.director.click(asked, "Keep it")).answered()
    assert "stays as it is" in asked.text
    assert asked.controls == []

    asked = await studio.answer("/project delete project:Harbor", by=studio.director)
    await (await studio.director.click(asked, "Archive instead")).answered()
    assert "is archived" in asked.text

    asked = await studio.answer("/project delete project:Harbor", by=studio.director)
    assert [control["label"] for control in asked.controls] == ["Keep it", "Delete 2 pictures"]
    await (await studio.director.click(asked, "Delete 2 pictures")).answered()
    assert "is deleted, with 2 pictures" in asked.text
    assert "No projects yet" in (await studio.answer("/project list")).text
    assert "done" in (await studio.answer(f"/job show job:{job.id}")).text
    assert not post.deleted
    made = await studio.answer("/project create name:Harbor channel:gallery")
    assert "`harbor-2`" in made.text


async def test_the_right_to_delete_and_the_count_are_looked_at_again_when_it_is_pressed(
    studio: Studio,
) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    asked = await studio.answer("/project delete project:Harbor", by=studio.director)
    old = studio.a_message_with_button(asked.control("Delete it")["custom_id"])
    refused = await (await studio.artist.click(old, asked.control("Delete it")["custom_id"])).answered()
    assert "Manage Server" in refused.text
    await studio.drawn("prompt:a heron project:Harbor")
    refused = await (await studio.director.click(asked, "Delete it")).answered()
    assert "1 picture by now, not 0" in refused.text
    await studio.pause()
    await studio.answer("/generate prompt:a fox project:Harbor")
    refused = await studio.answer("/project delete project:Harbor", by=studio.director)
    assert "1 job that waits" in refused.text
    for custom_id in ("project:1:burn", "project:x:keep", "project:99:keep", "project:1:delete"):
        message = studio.a_message_with_button(custom_id)
        answer = await (await studio.director.click(message, custom_id)).answered()
        assert "any more" in answer.text or "no such project" in answer.text, custom_id


# ── where its pictures go


async def test_a_gallery_that_was_deleted_is_told_and_gone_around(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    studio.discord.world.delete_channel(studio.discord.world.channel("gallery"))
    for said in ("/project show project:Harbor", "/project edit project:Harbor"):
        assert "does not exist any more" in (await studio.answer(said)).text
    _, post = await studio.drawn("prompt:a heron project:Harbor")
    assert post.channel is studio.general
    assert "Posted here instead" in post.text
    changed = await studio.answer("/project edit project:Harbor channel:projects")
    assert "<#" in changed.text
    _, post = await studio.drawn("prompt:a heron project:Harbor")
    assert post.channel.name == "Harbor"


async def test_each_character_has_a_thread_in_a_forum_with_tags(studio: Studio) -> None:
    world = studio.discord.world
    forum = world.add_channel(world.guild, "cast", kind=ChannelKind.FORUM, tags=("Yuki", "images", "done"))
    await studio.answer("/project create name:Harbor channel:cast threads:character")
    await studio.answer("/character create name:Yuki project:Harbor")
    _, loose = await studio.drawn("prompt:a heron project:Harbor")
    _, hers = await studio.drawn("prompt:@Yuki in the rain project:Harbor")
    _, again = await studio.drawn("prompt:@Yuki asleep project:Harbor")
    assert [post.channel.name for post in (loose, hers, again)] == ["Harbor", "Yuki", "Yuki"]
    assert again.channel is hers.channel
    by_id = {tag.id: tag.name for tag in forum.tags}
    assert [by_id[tag] for tag in getattr(hers.channel, "applied_tags", [])] == ["images", "Yuki"]


async def test_an_adult_projects_pictures_are_posted_to_adults_only(studio: Studio) -> None:
    dark = an_adult_channel(studio)
    refused = await studio.answer("/project create name:Night channel:gallery rating:adult")
    assert "age-restricted" in refused.text
    await studio.answer("/project create name:Night channel:after-dark rating:adult")
    refused = await studio.answer("/project edit project:Night channel:gallery")
    assert "age-restricted" in refused.text
    _, post = await studio.drawn("prompt:a heron project:Night")
    assert getattr(post.channel, "parent", None) is dark

    studio.discord.world.restrict(dark, nsfw=False)
    assert "not age-restricted" in (await studio.answer("/project show project:Night")).text
    job = await studio.ended((await studio.job_of(await studio.generate("prompt:a fox project:Night"))).id)
    assert job.state is JobState.SHELVED
    assert job.failure is not None
    assert "kept in the library" in job.failure.message
    studio.discord.world.delete_channel(dark)
    job = await studio.ended((await studio.job_of(await studio.generate("prompt:a fox project:Night"))).id)
    assert job.state is JobState.SHELVED
    assert await studio.app.stores.jobs.artifacts(job.id)


# ── taken away


async def test_a_project_is_taken_away_as_one_file(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery description:Episode one")
    await studio.answer("/character create name:Yuki project:Harbor design_prompt:silver hair")
    await studio.answer("/style create name:Ink project:Harbor steps:12")
    job, _ = await studio.drawn("prompt:@Yuki in the rain project:Harbor count:2 style:Ink")
    answer = await studio.answer("/project export project:Harbor")
    assert answer.ephemeral
    for words in ("2 pictures", "1 character", "1 style"):
        assert words in answer.text
    (file,) = answer.attachments
    assert file.filename.startswith("harbor-")
    with ZipFile(BytesIO(file.data)) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        pictures = [name for name in names if name.endswith(".png")]
        originals = [
            await studio.app.ports.shelf.read(one.path)
            for one in await studio.app.stores.jobs.artifacts(job.id)
        ]
        assert sorted(packed.read(name) for name in pictures) == sorted(originals)
        assert "contact-sheets/001.webp" in names
        assert b"silver hair" in packed.read("characters/yuki/character.json")
    assert sorted(name.removesuffix(".png") for name in pictures) == sorted(
        name.removesuffix(".json")
        for name in names
        if name.startswith("pictures/") and name.endswith(".json")
    )


async def test_while_an_export_is_built_it_is_told_how_far_it_is(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.exports.TELL_EVERY_S", 0.0)
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.drawn("prompt:a heron project:Harbor count:2")
    asked = await studio.command("/project export project:Harbor")
    await studio.card_says(asked, "is packed")
    told = [str(call.body) for call in studio.discord.log if "Packing" in str(call.body)]
    assert [f"{done} of 2 pictures" in words for done, words in enumerate(told)] == [True, True, True]


async def test_an_export_that_is_too_large_to_be_sent_is_told_where_it_lies_to_who_manages_the_server(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.exports.REQUEST_LIMIT", 1000)
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.drawn("prompt:a heron project:Harbor")
    for by, told in ((studio.artist, False), (studio.director, True)):
        answer = await studio.answer("/project export project:Harbor", by=by)
        assert answer.attachments == []
        assert "more than can be sent here" in answer.text
        assert ("exports/harbor-" in answer.text) is told
    empty = await studio.answer("/project export project:Harbor pictures:approved")
    assert "nothing to take away" in empty.text


async def test_an_adult_projects_export_is_handed_out_to_adults_only(studio: Studio) -> None:
    dark = an_adult_channel(studio)
    await studio.answer("/project create name:Night channel:after-dark rating:adult")
    await studio.answer("/style create name:Ink project:Night steps:12")
    refused = await studio.answer("/project export project:Night")
    assert "for adults" in refused.text
    answer = await studio.answer("/project export project:Night", channel=dark)
    assert len(answer.attachments) == 1


async def test_an_export_whose_answer_comes_too_late_is_posted_where_it_was_asked_for(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.exports.TELL_EVERY_S", 0.0)
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.answer("/style create name:Ink project:Harbor steps:12")
    expired = {"code": 50027, "message": "Invalid Webhook Token"}
    for _ in range(2):
        studio.discord.faults.fail_next("PATCH", r"/messages/@original$", 401, body=expired)
    await studio.command("/project export project:Harbor", by=studio.director)
    late = await studio.said("is packed")
    assert late.channel is studio.general
    assert not late.ephemeral
    assert len(late.attachments) == 1


async def test_the_question_before_deleting_is_answered_after_a_restart_too(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    asked = await studio.answer("/project delete project:Harbor", by=studio.director)
    await studio.restart()
    await (await studio.director.click(asked, "Archive instead")).answered()
    assert "is archived" in asked.text


async def test_a_bot_that_leaves_in_the_middle_of_an_export_leaves_nothing_of_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.client.CLOSING_S", 0.1)
    begun = asyncio.Event()

    async def never_ends(*_: object, **__: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.drawn("prompt:a heron project:Harbor")
    monkeypatch.setattr(studio.app.ports.darkroom, "contact_sheet", never_ends)
    await studio.command("/project export project:Harbor")
    await begun.wait()
    assert "built already" in (await studio.answer("/project export project:Harbor")).text
    await studio.restart()
    exports = studio.settings.data_dir / "exports"
    assert [path.name for path in exports.rglob("*") if path.is_file()] == []
    assert len((await studio.answer("/project export project:Harbor")).attachments) == 1
