"""Commands: what may be synced, and how typed text becomes an invocation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.discord import Channel, Command, NotPossible, SandboxDiscord, World
from bot.sandbox.discord.commands import CommandBook
from bot.sandbox.discord.invocation import parse_invocation
from tests.sandbox.discord.wire import Json, Line, WireBot

FORM_ERROR = (400, 50035)
PING: Json = {"name": "ping", "description": "Answers.", "type": 1}
SHOW: Json = {"type": 1, "name": "show", "description": "Shows it."}
QUEUE: Json = {"name": "queue", "description": "The queue.", "type": 1, "options": [SHOW]}
GENERATE: Json = {
    "name": "generate",
    "description": "Draws.",
    "type": 1,
    "options": [
        {"type": 3, "name": "prompt", "description": "What.", "required": True, "max_length": 200},
        {"type": 4, "name": "count", "description": "How many.", "min_value": 1, "max_value": 8},
        {"type": 10, "name": "cfg", "description": "How strictly."},
        {"type": 5, "name": "private", "description": "Only for me."},
        {"type": 7, "name": "gallery", "description": "Where."},
        {
            "type": 3,
            "name": "size",
            "description": "How large.",
            "choices": [{"name": "Square", "value": "1024x1024"}, {"name": "Wide", "value": "1344x768"}],
        },
    ],
}


def put(bot: WireBot, *commands: Json):
    return bot("PUT", f"/applications/{bot.sandbox.world.application_id}/commands", list(commands))


@pytest.mark.parametrize(
    "command",
    [
        {**PING, "name": "Ping"},
        {**PING, "name": "two words"},
        {**PING, "description": ""},
        {**PING, "description": "x" * 101},
        {**PING, "options": [{"type": 3, "name": str(n), "description": "x"} for n in range(26)]},
        {**PING, "options": [{"type": 3, "name": "same", "description": "x"}] * 2},
        {
            **PING,
            "options": [
                {"type": 3, "name": "a", "description": "x"},
                {"type": 3, "name": "b", "description": "x", "required": True},
            ],
        },
        {**PING, "options": [{"type": 99, "name": "a", "description": "x"}]},
        {
            **PING,
            "options": [
                {
                    "type": 3,
                    "name": f"o{n}",
                    "description": "x" * 100,
                    "choices": [{"name": f"{m}" + "n" * 90, "value": "v" * 90} for m in range(10)],
                }
                for n in range(5)
            ],
        },
    ],
)
async def test_a_malformed_command_is_refused(sandbox: SandboxDiscord, bot: WireBot, command: Json):
    assert (await put(bot, command)).refusal == FORM_ERROR
    assert sandbox.world.commands.visible_in(None) == []


async def test_two_commands_cannot_share_a_name(bot: WireBot):
    assert (await put(bot, PING, PING)).refusal == FORM_ERROR
    assert (await put(bot, PING, {"name": "ping", "type": 3})).status == 200


async def test_sixteen_message_commands_are_too_many(bot: WireBot):
    assert (await put(bot, *({"name": f"m{n}", "type": 3} for n in range(16)))).refusal == FORM_ERROR


async def test_an_unchanged_command_keeps_its_id_and_version_and_costs_nothing(
    sandbox: SandboxDiscord, bot: WireBot
):
    sandbox.rules.command_creates_per_day = 2
    first = (await put(bot, PING, QUEUE)).body
    again = (await put(bot, PING, {**QUEUE, "description": "Other."})).body
    assert [told["id"] for told in first] == [told["id"] for told in again]
    assert first[0]["version"] == again[0]["version"]
    assert first[1]["version"] != again[1]["version"]
    assert (await put(bot, GENERATE)).refusal == (400, 30034)


async def test_synced_commands_are_listed(bot: WireBot):
    await put(bot, PING)
    path = f"/applications/{bot.sandbox.world.application_id}/commands"
    listed = (await bot("GET", path)).body
    assert [told["name"] for told in listed] == ["ping"]
    one = f"{path}/{listed[0]['id']}"
    assert (await bot("PATCH", one, {"description": "Says pong."})).status == 200
    assert (await bot("GET", one)).body["description"] == "Says pong."
    assert (await bot("DELETE", one)).status == 204
    assert (await bot("GET", one)).refusal == (404, 10063)
    assert (await bot("GET", path)).body == []


async def test_typed_text_becomes_typed_options(sandbox: SandboxDiscord, bot: WireBot):
    await put(bot, GENERATE)
    read = sandbox.parse_command(
        "/generate prompt:a heron, rain: heavy count:2 cfg:6.5 private:True size:Wide"
    )
    assert dict(read.options) == {
        "prompt": "a heron, rain: heavy",
        "count": 2,
        "cfg": 6.5,
        "private": True,
        "size": "1344x768",
    }


MARKS = re.compile(r"(?:^|\s)(prompt|count|cfg|private|gallery|size):")


@given(st.text(max_size=200).filter(lambda text: not MARKS.search(text)))
def test_a_prompt_arrives_as_it_was_typed(text: str):
    book, guild = CommandBook(), World.sandbox().guild
    book.replace(None, [Command.parse(GENERATE, command_id=1, version=1, guild_id=None)])
    read = parse_invocation(book, guild, f"/generate prompt:{text} count:3")
    assert dict(read.options) == {"prompt": text.strip(), "count": 3}


async def test_a_subcommand_is_found_by_its_path(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    await put(bot, QUEUE)
    assert sandbox.parse_command("/queue show").path == "queue show"
    await sandbox.person("artist").slash("/queue show", channel=sandbox.world.channel("general"))
    assert (await bot.hear())["data"]["options"] == [{"type": 1, "name": "show", "options": []}]


async def test_a_channel_option_is_resolved(sandbox: SandboxDiscord, bot: WireBot, line: Line):
    await put(bot, GENERATE)
    gallery: Channel = sandbox.world.channel("gallery")
    await sandbox.person("artist").slash(
        "generate", channel=gallery, options={"prompt": "x", "gallery": gallery}
    )
    told = (await bot.hear())["data"]
    assert told["resolved"]["channels"][str(gallery.id)]["name"] == "gallery"
    assert {option["name"]: option["value"] for option in told["options"]}["gallery"] == str(gallery.id)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/paint prompt:x", "no command /paint; synced are: generate, queue show"),
        ("/queue", "continues with one of: queue show"),
        ("/generate a heron", "does not understand 'a heron'; it takes prompt:"),
        ("/generate prompt:x count:many", "not a number"),
        ("/generate prompt:x count:9", "between 1 and 8"),
        ("/generate prompt:x size:huge", "choose one of Square, Wide"),
        ("/generate prompt:x private:maybe", "True or False"),
        ("/generate prompt:x gallery:nowhere", "no channel nowhere"),
        ("/", "write a command"),
    ],
)
async def test_what_cannot_be_sent_is_explained(
    sandbox: SandboxDiscord, bot: WireBot, text: str, reason: str
):
    await put(bot, GENERATE, QUEUE)
    with pytest.raises(NotPossible, match=reason):
        sandbox.parse_command(text)


async def test_a_required_option_cannot_be_left_out(sandbox: SandboxDiscord, bot: WireBot):
    await put(bot, GENERATE)
    with pytest.raises(NotPossible, match="needs prompt"):
        await sandbox.person("artist").slash("/generate count:2", channel=sandbox.world.channel("general"))
