"""What goes wrong between the poster and Discord, each in our words."""

import asyncio

import pytest

from bot.chat.mishaps import Act, translated
from bot.chat.poster import MIB, DiscordPoster
from bot.core.errors import (
    DeliveryError,
    DiscordAway,
    MissingPermission,
    NoMoreThreads,
    TargetGone,
    ThreadLocked,
    TooLarge,
    Withdrawn,
)
from bot.core.job import Card
from bot.core.library import Gallery, GalleryKind
from bot.sandbox.discord import Permission
from tests.builders import (
    a_picture_post,
)
from tests.chat.posting import a_look, message_of


async def deny(sandbox, client, channel, permission):
    """Take a permission from the bot and wait until its client has heard of it."""
    heard = asyncio.ensure_future(client.wait_for("guild_channel_update"))
    await asyncio.sleep(0)
    sandbox.world.overwrite(channel, sandbox.world.bot, deny=permission)
    await heard


def take_role(sandbox):
    """Leave the bot no more than everybody may."""
    member = sandbox.world.guild.members[sandbox.world.bot.id]
    for number in tuple(member.role_ids):
        sandbox.world.take(member, sandbox.world.guild.roles[number])


async def test_a_locked_thread_takes_no_pictures_without_manage_threads(sandbox, poster, gallery):
    thread = sandbox.world.channels[await poster.open_thread(gallery, name="Harbor")]
    take_role(sandbox)
    sandbox.world.archive(thread, locked=True)
    with pytest.raises(ThreadLocked, match="is locked"):
        await poster.post(thread.id, a_picture_post())


async def test_a_full_server_opens_and_wakes_no_thread(sandbox, poster, gallery):
    thread = sandbox.world.channels[await poster.open_thread(gallery, name="Harbor")]
    sandbox.world.archive(thread)
    sandbox.rules.max_active_threads = 0
    with pytest.raises(NoMoreThreads):
        await poster.open_thread(gallery, name="Bay")
    with pytest.raises(NoMoreThreads):
        await poster.post(thread.id, a_picture_post())


@pytest.mark.parametrize(
    ("headers", "body", "patience_s"),
    [({}, "<html>You are being rate limited</html>", 60), ({"Via": "1.1 google"}, None, 300)],
)
async def test_a_limit_is_waited_out_for_as_long_as_discord_says_or_a_minute(
    sandbox, client, poster, general, headers, body, patience_s
):
    client.http.max_ratelimit_timeout = 30.0  # as Genga's own client has it
    if body is None:
        sandbox.faults.rate_limit_next("POST", "/messages$", patience_s)
    else:
        sandbox.faults.fail_next("POST", "/messages$", 429, body=body, headers=headers)
    with pytest.raises(DiscordAway) as away:
        await poster.post(general.id, a_picture_post())
    assert away.value.patience_s == patience_s


# ── what goes wrong


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.ATTACH_FILES, "Attach Files"),
        (Permission.VIEW_CHANNEL, "View Channel"),
    ],
)
async def test_a_missing_permission_is_named(sandbox, client, poster, general, lacking, named):
    await deny(sandbox, client, general, lacking)
    with pytest.raises(MissingPermission) as refused:
        await poster.post(general.id, a_picture_post())
    assert refused.value.permission == named
    assert "#general" in refused.value.message


async def test_a_missing_permission_to_open_threads_is_named(sandbox, client, poster, gallery):
    channel = sandbox.world.channels[gallery.channel]
    await deny(sandbox, client, channel, Permission.CREATE_PUBLIC_THREADS)
    with pytest.raises(MissingPermission, match="Create Public Threads"):
        await poster.open_thread(gallery, name="Harbor")


async def test_a_deleted_channel_is_gone(sandbox, poster, general):
    sandbox.world.delete_channel(general)
    with pytest.raises(TargetGone):
        await poster.post(general.id, a_picture_post())


async def test_a_deleted_gallery_is_gone(sandbox, poster, gallery):
    sandbox.world.delete_channel(sandbox.world.channels[gallery.channel])
    with pytest.raises(TargetGone):
        await poster.open_thread(gallery, name="Harbor")


async def test_a_deleted_card_is_gone(sandbox, poster, general):
    card = await poster.send(general.id, a_look())
    sandbox.world.delete_message(message_of(sandbox, card))
    with pytest.raises(TargetGone, match="message"):
        await poster.edit(card, a_look(text="2nd in line"))


async def test_an_unavailable_discord_is_away(sandbox, poster, general):
    sandbox.faults.fail_next("POST", r"/messages$", 503)
    with pytest.raises(DiscordAway) as away:
        await poster.post(general.id, a_picture_post())
    assert away.value.__cause__ is not None


async def test_a_torn_connection_is_away(sandbox, poster, general):
    sandbox.faults.reset_next("POST", r"/messages$")
    with pytest.raises(DiscordAway):
        await poster.post(general.id, a_picture_post())


async def test_a_file_discord_finds_too_large_is_refused(sandbox, poster, general):
    sandbox.rules.upload_limit = 10
    with pytest.raises(DeliveryError, match="larger than Discord takes"):
        await poster.post(general.id, a_picture_post())


async def test_a_request_only_a_bug_explains_stays_what_it_is(sandbox, poster, general):
    sandbox.faults.fail_next("POST", r"/messages$", 400, body={"code": 50035, "message": "Invalid Form Body"})
    with pytest.raises(Exception, match="Invalid Form Body") as bug:
        await poster.post(general.id, a_picture_post())
    assert not isinstance(bug.value, DeliveryError)


async def test_without_a_client_discord_is_away():
    poster = DiscordPoster(lambda: None)
    with pytest.raises(DiscordAway):
        await poster.send(1, a_look())
    assert await poster.upload_limit(1, count=1) > 9 * MIB


async def test_a_closed_client_is_away(client, poster, general):
    await client.close()
    with pytest.raises(DiscordAway):
        await poster.edit(Card(channel=general.id, message=1), a_look())


async def test_a_missing_permission_to_write_in_threads_is_named(sandbox, client, poster, gallery):
    thread = await poster.open_thread(gallery, name="Harbor")
    channel = sandbox.world.channels[gallery.channel]
    await deny(sandbox, client, channel, Permission.SEND_MESSAGES_IN_THREADS)
    with pytest.raises(MissingPermission, match="“Send Messages in Threads” in #Harbor"):
        await poster.post(thread, a_picture_post())


async def test_a_forum_that_takes_no_posts_names_what_is_missing(sandbox, client, poster):
    forum = sandbox.world.channel("projects")
    await deny(sandbox, client, forum, Permission.SEND_MESSAGES)
    with pytest.raises(MissingPermission, match="“Send Messages” in #projects"):
        await poster.open_thread(Gallery(channel=forum.id, kind=GalleryKind.FORUM), name="Harbor")


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (401, 0, DiscordAway, "does not answer"),
        (403, 50001, MissingPermission, "“View Channel” in #general"),
        (403, 50013, MissingPermission, "“Send Messages or Attach Files or Embed Links” in #general"),
        (400, 160005, ThreadLocked, "#general is locked.*“Manage Threads”"),
        (400, 50083, ThreadLocked, "#general is locked.*“Manage Threads”"),
        (400, 160006, NoMoreThreads, "as many open threads as Discord allows"),
        (400, 50045, TooLarge, "larger than Discord takes"),
        (413, 0, TooLarge, "larger than Discord takes"),
        (404, 10008, Withdrawn, "somebody has deleted it"),
        (404, 10003, TargetGone, "channel or thread does not exist"),
    ],
)
async def test_what_discord_says_is_said_in_our_words(sandbox, poster, general, status, code, error, words):
    body = {"code": code, "message": "as Discord words it"}
    sandbox.faults.fail_next("POST", r"/messages$", status, body=body)
    with pytest.raises(error, match=words):
        await poster.post(general.id, a_picture_post())


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [(50001, TargetGone, "does not exist"), (50013, MissingPermission, "in <#4711>")],
)
async def test_a_channel_the_client_has_never_seen_is_judged_by_the_answer(
    sandbox, poster, code, error, words
):
    sandbox.faults.fail_next("POST", r"/messages$", 403, body={"code": code, "message": "no"})
    with pytest.raises(error, match=words):
        await poster.post(4711, a_picture_post())


async def test_a_client_that_closes_meanwhile_is_away_and_any_other_bug_is_not(client):
    with pytest.raises(RuntimeError, match="a bug"), translated(client, 1, Act.POST):
        raise RuntimeError("a bug")
    await client.close()
    with pytest.raises(DiscordAway), translated(client, 1, Act.POST):
        raise RuntimeError("Session is closed")
