"""The gateway: who gets in, what is told, and how a session survives."""

import asyncio
import json
import zlib

import aiohttp
import pytest

from bot.sandbox.discord import Channel, GatewayChanged, Intent, SandboxDiscord
from tests.sandbox.discord.wire import INTENTS, Json, Line, WireBot

CONTENT = int(Intent.MESSAGE_CONTENT)


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


async def ended(sandbox: SandboxDiscord, what: str) -> None:
    with sandbox.subscribe() as changes:
        async for change in changes:
            if isinstance(change, GatewayChanged) and change.what == what:
                return


async def test_a_wrong_token_is_turned_away(bot: WireBot):
    line = await bot.dial()
    await line.send(2, {"token": "wrong", "intents": 1, "properties": {}})
    assert await line.close_code() == 4004


@pytest.mark.parametrize(
    ("intents", "code"), [(1 << 30, 4013), (None, 4013), (CONTENT, 4014), (int(Intent.GUILD_MEMBERS), 4014)]
)
async def test_intents_must_exist_and_be_granted(bot: WireBot, intents: int | None, code: int):
    line = await bot.dial()
    await line.send(2, {"token": bot.sandbox.token, "intents": intents, "properties": {}})
    assert await line.close_code() == code


async def test_a_payload_over_four_kilobytes_ends_the_connection(bot: WireBot, line: Line):
    await line.send(3, {"status": "x" * 5000})
    assert await line.close_code() == 4002


async def test_more_than_120_events_a_minute_end_the_connection(bot: WireBot, line: Line):
    for _ in range(125):
        await line.send(1, None)
    assert await line.close_code() == 4008


async def test_nobody_speaks_before_identifying(bot: WireBot):
    line = await bot.dial()
    await line.send(3, {})
    assert await line.close_code() == 4003


@pytest.mark.parametrize("data", [None, [], "x"])
async def test_a_payload_without_sense_ends_the_connection(bot: WireBot, data: object):
    line = await bot.dial()
    await line.send(2, data)
    assert await line.close_code() == 4002


async def test_a_connection_can_be_refused(sandbox: SandboxDiscord, bot: WireBot):
    sandbox.faults.refuse_gateway_next()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await bot.dial()
    await bot.connect()


async def test_nobody_identifies_twice(bot: WireBot, line: Line):
    await line.send(2, {"token": bot.sandbox.token, "intents": 1, "properties": {}})
    assert await line.close_code() == 4005


async def test_only_the_asked_events_are_told(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    line = await bot.connect(int(Intent.GUILDS | Intent.GUILD_MESSAGE_REACTIONS))
    message = await sandbox.person("artist").say(general, "hello")
    await sandbox.person("artist").react(message, "🔁")
    await line.event("MESSAGE_REACTION_ADD")
    assert "MESSAGE_CREATE" not in {name for name, _ in line.events}


async def test_what_others_write_is_empty_without_the_intent(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    await sandbox.person("artist").say(general, "secret", attachments=[("a.png", b"x")])
    told = await line.event("MESSAGE_CREATE")
    assert (told["content"], told["attachments"]) == ("", [])
    await sandbox.person("artist").say(general, f"hello {sandbox.world.bot.mention}")
    assert (await line.event("MESSAGE_CREATE"))["content"].startswith("hello")
    await bot.send(general.id, "mine")
    assert (await line.event("MESSAGE_CREATE"))["content"] == "mine"


async def test_what_others_wrote_stays_hidden_when_read_and_when_replied_to(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    secret = await sandbox.person("artist").say(general, "secret")
    read = (await bot("GET", f"/channels/{general.id}/messages/{secret.id}")).body
    assert (read["content"], read["author"]["username"]) == ("", "artist")
    reply = await bot.send(
        general.id, {"content": "seen", "message_reference": {"message_id": str(secret.id)}}
    )
    assert (reply.body["content"], reply.body["referenced_message"]["content"]) == ("seen", "")
    await line.event("MESSAGE_CREATE")
    assert (await line.event("MESSAGE_CREATE"))["referenced_message"]["content"] == ""


async def test_what_others_write_is_told_with_the_intent(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sandbox.rules.privileged_intents = CONTENT
    line = await bot.connect(INTENTS | CONTENT)
    await sandbox.person("artist").say(general, "open")
    assert (await line.event("MESSAGE_CREATE"))["content"] == "open"


async def test_a_lost_line_is_resumed_and_what_was_missed_is_told_in_order(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    lost = asyncio.create_task(ended(sandbox, "lost"))
    await asyncio.sleep(0)
    sandbox.faults.drop_gateway("abort")
    await lost
    for word in ("one", "two"):
        sandbox.world.write(general, sandbox.world.bot, word)
    resumed = await bot.resume(line.session_id, line.sequence)
    assert (await resumed.event("MESSAGE_CREATE"))["content"] == "one"
    assert (await resumed.event("MESSAGE_CREATE"))["content"] == "two"
    assert isinstance(await resumed.event("RESUMED"), dict)
    assert resumed.sequence == line.sequence + 3
    assert (sandbox.gateway.resumes, sandbox.gateway.identifies) == (1, 1)


@pytest.mark.parametrize("code", [1000, 1001])
async def test_a_session_closed_politely_is_gone(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, code: int
):
    over = asyncio.create_task(ended(sandbox, "ended"))
    await asyncio.sleep(0)
    await line.socket.close(code=code)
    await over
    assert (await (await bot.resume(line.session_id, line.sequence)).op(9))["d"] is False
    assert sandbox.gateway.closes == [code]


async def test_a_session_waits_only_so_long_for_its_return(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    sandbox.rules.resume_window_s = 0.01
    over = asyncio.create_task(ended(sandbox, "ended"))
    await asyncio.sleep(0)
    await line.socket.close(code=4000)
    await over
    assert (await (await bot.resume(line.session_id, line.sequence)).op(9))["d"] is False


async def test_a_resume_from_the_future_is_refused(bot: WireBot, line: Line):
    assert (await (await bot.resume(line.session_id, line.sequence + 100)).op(9))["d"] is False


async def test_reconnect_and_invalid_session_come_on_demand(
    sandbox: SandboxDiscord, bot: WireBot, line: Line
):
    sandbox.faults.drop_gateway("op7")
    await line.op(7)
    sandbox.faults.drop_gateway("op9")
    assert (await line.op(9))["d"] is False
    assert (await (await bot.resume(line.session_id, line.sequence)).op(9))["d"] is False


async def test_a_close_code_comes_on_demand(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    sandbox.faults.drop_gateway("close", 4014)
    assert await line.close_code() == 4014


async def test_heartbeats_are_answered_and_counted(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    await line.send(1, line.sequence)
    await line.op(11)
    assert sandbox.gateway.heartbeats == 1


async def test_a_line_without_heartbeats_is_closed_but_its_session_lives(
    sandbox: SandboxDiscord, bot: WireBot
):
    line = await bot.connect()
    sandbox.rules.heartbeat_interval_s = 0.01
    await line.send(1, None)
    assert await line.close_code() == 4000
    sandbox.rules.heartbeat_interval_s = 40.0
    assert isinstance(await (await bot.resume(line.session_id, line.sequence)).event("RESUMED"), dict)


async def test_identifying_spends_a_budget_that_resuming_does_not(sandbox: SandboxDiscord, bot: WireBot):
    sandbox.rules.identify_budget = 1
    line = await bot.connect()
    await bot.resume(line.session_id, line.sequence)
    limit = (await bot("GET", "/gateway/bot")).body["session_start_limit"]
    assert (limit["total"], limit["remaining"]) == (1, 0)
    assert await (await bot.identify()).close_code() == 4004


async def test_a_compressed_line_is_one_zlib_stream(sandbox: SandboxDiscord):
    sandbox.rules.compression = "zlib"
    inflate = zlib.decompressobj()
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(sandbox.gateway_url + "?compress=zlib-stream")
        hello = await socket.receive_bytes()
        assert hello.endswith(b"\x00\x00\xff\xff")
        assert json.loads(inflate.decompress(hello))["op"] == 10
        properties: Json = {}
        await socket.send_json(
            {"op": 2, "d": {"token": sandbox.token, "intents": 1, "properties": properties}}
        )
        assert json.loads(inflate.decompress(await socket.receive_bytes()))["t"] == "READY"
        await socket.close()


async def test_a_new_guild_channel_and_role_are_told(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    world = sandbox.world
    channel = world.add_channel(world.guild, "ink")
    assert (await line.event("CHANNEL_CREATE"))["id"] == str(channel.id)
    world.delete_channel(channel)
    assert (await line.event("CHANNEL_DELETE"))["id"] == str(channel.id)
    other = world.add_guild("Other")
    world.add_member(other, world.bot)
    assert (await line.event("GUILD_CREATE"))["name"] == "Other"
    world.expel_bot(other)
    assert (await line.event("GUILD_DELETE"))["id"] == str(other.id)


async def test_members_are_told_in_a_chunk_when_asked_for(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    asked = {"guild_id": str(sandbox.world.guild.id), "user_ids": [str(sandbox.person("artist").user.id)]}
    await line.send(8, asked)
    chunk = await line.event("GUILD_MEMBERS_CHUNK")
    assert [member["user"]["username"] for member in chunk["members"]] == ["artist"]


@pytest.mark.parametrize("before", [True, False])
async def test_a_message_is_told_before_or_after_its_answer(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel, before: bool
):
    sandbox.rules.message_before_answer = before
    sent = await bot.send(general.id, "x")
    assert (await line.event("MESSAGE_CREATE"))["id"] == sent.body["id"]


async def test_a_message_is_told_though_its_answer_never_came(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    sandbox.rules.message_before_answer = False
    sandbox.faults.reset_next("POST", "/messages$", when="after")
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.send(general.id, "x")
    assert (await line.event("MESSAGE_CREATE"))["content"] == "x"
