"""What a person can do on the page, and what they are told when they cannot."""

from typing import Any

import pytest

from bot.sandbox.discord import Channel, SandboxDiscord
from tests.sandbox.page.studio_bot import StudioBot
from tests.sandbox.page.visitor import Visitor


def general(discord: SandboxDiscord) -> Channel:
    return discord.world.channel("general")


def at(discord: SandboxDiscord, name: str = "artist", **more: Any) -> dict[str, Any]:
    """A person in #general."""
    return {"as": str(discord.world.user(name).id), "channel": str(general(discord).id), **more}


async def test_people_can_simply_talk(discord: SandboxDiscord, visitor: Visitor) -> None:
    first = await visitor.act("/api/say", at(discord, content="hello"))
    told = at(discord, "director", content="hello yourself", reply_to=first.body["message"])
    await visitor.act("/api/say", told, files={"0": b"a sketch"})
    hello, reply = general(discord).history
    assert (hello.author.name, hello.content) == ("artist", "hello")
    assert (reply.author.name, reply.reply_to) == ("director", hello)
    assert reply.attachments[0].data == b"a sketch"


async def test_a_command_carries_its_options_and_its_file(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    call = at(discord, path="generate", options={"prompt": "a heron", "count": 2})
    answer = await visitor.act("/api/command", call, files={"reference": b"a sketch"})
    assert answer.status == 200
    post = await discord.wait_for(lambda world: world.channel("gallery").history)
    assert [held.description for held in post[0].attachments] == ["a heron, picture 1", "a heron, picture 2"]
    assert bot.references == [("reference.png", b"a sketch")]


async def test_an_option_may_be_called_channel(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    gallery = discord.world.channel("gallery")
    call = at(discord, "director", path="settings gallery", options={"channel": str(gallery.id)})
    assert (await visitor.act("/api/command", call)).status == 200
    await discord.wait_for(lambda _: bot.galleries == ["gallery"])


async def test_a_command_can_be_pasted_as_text(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    call = at(discord, text="/generate prompt:a heron, rain count:3")
    assert (await visitor.act("/api/type", call)).status == 200
    post = await discord.wait_for(lambda world: world.channel("gallery").history)
    assert len(post[0].attachments) == 3


async def test_the_bot_suggests_at_most_25_values(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    call = at(discord, path="generate", options={"count": 2}, focused={"name": "model", "value": ""})
    choices = (await visitor.act("/api/autocomplete", call)).body["choices"]
    assert len(choices) == 25
    call["focused"]["value"] = "wai"
    choices = (await visitor.act("/api/autocomplete", call)).body["choices"]
    assert choices == [{"name": "waiIllustriousSDXL", "value": "waiIllustriousSDXL"}]


async def test_half_written_options_do_not_stop_the_suggestions(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    call = at(discord, path="generate", options={"count": "tw"}, focused={"name": "model", "value": "wai"})
    assert len((await visitor.act("/api/autocomplete", call)).body["choices"]) == 1


async def test_reactions_come_and_go(discord: SandboxDiscord, visitor: Visitor) -> None:
    message = discord.world.write(general(discord), discord.world.user("director"), "look")
    told = {"as": at(discord)["as"], "message": str(message.id), "emoji": "✅"}
    await visitor.act("/api/react", {**told, "present": True})
    assert [reaction.emoji.name for reaction in message.reactions.values()] == ["✅"]
    await visitor.act("/api/react", {**told, "present": False})
    assert message.reactions == {}


async def test_buttons_selects_forms_and_menus_reach_the_bot(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    call = at(discord, path="generate", options={"prompt": "a heron"})
    await visitor.act("/api/command", call)
    (post,) = await discord.wait_for(lambda world: world.channel("gallery").history)
    press = {"as": call["as"], "message": str(post.id)}
    async with visitor.stream() as stream:
        await visitor.act("/api/click", {**press, "custom_id": "again"})
        await stream.until("message", content="#2 is in line.")
        await visitor.act("/api/select", {**press, "custom_id": "which", "values": ["2"]})
        await stream.until("message", content="Picture 2 it is.")
        await visitor.act("/api/menu", {**press, "name": "Who drew this"})
        await stream.until("message", content="genga did.")

        asked = (await visitor.act("/api/click", {**press, "custom_id": "edit"})).body["interaction"]
        modal = (await stream.until("interaction", id=asked, state="answered"))["modal"]
        assert modal["title"] == "Edit and draw again"
        fields = {
            part["component"]["custom_id"]
            if "component" in part
            else part["components"][0]["custom_id"]: "a crane"
            for part in modal["components"]
        }
        await visitor.act("/api/submit", {"as": call["as"], "interaction": asked, "fields": fields})
        await stream.until("message", content="Again with: a crane")


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/api/say", {"channel": "123", "content": "hi"}, 404, "This channel is no longer there."),
        ("/api/say", {"as": "1", "content": "hi"}, 403, "One can only be one of the sandbox's people."),
        ("/api/say", {"content": 7}, 400, "content must be given as str."),
        ("/api/say", {"channel": "general", "content": "hi"}, 400, "channel must be an id."),
        ("/api/click", {"message": "5", "custom_id": "x"}, 404, "This message is no longer there."),
        ("/api/submit", {"interaction": "5", "fields": {}}, 404, "This form is no longer open."),
        ("/api/command", {"path": "generate", "options": []}, 400, "A JSON object is expected here."),
        ("/api/command", {"path": "dance", "options": {}}, 409, "There is no command /dance; synced are:"),
        (
            "/api/command",
            {"path": "generate", "options": {"prompt": "a heron", "count": 9}},
            409,
            "/generate count: must be between 1 and 8.",
        ),
        ("/api/type", {"text": "/generate count:2"}, 409, "/generate needs prompt."),
        (
            "/api/command",
            {"path": "settings gallery", "options": {"channel": "general"}},
            409,
            "hidden from artist",
        ),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(
    discord: SandboxDiscord,
    bot: StudioBot,
    visitor: Visitor,
    path: str,
    body: dict[str, Any],
    status: int,
    words: str,
) -> None:
    answer = await visitor.act(path, {**at(discord), **body})
    assert answer.status == status
    assert words in answer.body["error"]


async def test_a_control_that_is_gone_is_refused(discord: SandboxDiscord, visitor: Visitor) -> None:
    message = discord.world.write(general(discord), discord.world.bot, "plain")
    told = {"as": at(discord)["as"], "message": str(message.id), "custom_id": "again"}
    answer = await visitor.act("/api/click", told)
    assert (answer.status, answer.body["error"]) == (409, "This control is no longer on the message.")
