"""Permissions: one table behind every answer."""

import pytest

from bot.sandbox.discord import Channel, Permission, SandboxDiscord
from tests.sandbox.discord.wire import Json, Line, WireBot

NO_ACCESS = (403, 50001)
NO_PERMISSION = (403, 50013)
TOO_MANY_REACTIONS = (403, 30010)


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


def deny(sandbox: SandboxDiscord, channel: Channel, permission: Permission) -> None:
    sandbox.world.overwrite(channel, sandbox.world.bot, deny=permission)


async def test_a_hidden_channel_gives_no_access(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    deny(sandbox, general, Permission.VIEW_CHANNEL)
    assert (await bot("GET", f"/channels/{general.id}")).refusal == NO_ACCESS
    assert (await bot.send(general.id, "hello")).refusal == NO_ACCESS


@pytest.mark.parametrize(
    ("permission", "body", "files"),
    [
        (Permission.SEND_MESSAGES, {"content": "x"}, None),
        (Permission.EMBED_LINKS, {"embeds": [{"title": "x"}]}, None),
        (Permission.ATTACH_FILES, {"content": "x"}, {"a.png": b"x"}),
    ],
)
async def test_each_part_of_a_message_takes_its_permission(
    sandbox: SandboxDiscord,
    bot: WireBot,
    general: Channel,
    permission: Permission,
    body: Json,
    files: dict[str, bytes] | None,
):
    deny(sandbox, general, permission)
    assert (await bot.send(general.id, body, files=files)).refusal == NO_PERMISSION


async def test_in_a_thread_the_permission_to_write_is_another(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    thread = sandbox.world.add_thread(general, "heron", sandbox.world.bot)
    deny(sandbox, general, Permission.SEND_MESSAGES)
    assert (await bot.send(thread.id, "hello")).status == 200
    deny(sandbox, general, Permission.SEND_MESSAGES_IN_THREADS)
    assert (await bot.send(thread.id, "hello")).refusal == NO_PERMISSION
    assert (await bot.send(general.id, "hello")).status == 200


@pytest.mark.parametrize(
    ("permission", "kind"), [(Permission.CREATE_PUBLIC_THREADS, 11), (Permission.CREATE_PRIVATE_THREADS, 12)]
)
async def test_each_kind_of_thread_takes_its_permission(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, permission: Permission, kind: int
):
    deny(sandbox, general, permission)
    reply = await bot("POST", f"/channels/{general.id}/threads", {"name": "x", "type": kind})
    assert reply.refusal == NO_PERMISSION


async def test_a_new_reaction_takes_a_permission_that_joining_one_does_not(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    message = await sandbox.person("artist").say(general, "look")
    await sandbox.person("artist").react(message, "🔁")
    deny(sandbox, general, Permission.ADD_REACTIONS)
    path = f"/channels/{general.id}/messages/{message.id}/reactions"
    assert (await bot("PUT", f"{path}/🔁/@me")).status == 204
    assert (await bot("PUT", f"{path}/✨/@me")).refusal == NO_PERMISSION


async def test_history_is_for_those_who_may_read_it(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    sent = await bot.send(general.id, "x")
    deny(sandbox, general, Permission.READ_MESSAGE_HISTORY)
    path = f"/channels/{general.id}/messages"
    assert (await bot("GET", path)).body == []
    assert (await bot("GET", f"{path}/{sent.body['id']}")).refusal == NO_PERMISSION


async def test_interactions_carry_what_the_bot_and_the_person_may_do_there(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    await bot.sync({"name": "ping", "description": "Answers.", "type": 1})
    deny(sandbox, general, Permission.ATTACH_FILES)
    await sandbox.person("director").slash("ping", channel=general)
    told = await bot.hear()
    assert not int(told["app_permissions"]) & Permission.ATTACH_FILES
    assert int(told["app_permissions"]) & Permission.SEND_MESSAGES
    assert int(told["member"]["permissions"]) & Permission.MANAGE_GUILD


async def test_a_roles_overwrite_is_stronger_than_everyones_and_a_members_is_stronger_still(
    sandbox: SandboxDiscord, general: Channel
):
    world, artist = sandbox.world, sandbox.person("artist")
    inkers = world.add_role(world.guild, "inkers")
    world.give(world.guild.member(artist.user), inkers)
    world.overwrite(general, world.guild.roles[world.guild.id], deny=Permission.SEND_MESSAGES)
    assert Permission.SEND_MESSAGES not in artist.permissions(general)
    world.overwrite(general, inkers, allow=Permission.SEND_MESSAGES)
    assert Permission.SEND_MESSAGES in artist.permissions(general)
    world.overwrite(general, artist.user, deny=Permission.SEND_MESSAGES)
    assert Permission.SEND_MESSAGES not in artist.permissions(general)


async def test_of_a_hidden_channel_only_its_existence_is_told(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    admin = sandbox.world.channel("admin")
    deny(sandbox, admin, Permission.VIEW_CHANNEL)
    sandbox.world.add_thread(admin, "secret", sandbox.person("director").user)
    line = await bot.connect()
    guild = line.events[-1][1]
    assert {channel["name"] for channel in guild["channels"]} == {"general", "gallery", "projects", "admin"}
    assert guild["threads"] == []
    await sandbox.person("director").say(admin, "psst")
    await sandbox.person("director").say(general, "hello")
    assert (await line.event("MESSAGE_CREATE"))["channel_id"] == str(general.id)


async def test_channels_are_made_and_their_permissions_set_over_the_wire(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    guild = general.guild
    path = f"/guilds/{guild.id}/channels"
    assert (await bot("POST", path, {"name": "ink"})).refusal == NO_PERMISSION
    boss = sandbox.world.add_role(guild, "boss", Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES)
    sandbox.world.give(guild.member(sandbox.world.bot), boss)
    made = (await bot("POST", path, {"name": "ink", "type": 0, "topic": "black"})).body
    overwrite = {"type": 0, "deny": str(int(Permission.SEND_MESSAGES))}
    assert (await bot("PUT", f"/channels/{made['id']}/permissions/{guild.id}", overwrite)).status == 204
    ink = guild.channel("ink")
    assert Permission.SEND_MESSAGES not in sandbox.person("artist").permissions(ink)
    assert [told["name"] for told in (await bot("GET", "/users/@me/guilds")).body] == [guild.name]


async def test_twenty_different_reactions_are_the_most(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sent = await bot.send(general.id, "x")
    path = f"/channels/{general.id}/messages/{sent.body['id']}/reactions"
    faces = [chr(0x1F600 + n) for n in range(21)]
    statuses = [(await bot("PUT", f"{path}/{face}/@me")).status for face in faces[:20]]
    assert statuses == [204] * 20
    assert (await bot("PUT", f"{path}/{faces[20]}/@me")).refusal == TOO_MANY_REACTIONS
    assert (await bot("PUT", f"{path}/{faces[0]}/@me")).status == 204


async def test_a_word_is_no_emoji(bot: WireBot, general: Channel):
    sent = await bot.send(general.id, "x")
    path = f"/channels/{general.id}/messages/{sent.body['id']}/reactions/hello/@me"
    assert (await bot("PUT", path)).refusal == (400, 10014)
