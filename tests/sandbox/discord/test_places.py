"""Channels, members and pins over the wire."""

import io

import pytest
from PIL import Image

from bot.sandbox.discord import Channel, ChannelKind, Permission, SandboxDiscord
from bot.sandbox.discord.pictures import size_of
from tests.sandbox.discord.wire import Line, WireBot

NO_PERMISSION = (403, 50013)
UNKNOWN_CHANNEL = (404, 10003)


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


def promote(sandbox: SandboxDiscord, *permissions: Permission) -> None:
    world = sandbox.world
    granted = Permission(0)
    for permission in permissions:
        granted |= permission
    world.give(world.guild.member(world.bot), world.add_role(world.guild, "promoted", granted))


async def test_a_channel_is_changed_and_deleted_by_those_who_manage_channels(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    path = f"/channels/{general.id}"
    assert (await bot("PATCH", path, {"name": "lobby"})).refusal == NO_PERMISSION
    promote(sandbox, Permission.MANAGE_CHANNELS)
    assert (await bot("PATCH", path, {"name": "lobby", "topic": "all", "nsfw": True})).body["topic"] == "all"
    assert (await line.event("CHANNEL_UPDATE"))["name"] == "lobby"
    assert (await bot("DELETE", path)).status == 200
    assert (await line.event("CHANNEL_DELETE"))["id"] == str(general.id)
    assert (await bot("GET", path)).refusal == UNKNOWN_CHANNEL


async def test_a_forums_tags_are_set_over_the_wire(sandbox: SandboxDiscord, bot: WireBot):
    promote(sandbox, Permission.MANAGE_CHANNELS)
    forum = sandbox.world.channel("projects")
    await bot("PATCH", f"/channels/{forum.id}", {"available_tags": [{"name": "done"}, {"name": "draft"}]})
    assert [tag.name for tag in forum.tags] == ["done", "draft"]


@pytest.mark.parametrize("tags", [["x"] * 21, ["x" * 21], [""]])
async def test_a_forum_has_twenty_tags_of_twenty_characters_at_most(
    sandbox: SandboxDiscord, bot: WireBot, tags: list[str]
):
    promote(sandbox, Permission.MANAGE_CHANNELS)
    forum = sandbox.world.channel("projects")
    body = {"available_tags": [{"name": tag} for tag in tags]}
    assert (await bot("PATCH", f"/channels/{forum.id}", body)).refusal == (400, 50035)
    assert forum.tags == []


async def test_a_tag_keeps_its_id_when_others_are_added(sandbox: SandboxDiscord, bot: WireBot):
    promote(sandbox, Permission.MANAGE_CHANNELS)
    forum = sandbox.world.add_channel(sandbox.world.guild, "shelf", kind=ChannelKind.FORUM, tags=("done",))
    (done,) = forum.tags
    body = {"available_tags": [{"id": str(done.id), "name": "done"}, {"name": "draft"}]}
    told = await bot("PATCH", f"/channels/{forum.id}", body)
    assert told.body["available_tags"][0]["id"] == str(done.id)
    assert [tag.name for tag in forum.tags] == ["done", "draft"]


async def test_people_see_when_a_channel_becomes_age_restricted(
    sandbox: SandboxDiscord, line: Line, general: Channel
):
    sandbox.world.restrict(general)
    assert (await line.event("CHANNEL_UPDATE"))["nsfw"] is True
    sandbox.world.restrict(general, nsfw=False)
    assert (await line.event("CHANNEL_UPDATE"))["nsfw"] is False


async def test_a_deleted_channel_takes_its_threads_along(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    thread = sandbox.world.add_thread(general, "heron", sandbox.world.bot)
    promote(sandbox, Permission.MANAGE_CHANNELS)
    await bot("DELETE", f"/channels/{general.id}")
    assert (await line.event("THREAD_DELETE"))["id"] == str(thread.id)
    assert (await bot.send(thread.id, "anybody?")).refusal == UNKNOWN_CHANNEL


async def test_a_thread_is_deleted_by_those_who_manage_threads(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    thread = sandbox.world.add_thread(general, "heron", sandbox.world.bot)
    sandbox.world.overwrite(general, sandbox.world.bot, deny=Permission.MANAGE_THREADS)
    assert (await bot("DELETE", f"/channels/{thread.id}")).refusal == NO_PERMISSION
    sandbox.world.overwrite(general, sandbox.world.bot, allow=Permission.MANAGE_THREADS)
    assert (await bot("DELETE", f"/channels/{thread.id}")).status == 200
    assert sandbox.world.guild.threads == {}


async def test_typing_is_seen_by_people_and_told_to_those_who_asked(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    line = await bot.connect((1 << 0) | (1 << 11))
    assert (await bot("POST", f"/channels/{general.id}/typing")).status == 204
    await sandbox.person("artist").type(general)
    assert (await line.event("TYPING_START"))["user_id"] == str(sandbox.person("artist").user.id)


async def test_pinning_takes_its_own_permission(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    sent = await bot.send(general.id, "keep")
    pin = f"/channels/{general.id}/messages/pins/{sent.body['id']}"
    assert (await bot("PUT", pin)).status == 204
    pins = (await bot("GET", f"/channels/{general.id}/messages/pins")).body["items"]
    assert [item["message"]["content"] for item in pins] == ["keep"]
    assert (await bot("DELETE", pin)).status == 204
    sandbox.world.overwrite(general, sandbox.world.bot, deny=Permission.PIN_MESSAGES)
    assert (await bot("PUT", pin)).refusal == NO_PERMISSION


async def test_a_thread_is_joined_and_left(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    thread = sandbox.world.add_thread(general, "heron", sandbox.person("artist").user)
    assert (await bot("PUT", f"/channels/{thread.id}/thread-members/@me")).status == 204
    assert (await line.event("THREAD_MEMBERS_UPDATE"))["added_members"][0]["user_id"] == str(
        sandbox.world.bot.id
    )
    assert (await bot("DELETE", f"/channels/{thread.id}/thread-members/@me")).status == 204
    assert sandbox.world.bot.id not in thread.member_ids
    assert (await bot("PUT", f"/channels/{general.id}/thread-members/@me")).refusal == (400, 50024)


async def test_guild_members_roles_and_users_are_looked_up(sandbox: SandboxDiscord, bot: WireBot):
    guild, artist = sandbox.world.guild, sandbox.person("artist").user
    told = (await bot("GET", f"/guilds/{guild.id}?with_counts=true")).body
    assert (told["name"], told["approximate_member_count"]) == ("Genga sandbox", 4)
    assert len((await bot("GET", f"/guilds/{guild.id}/channels")).body) == 4
    assert "@everyone" in {role["name"] for role in (await bot("GET", f"/guilds/{guild.id}/roles")).body}
    member = (await bot("GET", f"/guilds/{guild.id}/members/{artist.id}")).body
    assert member["user"]["username"] == "artist"
    assert (await bot("GET", f"/users/{artist.id}")).body["global_name"] == "artist"
    assert (await bot("GET", f"/guilds/{guild.id}/members/1")).refusal == (404, 10007)
    assert (await bot("GET", "/users/1")).refusal == (404, 10013)
    assert (await bot("GET", "/guilds/1")).refusal == (404, 10004)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("options", [{}, {"lossless": True}])
def test_the_size_of_a_picture_is_read_from_its_head(kind: str, options: dict[str, bool]):
    picture = io.BytesIO()
    Image.new("RGB", (123, 45), "red").save(picture, kind, **options)
    assert size_of(picture.getvalue()) == (123, 45)


def test_a_transparent_webp_has_a_size_too():
    picture = io.BytesIO()
    Image.new("RGBA", (123, 45), (1, 2, 3, 4)).save(picture, "WEBP")
    assert size_of(picture.getvalue()) == (123, 45)


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF0000WEBPVP8X", b"plain text"]
)
def test_a_broken_head_has_no_size(data: bytes):
    assert size_of(data) is None
