"""The wire itself: headers, tokens, links, ordered trouble and what is written down."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.discord import Channel, MessageCreated, Permission, SandboxDiscord
from tests.sandbox.discord.openapi import description, description_path
from tests.sandbox.discord.wire import Line, WireBot


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


async def test_a_link_to_a_file_is_signed_and_expires(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sent = await bot.send(general.id, "x", files={"a.png": b"picture"})
    url = sent.body["attachments"][0]["url"]
    assert await bot.get(url) == (200, b"picture")
    assert (await bot.get(url.partition("?")[0]))[0] == 404
    assert (await bot.get(url.replace("hm=", "hm=0")))[0] == 404
    sandbox.rules.url_ttl_s = -1.0
    path = f"/channels/{general.id}/messages/{sent.body['id']}"
    stale = (await bot("GET", path)).body["attachments"][0]["url"]
    assert (await bot.get(stale))[0] == 404
    sandbox.rules.url_ttl_s = 60.0
    fresh = (await bot("GET", path)).body["attachments"][0]["url"]
    assert await bot.get(fresh) == (200, b"picture")


async def test_an_own_link_in_an_embed_is_signed_afresh(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sent = await bot.send(general.id, "x", files={"a.png": b"picture"})
    unsigned = sent.body["attachments"][0]["url"].partition("?")[0]
    shown = await bot.send(general.id, {"embeds": [{"image": {"url": unsigned}}]})
    assert await bot.get(shown.body["embeds"][0]["image"]["url"]) == (200, b"picture")


async def test_the_content_type_is_json_and_nothing_else(bot: WireBot):
    assert (await bot("GET", "/users/@me")).headers["Content-Type"] == "application/json"
    assert (await bot("GET", "/nowhere")).headers["Content-Type"] == "application/json"


def test_discords_own_description_is_held_against_the_wire():
    if not description_path().is_file():
        pytest.skip(
            f"there is no {description_path().name} here: set DISCORD_OPENAPI to check the wire against it"
        )
    assert description() is not None


@pytest.mark.parametrize("authorization", [None, "Bot wrong", "sandbox-token", "Bearer sandbox-token"])
async def test_the_bots_routes_want_its_token(bot: WireBot, authorization: str | None):
    assert (await bot("GET", "/users/@me", authorization=authorization)).refusal == (401, 0)


async def test_unknown_fields_are_written_down(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    await bot.send(general.id, {"content": "x", "colour": "red"})
    await bot.sync({"name": "ping", "description": "Answers.", "type": 1, "nsfv": True})
    assert sandbox.violations == ["unknown field: colour", "unknown field: command.nsfv"]
    sandbox.log.clear()


async def test_an_unknown_route_is_404_and_written_down(sandbox: SandboxDiscord, bot: WireBot):
    reply = await bot("POST", "/guilds/1/prune")
    assert reply.status == 404
    assert sandbox.violations == ["unimplemented: POST /guilds/1/prune"]


async def test_the_log_holds_bodies_files_and_answers(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    await bot.send(general.id, {"content": "x"}, files={"a.png": b"12345"})
    exchange = sandbox.log[-1]
    assert exchange.route == "/channels/{channel_id}/messages"
    assert exchange.body == {"content": "x"}
    assert [(file.field, file.filename, file.size) for file in exchange.files] == [("files[0]", "a.png", 5)]
    assert isinstance(exchange.answer, dict)
    assert exchange.asked_at < exchange.answered_at


async def test_a_failure_can_be_ordered_before_or_after_the_effect(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sandbox.faults.fail_next("POST", "/messages$", 502, body="<html>Bad Gateway</html>")
    sandbox.faults.fail_next("POST", "/messages$", 500, after_effect=True)
    first, second, third = [await bot.send(general.id, str(n)) for n in range(3)]
    assert (first.status, second.status, third.status) == (502, 500, 200)
    assert [message.content for message in general.history] == ["1", "2"]


@pytest.mark.parametrize(("when", "left"), [("before", []), ("after", ["x"])])
async def test_a_connection_can_be_torn_before_or_after_the_effect(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, when: str, left: list[str]
):
    sandbox.faults.reset_next("POST", "/messages$", when="before" if when == "before" else "after")
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.send(general.id, "x")
    assert [message.content for message in general.history] == left


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "messages", {"content": 5}),
        ("POST", "messages", {"embeds": [5]}),
        ("POST", "messages", {"embeds": "many"}),
        ("POST", "messages", {"components": [{}]}),
        ("POST", "messages", {"components": [{"type": 1, "components": "x"}]}),
        ("POST", "messages", {"content": "x", "flags": "x"}),
        ("POST", "messages", {"content": "x", "attachments": [{}]}),
        ("POST", "messages", {"content": "x", "message_reference": {}}),
        ("POST", "messages", ["x"]),
        ("POST", "threads", {"name": 5}),
        ("POST", "threads", {"name": "x", "type": 99}),
        ("PATCH", "", {"name": 5}),
    ],
)
async def test_a_malformed_body_is_refused_and_never_breaks_the_server(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, method: str, path: str, body: object
):
    manager = sandbox.world.add_role(general.guild, "manager", Permission.MANAGE_CHANNELS)
    sandbox.world.give(general.guild.member(sandbox.world.bot), manager)
    reply = await bot(method, f"/channels/{general.id}/{path}".rstrip("/"), body)
    assert reply.status == 400
    assert general.history == []


async def test_an_answer_can_be_delayed(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    sandbox.faults.delay_next("POST", f"/{general.id}/messages$", 0.3)
    slow = asyncio.create_task(bot.send(general.id, "slow"))
    await bot.send(sandbox.world.channel("gallery").id, "quick")
    assert not slow.done()
    assert (await slow).status == 200


async def test_a_request_takes_effect_though_nobody_waits_for_its_answer(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, caplog: pytest.LogCaptureFixture
):
    sandbox.faults.delay_next("POST", "/messages$", 0.5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.send(general.id, "x"), 0.3)
    await sandbox.wait_for(lambda _: sandbox.log[-1].answered_at)
    assert [message.content for message in general.history] == ["x"]
    assert caplog.records == []


async def test_listeners_hear_of_every_change(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    with sandbox.subscribe() as changes:
        await bot.send(general.id, "x")
        change = await changes.get()
    assert isinstance(change, MessageCreated)
    assert change.message is general.history[0]


async def test_reactions_travel_both_ways(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    sent = await bot.send(general.id, "x")
    message = general.history[0]
    path = f"/channels/{general.id}/messages/{sent.body['id']}/reactions"
    await bot("PUT", f"{path}/🔁/@me")
    await sandbox.person("artist").react(message, "🔁")
    told = [await line.event("MESSAGE_REACTION_ADD") for _ in range(2)]
    assert [event["user_id"] for event in told] == [
        str(sandbox.world.bot.id),
        str(sandbox.person("artist").user.id),
    ]
    assert (await bot("GET", path.removesuffix("/reactions"))).body["reactions"][0]["count"] == 2
    assert len((await bot("GET", f"{path}/🔁")).body) == 2
    await bot("DELETE", f"{path}/🔁/{sandbox.person('artist').user.id}")
    await bot("DELETE", f"{path}/🔁/@me")
    assert message.reactions == {}
    await sandbox.person("artist").react(message, "✨")
    await bot("DELETE", path)
    assert message.reactions == {}


async def test_a_request_that_breaks_off_in_the_middle_never_was_one(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel, caplog: pytest.LogCaptureFixture
):
    host, port = sandbox.host.split(":")
    _, half = await asyncio.open_connection(host, int(port))
    head = [
        f"POST /api/v10/channels/{general.id}/messages HTTP/1.1",
        f"Host: {sandbox.host}",
        f"Authorization: Bot {sandbox.token}",
        "Content-Type: multipart/form-data; boundary=part",
        "Content-Length: 4096",
    ]
    half.write("\r\n".join([*head, "", "--part", ""]).encode())
    await half.drain()
    await bot("GET", "/users/@me")
    half.transport.abort()
    await bot("GET", "/users/@me")
    assert general.history == []
    assert [record for record in caplog.records if record.name == "aiohttp.server"] == []
