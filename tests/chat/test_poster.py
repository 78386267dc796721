"""The poster against a Discord on the wire, through an unmodified discord.py."""

import time
from dataclasses import replace
from uuid import UUID

import pytest

from bot.chat.look import Attached, Look
from bot.chat.poster import MIB
from bot.core.errors import (
    DeliveryError,
    DiscordAway,
    TargetGone,
    ThreadAsleep,
    Withdrawn,
)
from bot.core.job import JobState
from bot.core.library import Gallery, GalleryKind
from bot.sandbox.discord import ChannelKind
from tests.builders import (
    a_job,
    a_notice,
    a_picture,
    a_picture_post,
    a_project,
    a_request,
    an_artifact,
    an_origin,
    png,
)
from tests.chat.posting import a_look, message_of


def asked_in(sandbox, channel, **changes):
    """Return a finished job that the artist asked for in this channel."""
    artist = sandbox.world.user("artist")
    origin = an_origin(user=artist.id, guild=sandbox.world.guild.id, channel=channel.id)
    now = int(time.time() * 1000)  # the sandbox's messages are of today
    return a_job(origin=origin, state=JobState.RENDERED, since=now, **changes)


def a_preview(grey=1):
    return Attached(name="preview.jpg", content=png(grey=grey))


def edits_in(sandbox):
    return [exchange for exchange in sandbox.log if exchange.method == "PATCH"]


# ── pictures


async def test_a_post_carries_its_pictures_in_order_with_alt_text(sandbox, poster, general):
    job = asked_in(sandbox, general)
    pictures = [a_picture(content=png(grey=grey)) for grey in (10, 20, 30)]
    artifacts = [an_artifact(index=index) for index in (1, 2, 3)]
    posted = await poster.post(general.id, a_picture_post(job=job, pictures=pictures, artifacts=artifacts))
    message = message_of(sandbox, posted.message)
    assert tuple(attachment.id for attachment in message.attachments) == posted.attachments
    assert [attachment.data for attachment in message.attachments] == [
        picture.content for picture in pictures
    ]
    assert [attachment.description for attachment in message.attachments] == [
        f"Picture {number} of 3, job #1: {job.recipe.prompt}" for number in (1, 2, 3)
    ]
    assert message.content.startswith("**#1** 1girl, silver hair")
    assert message.nonce == a_picture_post().nonce


async def test_a_post_where_it_was_asked_for_pings_exactly_the_one_who_asked(sandbox, poster, general):
    director = sandbox.world.user("director")
    request = a_request(prompt=f"@everyone, <@{director.id}> and <@&{sandbox.world.guild.id}> at dusk")
    await poster.post(general.id, a_picture_post(job=asked_in(sandbox, general, request=request)))
    (ping,) = sandbox.pings
    assert [user.name for user in ping.users] == ["artist"]
    assert (ping.roles, ping.everyone) == ((), False)


async def test_a_post_elsewhere_pings_nobody(sandbox, poster, general):
    elsewhere = sandbox.world.channel("gallery")
    await poster.post(elsewhere.id, a_picture_post(job=asked_in(sandbox, general)))
    assert sandbox.pings == []


async def test_a_file_may_be_as_large_as_the_server_allows_less_a_margin(sandbox, poster, general):
    assert 9.9 * MIB < await poster.upload_limit(general.id, count=1) < 10 * MIB
    assert 9.9 * MIB < await poster.upload_limit(4711, count=1) < 10 * MIB


async def test_files_in_one_message_are_together_no_larger_than_a_request(sandbox, poster, general):
    limit = await poster.upload_limit(general.id, count=3)
    assert limit == 8 * MIB
    large = a_picture(content=png().ljust(limit, b"."))
    artifacts = [an_artifact(index=index) for index in (1, 2, 3)]
    post = a_picture_post(job=asked_in(sandbox, general), pictures=[large] * 3, artifacts=artifacts)
    posted = await poster.post(general.id, post)
    assert len(message_of(sandbox, posted.message).attachments) == 3


async def test_a_post_with_the_same_nonce_is_the_same_message(sandbox, poster, general):
    post = a_picture_post(job=asked_in(sandbox, general))
    assert await poster.post(general.id, post) == await poster.post(general.id, post)
    assert len(general.history) == 1


async def test_an_answer_that_got_lost_makes_no_second_post(sandbox, poster, general):
    post = a_picture_post(job=asked_in(sandbox, general))
    sandbox.faults.reset_next("POST", r"/messages$", when="after")
    with pytest.raises(DiscordAway):
        await poster.post(general.id, post)
    await poster.post(general.id, post)
    assert len(general.history) == 1


async def test_a_try_that_arrived_longer_ago_than_a_nonce_lasts_is_found_in_the_channel(
    sandbox, poster, general
):
    post = a_picture_post(job=asked_in(sandbox, general))
    first = await poster.post(general.id, post)
    notified = await poster.notify(general.id, a_notice(job=post.job))
    later = {"nonce": "forgotten", "doubtful": True}
    assert await poster.post(general.id, replace(post, **later)) == first
    assert await poster.notify(general.id, a_notice(job=post.job, **later)) == notified
    assert len(general.history) == 2


async def test_what_is_doubted_and_nowhere_to_be_found_is_sent(sandbox, poster, general):
    job = asked_in(sandbox, general)
    sandbox.world.write(general, sandbox.world.user("artist"), f"**#{job.id}** a copy by somebody else")
    await poster.post(general.id, a_picture_post(job=replace(job, id=job.id + 1)))
    await poster.post(general.id, a_picture_post(job=job, nonce="other", doubtful=True))
    await poster.notify(general.id, a_notice(job=job, doubtful=True))
    assert len(general.history) == 4


async def test_a_notice_pings_the_one_who_asked(sandbox, poster, general):
    job = replace(asked_in(sandbox, general), state=JobState.DELIVERED)
    card = await poster.notify(general.id, a_notice(job=job))
    (ping,) = sandbox.pings
    assert [user.name for user in ping.users] == ["artist"]
    assert "is done" in message_of(sandbox, card).content


# ── threads


async def test_a_text_channel_gets_a_public_thread_that_stays_open_a_week(sandbox, poster, gallery):
    number = await poster.open_thread(gallery, name="Moonlit Harbor " * 20)
    thread = sandbox.world.channels[number]
    assert thread.kind is ChannelKind.PUBLIC_THREAD
    assert thread.auto_archive_minutes == 10_080
    assert thread.name.startswith("Moonlit Harbor")
    assert len(thread.name) <= 100


async def test_a_forum_gets_a_post_that_names_the_project(sandbox, poster):
    forum = Gallery(channel=sandbox.world.channel("projects").id, kind=GalleryKind.FORUM)
    number = await poster.open_thread(forum, name="Moonlit *Harbor*")
    thread = sandbox.world.channels[number]
    assert thread.name == "Moonlit *Harbor*"
    assert "Moonlit \\*Harbor\\*" in thread.history[0].content
    posted = await poster.post(number, a_picture_post(project=a_project()))
    assert posted.message.channel == number


async def test_a_forum_that_requires_a_tag_gets_its_first(sandbox, poster):
    world = sandbox.world
    channel = world.add_channel(world.guild, "tagged", kind=ChannelKind.FORUM, tags=("finished", "sketch"))
    channel.require_tag = True
    number = await poster.open_thread(Gallery(channel=channel.id, kind=GalleryKind.FORUM), name="Harbor")
    assert world.channels[number].history


@pytest.mark.parametrize(
    ("channel", "kind"), [("gallery", GalleryKind.TEXT), ("projects", GalleryKind.FORUM)]
)
async def test_a_thread_whose_opening_was_not_answered_is_found_and_used(sandbox, poster, channel, kind):
    gallery = Gallery(channel=sandbox.world.channel(channel).id, kind=kind)
    sandbox.faults.reset_next("POST", r"/threads$", when="after")
    with pytest.raises(DiscordAway):
        await poster.open_thread(gallery, name="Harbor")
    number = await poster.open_thread(gallery, name="Harbor")
    assert [thread.id for thread in sandbox.world.guild.threads.values()] == [number]
    await poster.post(number, a_picture_post())
    assert await poster.open_thread(gallery, name="Harbor") != number


async def test_an_archived_thread_wakes_when_pictures_come(sandbox, poster, gallery):
    number = await poster.open_thread(gallery, name="Harbor")
    thread = sandbox.world.channels[number]
    sandbox.world.archive(thread)
    await poster.post(number, a_picture_post())
    assert not thread.archived


async def test_a_forum_that_wants_a_tag_only_of_late_gets_its_first(sandbox, poster):
    world = sandbox.world
    channel = world.add_channel(world.guild, "tagged", kind=ChannelKind.FORUM, tags=("finished", "sketch"))
    sandbox.faults.fail_next("POST", "/threads$", 400, body={"code": 40067, "message": "A tag is required"})
    number = await poster.open_thread(Gallery(channel=channel.id, kind=GalleryKind.FORUM), name="Harbor")
    assert world.channels[number].applied_tags == [channel.tags[0].id]


async def test_a_forum_that_wants_a_tag_and_has_none_is_told_so(sandbox, poster):
    world = sandbox.world
    channel = world.add_channel(world.guild, "tagged", kind=ChannelKind.FORUM)
    channel.require_tag = True
    with pytest.raises(DeliveryError, match="#tagged wants a tag on every post") as refused:
        await poster.open_thread(Gallery(channel=channel.id, kind=GalleryKind.FORUM), name="Harbor")
    assert "Give the forum a tag" in refused.value.hint


async def test_with_manage_threads_a_locked_thread_takes_pictures(sandbox, poster, gallery):
    thread = sandbox.world.channels[await poster.open_thread(gallery, name="Harbor")]
    sandbox.world.archive(thread, locked=True)
    assert (await poster.post(thread.id, a_picture_post())).message.channel == thread.id


async def test_a_card_in_an_archived_thread_is_asleep(sandbox, poster, gallery):
    thread = await poster.open_thread(gallery, name="Harbor")
    card = await poster.send(thread, a_look())
    sandbox.world.archive(sandbox.world.channels[thread])
    with pytest.raises(ThreadAsleep):
        await poster.edit(card, a_look(text="40 %"))


async def test_a_post_that_was_deleted_is_not_made_again(sandbox, poster, general):
    post = a_picture_post(job=asked_in(sandbox, general))
    posted = await poster.post(general.id, post)
    sandbox.world.delete_message(message_of(sandbox, posted.message))
    with pytest.raises(Withdrawn):
        await poster.post(general.id, post)
    assert general.history == []


async def test_a_detour_is_told_under_the_pictures(sandbox, poster, general):
    post = a_picture_post(job=asked_in(sandbox, general), detour="The thread is locked.")
    posted = await poster.post(general.id, post)
    assert message_of(sandbox, posted.message).content.endswith(
        "\n-# Posted here instead: The thread is locked."
    )


async def test_pictures_of_another_studios_job_of_that_number_are_not_taken_for_ours(
    sandbox, poster, general
):
    job = asked_in(sandbox, general)
    await poster.post(general.id, a_picture_post(job=replace(job, uid=UUID(int=1 << 100)), nonce="theirs"))
    await poster.post(general.id, a_picture_post(job=job, doubtful=True))
    assert len(general.history) == 2


async def test_a_gallery_that_is_no_channel_for_threads_is_refused(sandbox, poster):
    world = sandbox.world
    category = world.add_channel(world.guild, "a category", kind=ChannelKind.CATEGORY)
    with pytest.raises(TargetGone, match="neither a text channel nor a forum"):
        await poster.open_thread(Gallery(channel=category.id, kind=GalleryKind.TEXT), name="Harbor")


# ── cards


async def test_a_card_that_looks_so_already_costs_no_request(sandbox, poster, general):
    card = await poster.send(general.id, a_look())
    await poster.edit(card, a_look(), shown=a_look())
    assert edits_in(sandbox) == []


async def test_an_edit_changes_the_text_and_leaves_the_picture_as_it_is(sandbox, poster, general):
    shown = a_look(image=a_preview())
    card = await poster.send(general.id, shown)
    (picture,) = message_of(sandbox, card).attachments
    await poster.edit(card, a_look(text="40 %", image=a_preview()), shown=shown)
    message = message_of(sandbox, card)
    assert message.embeds[0]["description"] == "40 %"
    assert [attachment.id for attachment in message.attachments] == [picture.id]


async def test_a_newer_picture_replaces_the_one_before(sandbox, poster, general):
    shown = a_look(image=a_preview(1))
    card = await poster.send(general.id, shown)
    await poster.edit(card, a_look(image=a_preview(2)), shown=shown)
    assert [file.data for file in message_of(sandbox, card).attachments] == [png(grey=2)]


async def test_a_card_of_which_nothing_is_known_is_made_anew(sandbox, poster, general):
    card = await poster.send(general.id, a_look(image=a_preview(1)))
    await poster.edit(card, Look(text="**#1** is done"))
    message = message_of(sandbox, card)
    assert (message.attachments, message.components) == ([], [])
    assert message.embeds[0]["description"] == "**#1** is done"


async def test_cards_ping_nobody(sandbox, poster, general):
    artist = sandbox.world.user("artist")
    card = await poster.send(general.id, Look(content=f"{artist.mention} @everyone"))
    await poster.edit(card, Look(content=f"{artist.mention} @here"))
    assert sandbox.pings == []
