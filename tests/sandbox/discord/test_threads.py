"""Threads and forum posts."""

import pytest

from bot.sandbox.discord import Channel, ChannelKind, NotPossible, Permission, SandboxDiscord, Thread
from tests.sandbox.discord.wire import Line, WireBot

ARCHIVED = (400, 50083)
LOCKED = (400, 160005)
FORM_ERROR = (400, 50035)
PUBLIC = 11


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


@pytest.fixture
def forum(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("projects")


@pytest.fixture
def thread(sandbox: SandboxDiscord, general: Channel) -> Thread:
    return sandbox.world.add_thread(general, "heron", sandbox.world.bot)


def open_post(bot: WireBot, forum: Channel, **more: object):
    body = {"name": "Heron", "message": {"content": "starts here"}, **more}
    return bot("POST", f"/channels/{forum.id}/threads", body)


async def test_an_archived_thread_cannot_be_changed(sandbox: SandboxDiscord, bot: WireBot, thread: Thread):
    sent = await bot.send(thread.id, "x")
    sandbox.world.archive(thread)
    number = sent.body["id"]
    assert (await bot.edit(thread.id, number, {"content": "y"})).refusal == ARCHIVED
    path = f"/channels/{thread.id}/messages/{number}/reactions/%F0%9F%94%81/@me"
    assert (await bot("PUT", path)).refusal == ARCHIVED
    assert (await bot("PATCH", f"/channels/{thread.id}", {"name": "crane"})).refusal == ARCHIVED
    assert (await bot("PUT", f"/channels/{thread.id}/thread-members/@me")).refusal == ARCHIVED


async def test_a_message_wakes_an_archived_thread(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, thread: Thread
):
    sandbox.world.archive(thread)
    assert (await line.event("THREAD_UPDATE"))["thread_metadata"]["archived"] is True
    assert (await bot.send(thread.id, "wake up")).status == 200
    assert (await line.event("THREAD_UPDATE"))["thread_metadata"]["archived"] is False
    assert (await line.event("MESSAGE_CREATE"))["content"] == "wake up"


async def test_a_locked_thread_is_for_those_who_manage_threads(
    sandbox: SandboxDiscord, bot: WireBot, thread: Thread
):
    sandbox.world.archive(thread, archived=True, locked=True)
    sandbox.world.overwrite(thread.parent, sandbox.world.bot, deny=Permission.MANAGE_THREADS)
    assert (await bot.send(thread.id, "let me in")).refusal == LOCKED
    with pytest.raises(NotPossible):
        await sandbox.person("artist").say(thread, "and me")
    sandbox.world.overwrite(thread.parent, sandbox.world.bot, allow=Permission.MANAGE_THREADS)
    assert (await bot.send(thread.id, "thanks")).status == 200


async def test_a_guild_has_room_for_so_many_active_threads(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, forum: Channel, thread: Thread
):
    sandbox.rules.max_active_threads = 1
    body = {"name": "one too many", "type": PUBLIC}
    assert (await bot("POST", f"/channels/{general.id}/threads", body)).refusal == (400, 160006)
    assert (await open_post(bot, forum)).refusal == (400, 160006)
    sandbox.world.archive(thread)
    assert (await open_post(bot, forum)).status == 201
    assert (await bot.send(thread.id, "wake up")).refusal == (400, 160006)


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "x" * 101}, {"name": "heron", "auto_archive_duration": 61}]
)
async def test_a_thread_needs_a_name_and_a_known_duration(
    bot: WireBot, general: Channel, body: dict[str, object]
):
    reply = await bot("POST", f"/channels/{general.id}/threads", {**body, "type": PUBLIC})
    assert reply.refusal == FORM_ERROR


async def test_a_post_and_its_first_message_share_their_id(bot: WireBot, line: Line, forum: Channel):
    reply = await open_post(bot, forum)
    assert reply.status == 201
    assert reply.body["id"] == reply.body["message"]["id"]
    created = await line.event("THREAD_CREATE")
    assert (created["id"], created["newly_created"]) == (reply.body["id"], True)
    assert (await line.event("MESSAGE_CREATE"))["id"] == reply.body["id"]


async def test_a_post_needs_a_message(bot: WireBot, forum: Channel):
    assert (await bot("POST", f"/channels/{forum.id}/threads", {"name": "Heron"})).refusal == FORM_ERROR


async def test_a_post_may_be_opened_with_pictures(bot: WireBot, forum: Channel):
    body = {
        "name": "Heron",
        "message": {"content": "", "attachments": [{"id": "0", "description": "a heron"}]},
    }
    reply = await bot("POST", f"/channels/{forum.id}/threads", body, files={"heron.png": b"png"})
    assert reply.body["message"]["attachments"][0]["description"] == "a heron"


async def test_a_post_has_known_tags_and_at_most_five(sandbox: SandboxDiscord, bot: WireBot):
    forum = sandbox.world.add_channel(
        sandbox.world.guild, "tagged", kind=ChannelKind.FORUM, tags=tuple("abcdef")
    )
    tags = [str(tag.id) for tag in forum.tags]
    assert (await open_post(bot, forum, applied_tags=tags[:5])).body["applied_tags"] == tags[:5]
    assert (await open_post(bot, forum, applied_tags=tags)).refusal == FORM_ERROR
    assert (await open_post(bot, forum, applied_tags=["1"])).refusal == FORM_ERROR


async def test_a_forum_may_require_a_tag(bot: WireBot, forum: Channel):
    forum.require_tag = True
    assert (await open_post(bot, forum)).refusal == (400, 40067)


async def test_a_forum_takes_no_messages(bot: WireBot, forum: Channel):
    assert (await bot.send(forum.id, "hello")).refusal == (400, 50008)


async def test_an_idle_thread_archives_itself(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    sandbox.rules.archive_minute_s = 0.0005
    body = {"name": "nap", "type": PUBLIC, "auto_archive_duration": 60}
    created = await bot("POST", f"/channels/{general.id}/threads", body)
    told = await line.event("THREAD_UPDATE")
    assert (told["id"], told["thread_metadata"]["archived"]) == (created.body["id"], True)


async def test_a_thread_from_a_message_has_the_messages_id_and_is_the_only_one(
    bot: WireBot, line: Line, general: Channel
):
    sent = await bot.send(general.id, "look")
    path = f"/channels/{general.id}/messages/{sent.body['id']}/threads"
    assert (await bot("POST", path, {"name": "talk"})).body["id"] == sent.body["id"]
    assert (await bot("POST", path, {"name": "talk"})).refusal == (400, 160004)
    assert (await line.event("MESSAGE_UPDATE"))["thread"]["name"] == "talk"


async def test_active_and_archived_threads_are_listed_apart(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, thread: Thread
):
    old = sandbox.world.add_thread(general, "old", sandbox.world.bot)
    sandbox.world.archive(old)
    active = await bot("GET", f"/guilds/{general.guild.id}/threads/active")
    assert [told["name"] for told in active.body["threads"]] == ["heron"]
    archived = await bot("GET", f"/channels/{general.id}/threads/archived/public")
    assert [told["name"] for told in archived.body["threads"]] == ["old"]


async def test_a_thread_is_renamed_archived_and_locked_over_the_wire(
    bot: WireBot, line: Line, thread: Thread
):
    path = f"/channels/{thread.id}"
    assert (await bot("PATCH", path, {"name": "crane"})).body["name"] == "crane"
    assert (await bot("PATCH", path, {"archived": True, "locked": True})).status == 200
    assert (thread.archived, thread.locked) == (True, True)
    assert (await bot("PATCH", path, {"archived": False, "locked": False})).status == 200
    assert (await bot("GET", path)).body["thread_metadata"]["archived"] is False


async def test_a_private_thread_appears_when_the_bot_is_let_in(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    sandbox.world.overwrite(general, sandbox.world.bot, deny=Permission.MANAGE_THREADS)
    reply = await bot("POST", f"/channels/{general.id}/threads", {"name": "quiet", "type": 12})
    thread = sandbox.world.guild.thread("quiet")
    await bot("DELETE", f"/channels/{thread.id}/thread-members/@me")
    assert (await bot("GET", f"/channels/{thread.id}")).refusal == (403, 50001)
    sandbox.world.join_thread(thread, sandbox.world.bot)
    assert (await line.event("THREAD_CREATE"))["newly_created"] is True
    assert "newly_created" not in await line.event("THREAD_CREATE")
    assert (await bot("GET", f"/channels/{thread.id}")).body["id"] == reply.body["id"]


async def test_a_private_thread_is_seen_by_those_in_it(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    reply = await bot("POST", f"/channels/{general.id}/threads", {"name": "quiet", "type": 12})
    thread = sandbox.world.channels[int(reply.body["id"])]
    artist = sandbox.person("artist")
    assert not artist.permissions(thread)
    await bot("PUT", f"/channels/{thread.id}/thread-members/{artist.user.id}")
    assert Permission.SEND_MESSAGES_IN_THREADS in artist.permissions(thread)
