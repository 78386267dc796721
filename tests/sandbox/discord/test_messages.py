"""Messages: what may be in one, and what an edit leaves of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.discord import Bucket, Channel, Permission, SandboxDiscord
from tests.sandbox.discord.wire import Json, Line, Reply, WireBot

FORM_ERROR = (400, 50035)
EMPTY = (400, 50006)
TOO_LARGE = (413, 40005)
NOT_YOURS = (403, 50005)
TOO_OLD = (429, 30046)
LAYOUT = 1 << 15


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


def button(custom_id: str) -> Json:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id}


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def error_codes(reply: Reply, *path: str) -> list[str]:
    node: Any = reply.body["errors"]
    for step in path:
        node = node[step]
    return [error["code"] for error in node["_errors"]]


async def test_an_empty_message_is_refused(bot: WireBot, general: Channel):
    assert (await bot.send(general.id, {"content": " "})).refusal == EMPTY
    assert (await bot.send(general.id, {"embeds": []})).refusal == EMPTY


async def test_an_edit_that_empties_a_message_is_refused(bot: WireBot, general: Channel):
    sent = await bot.send(general.id, "text")
    assert (await bot.edit(general.id, sent.body["id"], {"content": ""})).refusal == EMPTY
    assert general.history[0].content == "text"


async def test_content_ends_at_two_thousand_characters(bot: WireBot, general: Channel):
    assert (await bot.send(general.id, "x" * 2000)).status == 200
    reply = await bot.send(general.id, "x" * 2001)
    assert reply.refusal == FORM_ERROR
    assert error_codes(reply, "content") == ["BASE_TYPE_MAX_LENGTH"]


@pytest.mark.parametrize(
    ("embed", "path"),
    [
        ({"title": "x" * 257}, ["title"]),
        ({"description": "x" * 4097}, ["description"]),
        ({"footer": {"text": "x" * 2049}}, ["footer", "text"]),
        ({"author": {"name": "x" * 257}}, ["author", "name"]),
        ({"fields": [{"name": "n", "value": "v"}] * 26}, ["fields"]),
        ({"fields": [{"name": "x" * 257, "value": "v"}]}, ["fields", "0", "name"]),
        ({"fields": [{"name": "n", "value": "x" * 1025}]}, ["fields", "0", "value"]),
        ({"fields": [{"name": "n", "value": ""}]}, ["fields", "0", "value"]),
        ({"image": {"url": "file:///etc/passwd"}}, ["image", "url"]),
    ],
)
async def test_each_part_of_an_embed_has_its_limit(
    bot: WireBot, general: Channel, embed: Json, path: list[str]
):
    reply = await bot.send(general.id, {"embeds": [embed]})
    assert reply.refusal == FORM_ERROR
    assert error_codes(reply, "embeds", "0", *path)


async def test_all_embeds_together_end_at_six_thousand_characters(bot: WireBot, general: Channel):
    reply = await bot.send(general.id, {"embeds": [{"description": "x" * 3001}, {"description": "y" * 3000}]})
    assert error_codes(reply, "embeds") == ["MAX_EMBED_SIZE_EXCEEDED"]
    assert (await bot.send(general.id, {"embeds": [{"description": "x" * 3000}] * 2})).status == 200


async def test_ten_embeds_and_ten_files_are_the_most(bot: WireBot, general: Channel):
    assert (await bot.send(general.id, {"embeds": [{"title": "t"}] * 11})).refusal == FORM_ERROR
    files = {f"{n}.txt": b"x" for n in range(11)}
    assert (await bot.send(general.id, {"content": "x"}, files=files)).refusal == FORM_ERROR
    del files["10.txt"]
    assert len((await bot.send(general.id, {"content": "x"}, files=files)).body["attachments"]) == 10


@pytest.mark.parametrize(
    "components",
    [
        [row(button(str(n))) for n in range(6)],
        [row(*(button(str(n)) for n in range(6)))],
        [row()],
        [row(button("same")), row(button("same"))],
        [row(button("x" * 101))],
        [row({"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"})],
        [row({"type": 2, "style": 5, "label": "link", "custom_id": "a"})],
        [
            row(
                {
                    "type": 3,
                    "custom_id": "s",
                    "options": [{"label": str(n), "value": str(n)} for n in range(26)],
                }
            )
        ],
        [row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}]}, button("b"))],
        [{"type": 10, "content": "a text needs the layout flag"}],
    ],
)
async def test_rows_and_buttons_have_their_limits(bot: WireBot, general: Channel, components: list[Json]):
    reply = await bot.send(general.id, {"content": "x", "components": components})
    assert reply.refusal == FORM_ERROR
    assert "components" in reply.body["errors"]


async def test_five_rows_of_five_buttons_are_accepted(bot: WireBot, general: Channel):
    rows = [row(*(button(f"{line}-{place}") for place in range(5))) for line in range(5)]
    assert (await bot.send(general.id, {"content": "x", "components": rows})).status == 200
    assert len(general.history[0].controls) == 25


async def test_an_emoji_on_a_button_comes_back_without_its_missing_id(bot: WireBot, general: Channel):
    again = {**button("again"), "emoji": {"id": None, "name": "🔁"}}
    sent = await bot.send(general.id, {"content": "x", "components": [row(again)]})
    assert sent.body["components"][0]["components"][0]["emoji"] == {"name": "🔁"}


async def test_a_layout_has_no_content_beside_it_and_at_most_forty_parts(bot: WireBot, general: Channel):
    text = {"type": 10, "content": "hello"}
    assert (await bot.send(general.id, {"flags": LAYOUT, "components": [text]})).status == 200
    with_content = await bot.send(general.id, {"flags": LAYOUT, "components": [text], "content": "x"})
    assert with_content.refusal == FORM_ERROR
    nested = {"type": 17, "components": [text] * 40}
    assert (await bot.send(general.id, {"flags": LAYOUT, "components": [nested]})).refusal == FORM_ERROR


async def test_a_layout_stays_a_layout(bot: WireBot, general: Channel):
    sent = await bot.send(general.id, {"flags": LAYOUT, "components": [{"type": 10, "content": "hello"}]})
    number = sent.body["id"]
    assert (await bot.edit(general.id, number, {"content": "legacy"})).refusal == FORM_ERROR
    edited = await bot.edit(general.id, number, {"components": [{"type": 10, "content": "new"}], "flags": 0})
    assert edited.body["flags"] & LAYOUT
    assert general.history[0].text == "new"


async def test_an_embed_can_only_show_a_file_that_is_there(bot: WireBot, general: Channel):
    body = {"embeds": [{"image": {"url": "attachment://my picture.png"}}]}
    assert (await bot.send(general.id, body)).refusal == FORM_ERROR
    shown = await bot.send(general.id, body, files={"my picture.png": b"png"})
    assert shown.body["embeds"][0]["image"]["url"] == shown.body["attachments"][0]["url"]


async def test_a_layout_can_only_show_a_file_that_is_there(bot: WireBot, general: Channel):
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}, "description": "a heron"}]}
    body = {"flags": LAYOUT, "components": [gallery]}
    assert (await bot.send(general.id, body)).refusal == FORM_ERROR
    shown = await bot.send(general.id, body, files={"a.png": b"png"})
    assert shown.body["components"][0]["items"][0]["media"]["url"] == shown.body["attachments"][0]["url"]


async def test_a_file_over_the_limit_is_refused(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    sandbox.rules.upload_limit = 1000
    assert (await bot.send(general.id, "fits", files={"a.png": b"x" * 1000})).status == 200
    assert (await bot.send(general.id, "no", files={"a.png": b"x" * 1001})).refusal == TOO_LARGE


async def test_a_request_over_the_limit_is_refused_though_each_file_fits(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sandbox.rules.request_limit = 3000
    files = {f"{n}.png": b"x" * 900 for n in range(4)}
    assert (await bot.send(general.id, "no", files=files)).refusal == TOO_LARGE


async def test_an_enforced_nonce_makes_one_message(
    sandbox: SandboxDiscord, bot: WireBot, line: Line, general: Channel
):
    body = {"content": "once", "nonce": "job-1", "enforce_nonce": True}
    first, second = await bot.send(general.id, body), await bot.send(general.id, {**body, "content": "twice"})
    assert first.body["id"] == second.body["id"]
    assert [message.content for message in general.history] == ["once"]
    sandbox.rules.nonce_memory_s = 0.0


async def test_a_nonce_that_is_not_enforced_changes_nothing(bot: WireBot, general: Channel):
    for _ in range(2):
        await bot.send(general.id, {"content": "x", "nonce": "7"})
    assert len(general.history) == 2


async def test_a_nonce_has_at_most_twenty_five_characters(bot: WireBot, general: Channel):
    assert (await bot.send(general.id, {"content": "x", "nonce": "n" * 26})).refusal == FORM_ERROR


async def test_anothers_message_can_be_neither_edited_nor_deleted(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    message = await sandbox.person("artist").say(general, "mine")
    assert (await bot.edit(general.id, message.id, {"content": "yours"})).refusal == NOT_YOURS
    sandbox.world.overwrite(general, sandbox.world.bot, deny=Permission.MANAGE_MESSAGES)
    reply = await bot("DELETE", f"/channels/{general.id}/messages/{message.id}")
    assert reply.refusal == (403, 50013)
    assert general.history == [message]


async def test_edits_of_old_messages_are_rationed(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    sandbox.rules.old_message_edits = Bucket(2, 60.0)
    old = sandbox.world.write(general, sandbox.world.bot, "old", at=datetime.now(UTC) - timedelta(hours=2))
    replies = [await bot.edit(general.id, old.id, {"content": str(n)}) for n in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert replies[-1].refusal == TOO_OLD
    fresh = await bot.send(general.id, "new")
    assert (await bot.edit(general.id, fresh.body["id"], {"content": "newer"})).status == 200


async def test_files_that_an_edit_does_not_list_vanish(bot: WireBot, general: Channel):
    sent = await bot.send(general.id, "two", files={"a.png": b"a", "b.png": b"b"})
    keep, drop = sent.body["attachments"]
    body = {"attachments": [{"id": keep["id"]}, {"id": "0", "filename": "c.png", "description": "a crane"}]}
    edited = await bot.edit(general.id, sent.body["id"], body, files={"c.png": b"c"})
    assert [held["filename"] for held in edited.body["attachments"]] == ["a.png", "c.png"]
    assert general.history[0].attachments[1].description == "a crane"
    assert drop["filename"] not in {held.filename for held in general.history[0].attachments}


async def test_an_edit_without_attachments_keeps_the_files(bot: WireBot, general: Channel):
    sent = await bot.send(general.id, "one", files={"a.png": b"a"})
    edited = await bot.edit(general.id, sent.body["id"], {"content": "still one"})
    assert len(edited.body["attachments"]) == 1


async def test_a_bot_pings_everybody_it_names_unless_it_says_otherwise(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    artist = sandbox.person("artist").user
    quiet = {"content": artist.mention, "allowed_mentions": {"parse": []}}
    await bot.send(general.id, quiet)
    assert sandbox.pings == []
    reply = await bot.send(general.id, artist.mention)
    assert [user["username"] for user in reply.body["mentions"]] == ["artist"]
    await bot.send(general.id, {"content": artist.mention, "allowed_mentions": {"users": [str(artist.id)]}})
    assert [ping.users for ping in sandbox.pings] == [(artist,), (artist,)]


async def test_an_edit_without_allowed_mentions_pings_with_the_defaults(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    artist = sandbox.person("artist").user
    sent = await bot.send(general.id, {"content": "x", "allowed_mentions": {"parse": []}})
    await bot.edit(general.id, sent.body["id"], {"content": artist.mention})
    assert [(ping.users, ping.by_edit) for ping in sandbox.pings] == [((artist,), True)]


async def test_everyone_is_called_only_with_the_permission(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    await bot.send(general.id, "@everyone look")
    assert sandbox.pings == []
    sandbox.world.overwrite(general, sandbox.world.bot, allow=Permission.MENTION_EVERYONE)
    await bot.send(general.id, "@everyone look")
    assert sandbox.pings[0].everyone


async def test_to_allow_a_kind_of_mention_and_to_list_it_exclude_each_other(bot: WireBot, general: Channel):
    both = {"parse": ["users"], "users": ["1"]}
    assert (await bot.send(general.id, {"content": "x", "allowed_mentions": both})).refusal == FORM_ERROR


async def test_messages_are_read_page_by_page(bot: WireBot, general: Channel):
    for n in range(5):
        await bot.send(general.id, str(n))
    path = f"/channels/{general.id}/messages"
    newest = (await bot("GET", f"{path}?limit=2")).body
    assert [told["content"] for told in newest] == ["4", "3"]
    before = (await bot("GET", f"{path}?limit=2&before={newest[-1]['id']}")).body
    assert [told["content"] for told in before] == ["2", "1"]
    after = (await bot("GET", f"{path}?limit=2&after={before[-1]['id']}")).body
    assert [told["content"] for told in after] == ["3", "2"]


async def test_a_reply_names_what_it_replies_to(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    asked = await sandbox.person("artist").say(general, "when?")
    reply = await bot.send(
        general.id, {"content": "soon", "message_reference": {"message_id": str(asked.id)}}
    )
    assert reply.body["referenced_message"]["id"] == str(asked.id)
    gone = {"content": "soon", "message_reference": {"message_id": "1"}}
    assert (await bot.send(general.id, gone)).refusal == FORM_ERROR


async def test_a_deleted_message_is_unknown(bot: WireBot, line: Line, general: Channel):
    sent = await bot.send(general.id, "x")
    path = f"/channels/{general.id}/messages/{sent.body['id']}"
    assert (await bot("DELETE", path)).status == 204
    assert (await bot("GET", path)).refusal == (404, 10008)
    assert (await line.event("MESSAGE_DELETE"))["id"] == sent.body["id"]


async def test_a_picture_comes_with_its_size(bot: WireBot, general: Channel):
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00\x01\x00"
    sent = await bot.send(general.id, "x", files={"a.png": png})
    assert (sent.body["attachments"][0]["width"], sent.body["attachments"][0]["height"]) == (512, 256)
