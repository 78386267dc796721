"""Forums against a Discord on the wire: what posts are tagged with, and which channels are for adults."""

import asyncio

import pytest

from bot.chat.poster import DiscordPoster
from bot.core.errors import TargetGone
from bot.core.library import Gallery, GalleryKind
from bot.sandbox.discord import ChannelKind, Permission


def manage_channels(sandbox):
    world = sandbox.world
    role = world.add_role(world.guild, "caretaker", Permission.MANAGE_CHANNELS)
    world.give(world.guild.member(world.bot), role)


def a_forum(sandbox, *tags, name="shelf"):
    world = sandbox.world
    return world.add_channel(world.guild, name, kind=ChannelKind.FORUM, tags=tags)


def gallery_of(channel):
    return Gallery(channel=channel.id, kind=GalleryKind.FORUM)


def worn(sandbox, number):
    post = sandbox.world.channels[number]
    by_id = {tag.id: tag.name for tag in post.parent.tags}
    return [by_id[tag] for tag in post.applied_tags]


# ── tags


async def test_a_post_wears_the_tags_that_the_forum_has(sandbox, poster):
    forum = a_forum(sandbox, "YUKI", "images", "done")
    number = await poster.open_thread(gallery_of(forum), name="Yuki", tags=("images", "Yuki", "Ren"))
    assert worn(sandbox, number) == ["images", "YUKI"]
    assert len(forum.tags) == 3


async def test_tags_that_the_forum_lacks_are_made_where_that_is_allowed(sandbox, client, monkeypatch):
    manage_channels(sandbox)
    forum = a_forum(sandbox, "done")
    kept = forum.tags[0].id
    poster = DiscordPoster(lambda: client)
    long = "Commander Yukimura Saionji"
    number = await poster.open_thread(gallery_of(forum), name="Yuki", tags=("images", long))
    assert worn(sandbox, number) == ["images", "Commander Yukimura…"]
    assert forum.tags[0].id == kept
    again = await poster.open_thread(gallery_of(forum), name="Again", tags=("images", long))
    assert worn(sandbox, again) == ["images", "Commander Yukimura…"]
    assert len(forum.tags) == 3


async def test_a_forum_has_no_more_tags_than_discord_allows(sandbox, client):
    manage_channels(sandbox)
    forum = a_forum(sandbox, *(f"tag {number}" for number in range(19)))
    number = await DiscordPoster(lambda: client).open_thread(
        gallery_of(forum), name="Yuki", tags=("images", "Yuki")
    )
    assert worn(sandbox, number) == ["images"]
    assert len(forum.tags) == 20


async def test_tags_for_moderators_are_left_alone(sandbox, poster):
    forum = a_forum(sandbox, "Yuki", "images")
    forum.tags[0].moderated = True
    sandbox.world.restrict(forum)
    number = await poster.open_thread(gallery_of(forum), name="Yuki", tags=("Yuki", "images"))
    assert worn(sandbox, number) == ["images"]


async def test_where_discord_will_not_have_more_tags_pictures_are_posted_without(sandbox, client):
    manage_channels(sandbox)
    forum = a_forum(sandbox, "images")
    sandbox.faults.fail_next("PATCH", rf"/channels/{forum.id}$", 400, body={"code": 50035, "message": "no"})
    number = await DiscordPoster(lambda: client).open_thread(
        gallery_of(forum), name="Yuki", tags=("images", "Yuki")
    )
    assert worn(sandbox, number) == ["images"]


async def test_a_forum_that_requires_a_tag_is_given_ours_rather_than_any(sandbox, poster):
    forum = a_forum(sandbox, "done", "Yuki")
    forum.require_tag = True
    sandbox.world.restrict(forum, nsfw=False)
    hers = await poster.open_thread(gallery_of(forum), name="Yuki", tags=("Yuki",))
    somebodys = await poster.open_thread(gallery_of(forum), name="Ren", tags=("Ren",))
    assert (worn(sandbox, hers), worn(sandbox, somebodys)) == (["Yuki"], ["done"])


async def test_a_post_is_given_the_tags_that_it_lacks_up_to_five(sandbox, client):
    poster = DiscordPoster(lambda: client)
    forum = a_forum(sandbox, *"abcdefg")
    number = await poster.open_thread(gallery_of(forum), name="Harbor", tags=("a", "b"))
    heard = asyncio.ensure_future(client.wait_for("raw_thread_update"))
    await poster.tag(number, ("b", "c"))
    assert worn(sandbox, number) == ["a", "b", "c"]
    await heard
    await poster.tag(number, ("a", "c"))
    assert [one.method for one in sandbox.log].count("PATCH") == 1
    await poster.tag(number, ("d", "e", "f", "g"))
    assert worn(sandbox, number) == ["a", "b", "c", "d", "e"]


async def test_trouble_with_tags_is_no_trouble_with_the_post(sandbox, poster):
    forum = a_forum(sandbox, "a", "b")
    number = await poster.open_thread(gallery_of(forum), name="Harbor", tags=("a",))
    sandbox.faults.fail_next("PATCH", rf"/channels/{number}$", 403, body={"code": 50013, "message": "no"})
    await poster.tag(number, ("b",))
    assert worn(sandbox, number) == ["a"]
    await poster.tag(sandbox.world.channel("general").id, ("a",))
    await DiscordPoster(lambda: None).tag(number, ("b",))


# ── who may see it


async def test_a_channel_is_known_to_be_for_adults_and_its_threads_with_it(sandbox, client):
    world = sandbox.world
    dark = world.add_channel(world.guild, "after-dark", nsfw=True)
    night = world.add_channel(world.guild, "night", kind=ChannelKind.FORUM, nsfw=True)
    thread = world.add_thread(dark, "Harbor", world.bot)
    asleep = world.add_thread(dark, "Old", world.bot)
    world.archive(asleep)
    poster = DiscordPoster(lambda: client)
    for channel in (dark, night, thread, asleep):
        assert await poster.is_restricted(channel.id), channel.name
    for name in ("general", "projects"):
        assert not await poster.is_restricted(world.channel(name).id)


async def test_a_channel_that_is_gone_cannot_be_for_adults(sandbox, poster):
    world = sandbox.world
    world.delete_channel(world.channel("gallery"))
    with pytest.raises(TargetGone):
        await poster.is_restricted(1)
