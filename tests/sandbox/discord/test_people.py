"""People: what Discord's client lets them do, and what it does not."""

import asyncio

import pytest

from bot.sandbox.discord import Ack, Channel, NotPossible, Permission, Person, SandboxDiscord, Unanswered
from tests.sandbox.discord.wire import Json, Line, WireBot

MODAL: Json = {
    "custom_id": "note",
    "title": "A note",
    "components": [
        {
            "type": 1,
            "components": [
                {
                    "type": 4,
                    "custom_id": "text",
                    "label": "Text",
                    "style": 1,
                    "min_length": 2,
                    "max_length": 5,
                }
            ],
        }
    ],
}
ASK: Json = {
    "name": "ask",
    "description": "Asks.",
    "type": 1,
    "options": [
        {"type": 6, "name": "who", "description": "Whom."},
        {"type": 8, "name": "role", "description": "Which."},
        {"type": 11, "name": "file", "description": "A file."},
    ],
}


@pytest.fixture
def artist(sandbox: SandboxDiscord) -> Person:
    return sandbox.person("artist")


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


async def test_nobody_acts_in_a_channel_they_cannot_see(
    sandbox: SandboxDiscord, artist: Person, general: Channel
):
    message = sandbox.world.write(general, sandbox.world.bot, "x")
    sandbox.world.overwrite(general, artist.user, deny=Permission.VIEW_CHANNEL)
    assert not artist.can_see(message)
    with pytest.raises(NotPossible, match="may not write"):
        await artist.say(general, "hello")
    with pytest.raises(NotPossible, match="may not look back"):
        await artist.react(message, "🔁")


async def test_nobody_posts_into_a_forum_as_into_a_channel(sandbox: SandboxDiscord, artist: Person):
    with pytest.raises(NotPossible, match="posts, not messages"):
        await artist.say(sandbox.world.channel("projects"), "hello")


async def test_an_archived_thread_takes_no_reactions_but_a_message_wakes_it(
    sandbox: SandboxDiscord, artist: Person, general: Channel
):
    thread = sandbox.world.add_thread(general, "heron", artist.user)
    message = await artist.say(thread, "x")
    sandbox.world.archive(thread)
    with pytest.raises(NotPossible, match="archived"):
        await artist.react(message, "🔁")
    await artist.say(thread, "hello")
    assert not thread.archived


async def test_a_reaction_can_be_taken_back(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    message = await artist.say(general, "x")
    await artist.react(message, "🔁")
    await artist.unreact(message, "🔁")
    assert message.reactions == {}
    assert (await line.event("MESSAGE_REACTION_REMOVE"))["emoji"]["name"] == "🔁"


async def test_own_messages_can_be_deleted_and_others_only_by_moderators(
    sandbox: SandboxDiscord, artist: Person, general: Channel
):
    own = await artist.say(general, "oops")
    await artist.delete(own)
    others = sandbox.world.write(general, sandbox.world.bot, "stay")
    with pytest.raises(NotPossible, match="delete"):
        await artist.delete(others)
    assert general.history == [others]


async def test_users_and_roles_are_resolved(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync(ASK)
    role = sandbox.world.add_role(general.guild, "inkers")
    await artist.slash("/ask who:@director role:@inkers", channel=general)
    resolved = (await bot.hear())["data"]["resolved"]
    assert resolved["users"][str(sandbox.person("director").user.id)]["username"] == "director"
    assert resolved["roles"][str(role.id)]["name"] == "inkers"


async def test_a_file_over_the_limit_cannot_be_chosen(
    sandbox: SandboxDiscord, bot: WireBot, artist: Person, general: Channel
):
    await bot.sync(ASK)
    sandbox.rules.upload_limit = 3
    with pytest.raises(NotPossible, match="upload limit"):
        await artist.slash("ask", channel=general, attachments={"file": ("a.png", b"four")})


async def test_a_user_command_carries_its_user(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync({"name": "Portrait", "type": 2})
    director = sandbox.person("director").user
    await artist.context_menu("Portrait", director, channel=general)
    data = (await bot.hear())["data"]
    assert data["resolved"]["users"][data["target_id"]]["username"] == "director"
    with pytest.raises(NotPossible, match="no user command"):
        await artist.context_menu("Other", director, channel=general)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "filled in"),
        ({"text": "x"}, "wrong length"),
        ({"text": "x" * 6}, "wrong length"),
        ({"a": "b"}, "asks for"),
    ],
)
async def test_a_modal_is_sent_only_as_it_asks(
    bot: WireBot, line: Line, artist: Person, general: Channel, values: dict[str, str], reason: str
):
    await bot.sync({"name": "ask", "description": "Asks.", "type": 1})
    opened = await artist.slash("ask", channel=general)
    await bot.callback(await bot.hear(), 9, MODAL)
    with pytest.raises(NotPossible, match=reason):
        await artist.submit(opened, values)


async def test_a_modal_from_a_button_may_update_the_buttons_message(
    bot: WireBot, line: Line, artist: Person, general: Channel
):
    button = {"type": 2, "style": 1, "label": "Note", "custom_id": "note"}
    await bot.send(general.id, {"content": "x", "components": [{"type": 1, "components": [button]}]})
    opened = await artist.click(general.history[0], "Note")
    await bot.callback(await bot.hear(), 9, MODAL)
    submitted = await artist.submit(opened, {"text": "green"})
    told = await bot.hear()
    assert told["data"]["components"][0]["components"][0]["value"] == "green"
    await bot.callback(told, 7, {"content": "green noted"})
    assert (await submitted.answered()) is general.history[0]
    assert (await submitted.acked(), general.history[0].content) == (Ack.UPDATE, "green noted")


async def test_an_answer_can_be_deleted(bot: WireBot, line: Line, artist: Person, general: Channel):
    await bot.sync({"name": "ask", "description": "Asks.", "type": 1})
    for flags in (0, 1 << 6):
        interaction = await artist.slash("ask", channel=general)
        told = await bot.hear()
        await bot.callback(told, 4, {"content": "gone soon", "flags": flags})
        assert (await bot.hook("DELETE", told, "/messages/@original")).status == 204
        assert (await bot.hook("GET", told, "/messages/@original")).refusal == (404, 10008)
        assert (await interaction.answered()).deleted
    assert general.history == []


async def test_follow_ups_are_edited_by_their_id(bot: WireBot, line: Line, artist: Person, general: Channel):
    await bot.sync({"name": "ask", "description": "Asks.", "type": 1})
    interaction = await artist.slash("ask", channel=general)
    told = await bot.hear()
    await bot.callback(told, 4, {"content": "first"})
    follow_up = (await bot.hook("POST", told, "", {"content": "second", "flags": 1 << 6})).body
    await bot.hook("PATCH", told, f"/messages/{follow_up['id']}", {"content": "second, better"})
    assert [message.content for message in await interaction.followed_up()] == ["second, better"]
    assert interaction.followups[0].ephemeral
    assert (await bot.hook("GET", told, "/messages/1")).refusal == (404, 10008)


async def test_a_bot_that_is_not_there_does_not_respond(
    sandbox: SandboxDiscord, bot: WireBot, artist: Person, general: Channel
):
    await bot.sync({"name": "ask", "description": "Asks.", "type": 1})
    sandbox.rules.ack_deadline_s = 0.01
    asked = [await artist.slash("ask", channel=general) for _ in range(2)]
    outcomes = await asyncio.gather(asked[0].answered(), asked[1].modal_shown(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unanswered, Unanswered]
    with pytest.raises(TimeoutError):
        await sandbox.wait_for(lambda _: False, timeout=0.01)
