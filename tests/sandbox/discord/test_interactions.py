"""Interactions: the first answer, what comes after it, and who sees it."""

import asyncio

import pytest

from bot.sandbox.discord import Channel, NotPossible, Permission, Person, SandboxDiscord, Unanswered
from tests.sandbox.discord.wire import Json, Line, WireBot

PING: Json = {"name": "ping", "description": "Answers.", "type": 1}
MENU: Json = {"name": "Params", "type": 3}
UNKNOWN_INTERACTION = (404, 10062)
ALREADY_ACKNOWLEDGED = (400, 40060)
UNKNOWN_WEBHOOK = (404, 10015)
DEAD_TOKEN = (401, 50027)
BUTTONS = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Again", "custom_id": "again"}]}]


@pytest.fixture
def artist(sandbox: SandboxDiscord) -> Person:
    return sandbox.person("artist")


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


@pytest.fixture
async def told(bot: WireBot, line: Line, artist: Person, general: Channel) -> Json:
    """A /ping that the bot has just heard of."""
    await bot.sync(PING)
    await artist.slash("ping", channel=general)
    return await bot.hear()


async def test_an_answer_after_the_deadline_meets_an_unknown_interaction(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync(PING)
    sandbox.rules.ack_deadline_s = 0.05
    interaction = await artist.slash("ping", channel=general)
    told = await bot.hear()
    with pytest.raises(Unanswered, match="did not respond"):
        await interaction.answered()
    assert (await bot.callback(told, 4, {"content": "late"})).refusal == UNKNOWN_INTERACTION
    assert general.history == []


async def test_a_second_answer_is_refused(bot: WireBot, told: Json):
    assert (await bot.callback(told, 5)).status == 200
    assert (await bot.callback(told, 4, {"content": "again"})).refusal == ALREADY_ACKNOWLEDGED


async def test_an_interaction_that_never_was_cannot_be_answered(bot: WireBot, told: Json):
    assert (await bot.callback({**told, "id": "1"}, 5)).refusal == UNKNOWN_INTERACTION
    assert (await bot.callback({**told, "token": "wrong"}, 5)).refusal == UNKNOWN_INTERACTION
    assert (await bot.edit_original({"token": "wrong"}, {"content": "x"})).refusal == UNKNOWN_WEBHOOK


async def test_a_token_dies_after_its_time(sandbox: SandboxDiscord, bot: WireBot, told: Json):
    await bot.callback(told, 5)
    sandbox.rules.token_ttl_s = 0.0
    assert (await bot.edit_original(told, {"content": "x"})).refusal == DEAD_TOKEN
    assert (await bot.hook("GET", told, "/messages/@original")).refusal == DEAD_TOKEN
    assert (await bot.hook("POST", told, "", {"content": "x"})).refusal == DEAD_TOKEN
    assert (await bot.hook("DELETE", told, "/messages/@original")).refusal == DEAD_TOKEN


async def test_the_webhook_opens_only_with_the_first_answer(bot: WireBot, told: Json):
    assert (await bot.hook("POST", told, "", {"content": "too early"})).refusal == UNKNOWN_WEBHOOK
    await bot.callback(told, 5)
    assert (await bot.hook("POST", told, "", {"content": "in time"})).status == 200


@pytest.mark.parametrize("kind", [6, 7, 8, 1, 12])
async def test_a_command_is_answered_only_in_the_ways_of_commands(bot: WireBot, told: Json, kind: int):
    reply = await bot.callback(told, kind, {"content": "x"})
    assert reply.refusal == (400, 50035)
    assert "type" in reply.body["errors"]


async def test_a_modal_cannot_answer_a_modal(
    bot: WireBot, told: Json, artist: Person, sandbox: SandboxDiscord
):
    modal = {
        "custom_id": "m",
        "title": "Name it",
        "components": [
            {
                "type": 18,
                "label": "Name",
                "component": {"type": 4, "custom_id": "name", "style": 1, "required": True},
            }
        ],
    }
    assert (await bot.callback(told, 9, modal)).status == 200
    opened = sandbox.world.interactions[int(told["id"])]
    submitted = await artist.submit(opened, {"name": "heron"})
    heard = await bot.hear()
    assert heard["data"]["components"][0]["component"]["value"] == "heron"
    assert (await bot.callback(heard, 9, modal)).refusal == (400, 50035)
    assert (await bot.callback(heard, 4, {"content": "named heron"})).status == 200
    assert (await submitted.answered()).content == "named heron"


async def test_an_autocomplete_takes_choices_and_nothing_else(
    bot: WireBot, line: Line, artist: Person, general: Channel
):
    option = {"type": 3, "name": "model", "description": "Which.", "autocomplete": True}
    await bot.sync({**PING, "options": [option]})
    typing = asyncio.create_task(artist.autocomplete("ping", "model", "an", channel=general))
    told = await bot.hear()
    assert told["data"]["options"] == [{"name": "model", "type": 3, "value": "an", "focused": True}]
    assert (await bot.callback(told, 4, {"content": "x"})).refusal == (400, 50035)
    too_many = {"choices": [{"name": str(n), "value": str(n)} for n in range(26)]}
    assert (await bot.callback(told, 8, too_many)).refusal == (400, 50035)
    await bot.callback(told, 8, {"choices": [{"name": "Anime", "value": "anime.safetensors"}]})
    assert [choice.name for choice in await typing] == ["Anime"]


async def test_a_deferral_takes_no_flag_but_ephemeral(bot: WireBot, told: Json):
    assert (await bot.callback(told, 5, {"flags": 1 << 2})).refusal == (400, 50035)
    assert (await bot.callback(told, 5, {"flags": 1 << 6})).status == 200


async def test_whether_an_answer_is_ephemeral_is_settled_by_the_deferral(
    sandbox: SandboxDiscord, bot: WireBot, told: Json, general: Channel
):
    await bot.callback(told, 5, {"flags": 1 << 6})
    await bot.edit_original(told, {"content": "only for you", "flags": 0})
    answer = await sandbox.world.interactions[int(told["id"])].answered()
    assert answer.ephemeral
    assert general.history == []


async def test_an_answer_has_a_body_only_if_one_is_asked_for(bot: WireBot, told: Json):
    path = f"/interactions/{told['id']}/{told['token']}/callback"
    reply = await bot("POST", path, {"type": 4, "data": {"content": "hello"}}, authorization=None)
    assert (reply.status, reply.body) == (204, "")


async def test_an_asked_body_holds_the_message(bot: WireBot, told: Json):
    body = (await bot.callback(told, 4, {"content": "hello"})).body
    assert body["resource"]["message"]["content"] == "hello"
    assert body["interaction"]["response_message_id"] == body["resource"]["message"]["id"]


async def test_the_first_follow_up_fills_the_loading_message(bot: WireBot, told: Json, general: Channel):
    loading = (await bot.callback(told, 5)).body["interaction"]["response_message_id"]
    first = await bot.hook("POST", told, "", {"content": "first"})
    second = await bot.hook("POST", told, "", {"content": "second"})
    assert first.body["id"] == loading
    assert second.body["id"] != loading
    assert [message.content for message in general.history] == ["first", "second"]


async def test_a_follow_up_after_the_loading_message_was_deleted_is_a_message_of_its_own(
    bot: WireBot, told: Json, general: Channel
):
    loading = (await bot.callback(told, 5)).body["interaction"]["response_message_id"]
    assert (await bot.hook("DELETE", told, "/messages/@original")).status == 204
    assert (await bot.hook("POST", told, "", {"content": "here"})).body["id"] != loading
    assert [message.content for message in general.history] == ["here"]


async def test_an_ephemeral_message_is_known_to_its_token_alone(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, told: Json, general: Channel
):
    reply = await bot.callback(told, 4, {"content": "psst", "flags": 1 << 6})
    number = reply.body["interaction"]["response_message_id"]
    assert (await bot("GET", f"/channels/{general.id}/messages/{number}")).refusal == (404, 10008)
    assert (await bot.edit(general.id, number, {"content": "x"})).refusal == (404, 10008)
    assert (await bot.edit_original(told, {"content": "psst!"})).status == 200
    await sandbox.person("artist").say(general, "marker")
    assert (await line.event("MESSAGE_CREATE"))["author"]["username"] == "artist"
    assert [name for name, _ in line.events].count("MESSAGE_CREATE") == 1


async def test_only_its_person_sees_an_ephemeral_message(sandbox: SandboxDiscord, bot: WireBot, told: Json):
    await bot.callback(told, 4, {"content": "psst", "flags": 1 << 6, "components": BUTTONS})
    answer = await sandbox.world.interactions[int(told["id"])].answered()
    assert not sandbox.person("director").can_see(answer)
    with pytest.raises(NotPossible, match="does not see"):
        await sandbox.person("director").click(answer, "Again")


async def test_a_command_must_be_synced_before_anybody_can_use_it(artist: Person, general: Channel):
    with pytest.raises(NotPossible, match="there is no command /ping"):
        await artist.slash("ping", channel=general)


async def test_a_guilds_command_is_unknown_elsewhere(
    sandbox: SandboxDiscord, bot: WireBot, artist: Person, general: Channel
):
    other = sandbox.world.add_guild("Other")
    sandbox.world.add_member(other, sandbox.world.bot)
    sandbox.world.add_member(other, artist.user)
    await bot.sync(PING, guild=general.guild.id)
    with pytest.raises(NotPossible, match="no command"):
        await artist.slash("ping", channel=sandbox.world.add_channel(other, "lobby"))


async def test_no_command_works_in_an_archived_thread(
    sandbox: SandboxDiscord, bot: WireBot, artist: Person, general: Channel
):
    await bot.sync(PING)
    thread = sandbox.world.add_thread(general, "old", sandbox.world.bot)
    sandbox.world.archive(thread)
    with pytest.raises(NotPossible, match="archived"):
        await artist.slash("ping", channel=thread)


async def test_an_adult_command_needs_an_adult_channel(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync({**PING, "nsfw": True})
    with pytest.raises(NotPossible, match="age-restricted"):
        await artist.slash("ping", channel=general)
    adult = sandbox.world.add_channel(sandbox.world.guild, "adult", nsfw=True)
    await artist.slash("ping", channel=adult)
    assert (await bot.hear())["channel"]["nsfw"] is True


async def test_a_command_can_be_hidden_from_those_without_the_permission(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync({**PING, "default_member_permissions": int(Permission.MANAGE_GUILD)})
    with pytest.raises(NotPossible, match="hidden"):
        await artist.slash("ping", channel=general)
    await sandbox.person("director").slash("ping", channel=general)
    assert (await bot.hear())["member"]["user"]["username"] == "director"


async def test_a_button_updates_its_own_message(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.send(general.id, {"content": "drawn", "components": BUTTONS})
    message = general.history[0]
    click = await artist.click(message, "Again")
    told = await bot.hear()
    assert (told["data"]["custom_id"], told["message"]["id"]) == ("again", str(message.id))
    assert (await bot.callback(told, 7, {"content": "drawing again", "components": []})).status == 200
    assert await click.answered() is message
    assert (message.content, message.controls) == ("drawing again", [])


async def test_a_deferred_update_is_followed_by_an_edit_of_the_same_message(
    bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.send(general.id, {"content": "drawn", "components": BUTTONS})
    click = await artist.click(general.history[0], "again")
    told = await bot.hear()
    await bot.callback(told, 6)
    assert click.deferred
    await bot.edit_original(told, {"content": "redrawn"})
    assert (await click.answered()) is general.history[0]
    assert general.history[0].content == "redrawn"


async def test_a_disabled_button_cannot_be_pressed(bot: WireBot, artist: Person, general: Channel):
    button = {"type": 2, "style": 1, "label": "Again", "custom_id": "again", "disabled": True}
    await bot.send(general.id, {"content": "x", "components": [{"type": 1, "components": [button]}]})
    with pytest.raises(NotPossible, match="disabled"):
        await artist.click(general.history[0], "again")


async def test_a_select_sends_the_chosen_values(bot: WireBot, line: Line, artist: Person, general: Channel):
    options = [{"label": name, "value": name} for name in ("ink", "wash")]
    menu = {"type": 3, "custom_id": "style", "options": options}
    await bot.send(general.id, {"content": "x", "components": [{"type": 1, "components": [menu]}]})
    await artist.select(general.history[0], "style", ["wash"])
    assert (await bot.hear())["data"]["values"] == ["wash"]
    with pytest.raises(NotPossible, match="offers"):
        await artist.select(general.history[0], "style", ["oil"])


async def test_a_context_menu_carries_the_message_it_was_opened_on(
    bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync(MENU)
    message = await artist.say(general, "look")
    await artist.context_menu("Params", message)
    data = (await bot.hear())["data"]
    assert data["resolved"]["messages"][data["target_id"]]["content"] == "look"


async def test_an_attachment_option_is_resolved_to_a_readable_file(
    bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.sync({**PING, "options": [{"type": 11, "name": "reference", "description": "A picture."}]})
    await artist.slash("ping", channel=general, attachments={"reference": ("my sketch.png", b"not really")})
    data = (await bot.hear())["data"]
    file = data["resolved"]["attachments"][data["options"][0]["value"]]
    assert (file["filename"], file["content_type"], file["size"]) == ("my_sketch.png", "image/png", 10)
    assert await bot.get(file["url"]) == (200, b"not really")


async def test_an_unanswered_modal_or_button_fails_too(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, artist: Person, general: Channel
):
    await bot.send(general.id, {"content": "drawn", "components": BUTTONS})
    sandbox.rules.ack_deadline_s = 0.02
    click = await artist.click(general.history[0], "again")
    with pytest.raises(Unanswered):
        await click.acked()
    assert click.failed == "The application did not respond"
