"""`/project` and `/settings`: where pictures go."""

import pytest

from bot.sandbox.discord import ChannelKind, NotPossible, Permission
from tests.journeys.studio import Studio


async def test_a_project_gets_a_thread_of_its_own_in_its_channel(studio: Studio) -> None:
    made = await studio.answer("/project create name:Moonlit Harbor channel:gallery")
    assert "Moonlit Harbor" in made.text
    job, post = await studio.drawn("prompt:a heron project:Moonlit Harbor")
    assert post.channel.name == "Moonlit Harbor"
    assert getattr(post.channel, "parent", None) is studio.discord.world.channel("gallery")
    assert "Moonlit Harbor" in post.text
    _, second = await studio.drawn("prompt:a fox project:moonlit-harbor")
    assert second.channel is post.channel
    assert job.project is not None


async def test_a_project_can_live_in_a_forum(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:projects")
    _, post = await studio.drawn("prompt:a heron project:Harbor")
    assert getattr(post.channel, "parent", None) is studio.discord.world.channel("projects")


async def test_who_works_on_no_project_works_on_the_one_they_make(studio: Studio) -> None:
    assert "works on it from now on" in (await studio.answer("/project create name:Harbor")).text
    assert "`/project use`" in (await studio.answer("/project create name:Summit")).text
    job, _ = await studio.drawn()
    assert job.project is not None
    assert (await studio.app.stores.projects.get(job.project)).name == "Harbor"


async def test_without_a_channel_the_thread_is_opened_in_the_servers_gallery(studio: Studio) -> None:
    await studio.answer("/settings gallery channel:gallery", by=studio.director)
    made = await studio.answer("/project create name:Harbor")
    assert f"<#{studio.discord.world.channel('gallery').id}>" in made.text
    _, loose = await studio.drawn("prompt:a heron", by=studio.director)
    _, post = await studio.drawn("prompt:a heron")
    assert post.channel is not loose.channel
    assert post.channel.name == "Harbor"


async def test_without_any_gallery_the_thread_is_opened_where_the_project_was_made(studio: Studio) -> None:
    made = await studio.answer("/project create name:Harbor")
    assert f"<#{studio.general.id}>" in made.text
    _, post = await studio.drawn(
        "prompt:a heron project:Harbor", channel=studio.discord.world.channel("admin")
    )
    assert getattr(post.channel, "parent", None) is studio.general


async def test_in_a_projects_thread_the_project_need_not_be_named(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    _, first = await studio.drawn("prompt:a heron project:Harbor")
    job, second = await studio.drawn("prompt:a fox", channel=first.channel)
    assert second.channel is first.channel
    assert job.project == 1


async def test_use_makes_it_the_choice_and_shows_in_list_and_show(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    await studio.answer("/project create name:Lanterns channel:gallery")
    await studio.answer("/project use project:Harbor")
    assert "you work on it" in (await studio.answer("/project list")).text
    assert "You work on it now" in (await studio.answer("/project show")).text
    assert "You work on it now" not in (await studio.answer("/project show project:Lanterns")).text
    job, _ = await studio.drawn("prompt:a heron")
    assert job.project == 1
    await studio.answer("/project use")
    job, _ = await studio.drawn("prompt:a heron")
    assert job.project is None


@pytest.mark.parametrize("command", ["/project show", "/project use"])
async def test_an_unknown_project_is_answered_with_the_nearest(studio: Studio, command: str) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    answer = await studio.answer(f"{command} project:Habor")
    assert answer.ephemeral
    assert "Nearest: `Harbor`" in answer.text


async def test_a_name_is_taken_once(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor")
    answer = await studio.answer("/project create name:harbor")
    assert answer.ephemeral
    assert "already" in answer.text


async def test_a_project_of_any_name_is_only_text(studio: Studio) -> None:
    made = await studio.artist.slash(
        "/project create", channel=studio.general, name="../../etc @everyone **x**"
    )
    await made.answered()
    asked = await studio.artist.slash(
        "/generate", channel=studio.general, prompt="a heron", project="../../etc @everyone **x**"
    )
    job = await studio.ended((await studio.job_of(asked)).id)
    (artifact,) = await studio.app.stores.jobs.artifacts(job.id)
    assert ".." not in artifact.path
    assert studio.post_of(job).attachments


async def test_a_channel_where_no_thread_can_be_opened_is_refused_by_naming_the_permission(
    studio: Studio,
) -> None:
    world = studio.discord.world
    world.overwrite(world.channel("gallery"), world.bot, deny=Permission.CREATE_PUBLIC_THREADS)
    answer = await studio.answer("/settings gallery channel:gallery", by=studio.director)
    assert answer.ephemeral
    assert "Create Public Threads" in answer.text
    assert "There is no gallery" in (await studio.answer("/settings gallery", by=studio.director)).text


async def test_settings_are_hidden_from_people_without_manage_server(studio: Studio) -> None:
    with pytest.raises(NotPossible, match="hidden"):
        await studio.command("/settings gallery channel:gallery", by=studio.artist)


async def test_only_text_channels_and_forums_are_offered_as_galleries(studio: Studio) -> None:
    command = studio.discord.world.commands.find("settings", studio.discord.world.guild.id)
    assert command is not None
    (option,) = command.paths["settings gallery"]
    assert set(option.channel_types) == {ChannelKind.TEXT, ChannelKind.FORUM}


async def test_made_inside_a_thread_its_own_thread_stands_beside_that_one(studio: Studio) -> None:
    world = studio.discord.world
    thread = world.add_thread(world.channel("gallery"), "chatter", world.bot)
    made = await studio.answer("/project create name:Harbor", channel=thread)
    assert f"<#{world.channel('gallery').id}>" in made.text


async def test_made_where_no_thread_may_be_opened_its_pictures_are_posted_where_they_are_asked_for(
    studio: Studio,
) -> None:
    world = studio.discord.world
    world.overwrite(studio.general, world.bot, deny=Permission.CREATE_PUBLIC_THREADS)
    made = await studio.answer("/project create name:Harbor")
    assert "where they were asked for" in made.text
    _, post = await studio.drawn("prompt:a heron project:Harbor")
    assert post.channel is studio.general
