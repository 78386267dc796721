"""The unmodified discord.py lives in the sandbox as it does in Discord."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.sandbox.discord import (
    Bucket,
    Channel,
    GatewayChanged,
    Message,
    Permission,
    Person,
    Rules,
    SandboxDiscord,
)
from bot.sandbox.discord.faults import Drop
from tests.sandbox.discord.library_bot import LibraryBot, running


@pytest.fixture
def rules() -> Rules:
    return Rules().without_hurry()


@pytest.fixture
async def bot(sandbox: SandboxDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LibraryBot]:
    async with running(sandbox, monkeypatch) as bot:
        yield bot
    assert sandbox.violations == []


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


@pytest.fixture
def artist(sandbox: SandboxDiscord) -> Person:
    return sandbox.person("artist")


async def newest(sandbox: SandboxDiscord, channel: Channel, text: str) -> Message:
    return await sandbox.wait_for(lambda _: next((m for m in channel.history if text in m.text), None))


async def drop_and_wait(sandbox: SandboxDiscord, how: Drop, what: str) -> None:
    """Drops the gateway and waits until it has come back in that way."""
    with sandbox.subscribe() as changes:
        sandbox.faults.drop_gateway(how)
        async for change in changes:
            if isinstance(change, GatewayChanged) and change.what == what:
                return


async def test_it_logs_in_with_one_identify_and_leaves_with_1000(
    sandbox: SandboxDiscord, monkeypatch: pytest.MonkeyPatch
):
    async with running(sandbox, monkeypatch) as bot:
        assert bot.guilds[0].name == "Genga sandbox"
        assert [channel.name for channel in bot.guilds[0].text_channels] == ["general", "gallery", "admin"]
    await sandbox.wait_for(lambda _: sandbox.gateway.closes)
    assert (sandbox.gateway.identifies, sandbox.gateway.closes) == (1, [1000])


@pytest.mark.parametrize("before", [True, False])
async def test_a_command_is_deferred_answered_edited_and_followed_by_a_picture(
    sandbox: SandboxDiscord, bot: LibraryBot, artist: Person, general: Channel, before: bool
):
    sandbox.rules.message_before_answer = before
    sketch = {"reference": ("sketch.png", b"sketch")}
    asked = await artist.slash("/generate prompt:a heron, rain count:2", channel=general, attachments=sketch)
    answer = await asked.answered()
    posted = await newest(sandbox, general, "here it is")
    assert answer.content == "a heron, rain 2/2"
    assert posted.attachments[0].description == "a heron, rain"
    assert posted.embeds[0]["title"] == "Done"


async def test_a_button_of_another_life_still_works(
    sandbox: SandboxDiscord, bot: LibraryBot, artist: Person, general: Channel
):
    view = discord.ui.View(timeout=None).add_item(discord.ui.Button(label="Again", custom_id="job:12:again"))
    channel = bot.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("from before", view=view)
    answer = await (await artist.click(general.history[-1], "Again")).answered()
    assert (answer.content, answer.ephemeral) == ("job 12 again", True)


async def test_a_modal_is_shown_filled_in_and_answered(bot: LibraryBot, artist: Person, general: Channel):
    opened = await artist.slash("/note", channel=general)
    assert (await opened.modal_shown()).title == "A note"
    submitted = await artist.submit(opened, {"text": "greener"})
    assert (await submitted.answered()).content == "noted: greener"


async def test_a_subcommand_and_an_autocomplete_are_answered(
    bot: LibraryBot, artist: Person, general: Channel
):
    assert (await (await artist.slash("/queue show", channel=general)).answered()).content == "empty"
    choices = await artist.autocomplete("generate", "model", "in", channel=general, prompt="x")
    assert [choice.value for choice in choices] == ["ink"]


async def test_a_reaction_on_an_old_uncached_message_is_heard(
    sandbox: SandboxDiscord, bot: LibraryBot, artist: Person, general: Channel
):
    old = sandbox.world.write(general, sandbox.world.bot, "old", at=datetime.now(UTC) - timedelta(days=30))
    await artist.react(old, "🔁")
    assert (await newest(sandbox, general, "saw 🔁")).reply_to is old


@pytest.mark.parametrize("how", ["abort", "op7", "op9-resumable", "close"])
async def test_a_lost_connection_is_resumed_and_nothing_is_missed(
    sandbox: SandboxDiscord, bot: LibraryBot, artist: Person, general: Channel, how: Drop
):
    away = asyncio.create_task(drop_and_wait(sandbox, how, "resumed"))
    await sandbox.wait_for(lambda _: not sandbox.gateway.connected)
    message = await artist.say(general, "meanwhile")
    await artist.react(message, "🔁")
    await away
    assert (await newest(sandbox, general, "saw 🔁")).reply_to is message
    assert (sandbox.gateway.identifies, bot.readies) == (1, 1)


async def test_an_invalid_session_is_begun_anew(
    sandbox: SandboxDiscord, bot: LibraryBot, artist: Person, general: Channel
):
    await drop_and_wait(sandbox, "op9", "ready")
    assert (await (await artist.slash("/queue show", channel=general)).answered()).content == "empty"
    assert sandbox.gateway.identifies == 2


async def test_limits_are_waited_for_without_a_single_429(
    sandbox: SandboxDiscord, bot: LibraryBot, general: Channel
):
    sandbox.rules.buckets["messages.create"] = Bucket(3, 0.2)
    channel = bot.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await asyncio.gather(*(channel.send(str(number)) for number in range(8)))
    assert {exchange.status for exchange in sandbox.log} == {200}
    assert len(general.history) == 8


async def test_a_429_out_of_the_blue_is_waited_for(
    sandbox: SandboxDiscord, bot: LibraryBot, general: Channel
):
    sandbox.faults.rate_limit_next("POST", "/messages$", 0.05)
    channel = bot.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("patience")
    assert [exchange.status for exchange in sandbox.log[-2:]] == [429, 200]


async def test_a_thread_and_a_forum_post_take_pictures_and_wake_up(
    sandbox: SandboxDiscord, bot: LibraryBot, general: Channel
):
    forum = bot.get_channel(sandbox.world.channel("projects").id)
    assert isinstance(forum, discord.ForumChannel)
    opened = await forum.create_thread(name="Heron", content="starts here")
    thread = sandbox.world.guild.thread("Heron")
    assert opened.message.id == thread.id
    sandbox.world.archive(thread)
    await bot.get_partial_messageable(thread.id).send("wake up")
    assert not thread.archived
    text = bot.get_channel(general.id)
    assert isinstance(text, discord.TextChannel)
    talk = await text.create_thread(name="talk", type=discord.ChannelType.public_thread)
    await talk.send("hello")
    assert [message.content for message in sandbox.world.guild.thread("talk").history] == ["hello"]


async def test_a_failed_answer_is_tried_again_with_the_same_nonce_and_posted_once(
    sandbox: SandboxDiscord, bot: LibraryBot, general: Channel
):
    sandbox.faults.fail_next("POST", "/messages$", 502, after_effect=True)
    channel = bot.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("once")
    assert [message.content for message in general.history] == ["once"]


async def test_the_library_knows_at_once_what_it_may_no_longer_do(
    sandbox: SandboxDiscord, bot: LibraryBot, general: Channel
):
    guild = sandbox.world.guild
    channel = bot.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    everyone = guild.roles[guild.id]
    sandbox.world.permit(guild, everyone, everyone.permissions & ~Permission.ATTACH_FILES)
    await bot.wait_for("guild_role_update")
    assert not channel.permissions_for(channel.guild.me).attach_files
    sandbox.world.give(
        guild.member(sandbox.world.bot), sandbox.world.add_role(guild, "boss", Permission.ATTACH_FILES)
    )
    await bot.wait_for("member_update")
    assert channel.permissions_for(channel.guild.me).attach_files


async def test_a_layout_with_a_gallery_is_sent_and_shown(bot: LibraryBot, general: Channel):
    layout = discord.ui.LayoutView(timeout=None)
    layout.add_item(discord.ui.Container(discord.ui.TextDisplay("# Heron"), accent_colour=0xFFAA00))
    channel = bot.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send(view=layout)
    assert general.history[-1].text == "# Heron"


async def test_a_compressed_gateway_is_understood(sandbox: SandboxDiscord, monkeypatch: pytest.MonkeyPatch):
    sandbox.rules.compression = "zlib"
    async with running(sandbox, monkeypatch) as bot:
        assert len(bot.guilds) == 1


async def test_a_hundred_commands_at_once_are_all_answered(
    sandbox: SandboxDiscord, bot: LibraryBot, artist: Person, general: Channel
):
    asked = [await artist.slash("/queue show", channel=general) for _ in range(100)]
    answers = await asyncio.gather(*(interaction.answered() for interaction in asked))
    assert {answer.content for answer in answers} == {"empty"}
