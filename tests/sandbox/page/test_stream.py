"""What an open page is told."""

import asyncio
from datetime import UTC, datetime

from bot.sandbox.discord import Channel, Emoji, Permission, SandboxDiscord
from bot.sandbox.page import NOTICE, SandboxPage
from bot.sandbox.page.news import RECENT, News
from bot.sandbox.page.stream import Outbox
from bot.sandbox.patience import PATIENCE_S
from tests.sandbox.page.studio_bot import StudioBot
from tests.sandbox.page.visitor import Visitor


def general(discord: SandboxDiscord) -> Channel:
    return discord.world.channel("general")


def ids(discord: SandboxDiscord, name: str = "artist") -> dict[str, str]:
    return {"as": str(discord.world.user(name).id), "channel": str(general(discord).id)}


async def test_a_visit_begins_with_everything_there_is(discord: SandboxDiscord, visitor: Visitor) -> None:
    artist = discord.world.user("artist")
    message = discord.world.write(general(discord), artist, "good morning")
    thread = discord.world.add_thread(discord.world.channel("gallery"), "Moonlit Harbor", discord.world.bot)

    told = await visitor.snapshot()

    assert told["notice"] == NOTICE
    assert [user["display"] for user in told["users"] if user["id"] in told["people"]] == [
        "artist",
        "director",
    ]
    assert {channel["name"]: channel["kind"] for channel in told["channels"]} == {
        "general": "text",
        "gallery": "text",
        "projects": "forum",
        "admin": "text",
        "Moonlit Harbor": "thread",
    }
    assert next(it for it in told["channels"] if it["id"] == str(thread.id))["parent"] == str(
        thread.parent.id
    )
    assert [(it["id"], it["content"]) for it in told["messages"]] == [(str(message.id), "good morning")]


async def test_the_notice_is_the_callers_own(discord: SandboxDiscord) -> None:
    async with SandboxPage(discord, notice="Sandbox: drawn by ComfyUI") as page, Visitor(page.url) as visitor:
        assert (await visitor.snapshot())["notice"] == "Sandbox: drawn by ComfyUI"


async def test_every_change_follows(discord: SandboxDiscord, visitor: Visitor) -> None:
    world, artist = discord.world, discord.world.user("artist")
    async with visitor.stream() as stream:
        await stream.until("snapshot")
        message = world.write(general(discord), artist, "one")
        assert (await stream.until("message"))["content"] == "one"

        message.content = "two"
        world.edited(message)
        assert (await stream.until("message"))["edited"] is not None

        world.react(message, artist, Emoji("✅"))
        assert (await stream.until("message"))["reactions"] == [
            {"emoji": "✅", "text": "✅", "users": [str(artist.id)]}
        ]

        thread = world.add_thread(general(discord), "aside", artist)
        assert (await stream.until("channel"))["name"] == "aside"
        world.archive(thread)
        assert (await stream.until("channel"))["archived"] is True

        world.delete_message(message)
        assert (await stream.until("message_gone"))["id"] == str(message.id)
        world.delete_channel(thread)
        assert (await stream.until("channel_gone"))["id"] == str(thread.id)


async def test_a_channel_names_whom_it_is_hidden_from(discord: SandboxDiscord, visitor: Visitor) -> None:
    artist, admin = discord.world.user("artist"), discord.world.channel("admin")
    discord.world.overwrite(admin, artist, deny=Permission.VIEW_CHANNEL)
    told = await visitor.snapshot()
    hidden = {channel["name"]: channel["hidden_from"] for channel in told["channels"]}
    assert hidden["admin"] == [str(artist.id)]
    assert hidden["general"] == []


async def test_commands_are_told_once_synced_each_with_its_options(bot: StudioBot, visitor: Visitor) -> None:
    told = await visitor.snapshot()
    paths = {command["path"]: command for command in told["commands"]}
    assert paths.keys() >= {"generate", "queue show", "settings gallery", "Who drew this"}
    assert paths["queue show"]["description"] == "What is drawn now and what waits"
    assert [(it["name"], it["required"]) for it in paths["generate"]["options"]][:2] == [
        ("prompt", True),
        ("count", False),
    ]
    assert len(paths["settings gallery"]["hidden_from"]) == 1


async def test_an_ephemeral_answer_says_whom_it_is_for(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    async with visitor.stream() as stream:
        await discord.person("director").slash("/queue show", channel=general(discord))
        told = await stream.until("message", content="The line is empty.")
    assert told["only_for"] == str(discord.world.user("director").id)
    assert told["cause"]["command"] == "queue show"


async def test_a_dismissed_answer_is_gone_for_good(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    interaction = await discord.person("artist").slash("/queue show", channel=general(discord))
    message = await interaction.answered()
    dismissal = {"as": ids(discord)["as"], "message": str(message.id)}
    stranger = {**dismissal, "as": ids(discord, "director")["as"]}
    assert (await visitor.act("/api/dismiss", stranger)).status == 404

    async with visitor.stream() as stream:
        snapshot = await stream.until("snapshot")
        assert [it["content"] for it in snapshot["messages"]] == ["The line is empty."]
        assert (await visitor.act("/api/dismiss", dismissal)).status == 200
        await stream.until("message_gone", id=str(message.id))
    assert (await visitor.snapshot())["messages"] == []


async def test_an_unanswered_command_fails_in_words(
    discord: SandboxDiscord, bot: StudioBot, visitor: Visitor
) -> None:
    async with visitor.stream() as stream:
        await discord.person("artist").slash("/silent", channel=general(discord))
        assert (await stream.until("interaction"))["state"] == "waiting"
        told = await stream.until("interaction", state="failed")
    assert told["failed"] == "The application did not respond"
    assert told["command"] == "silent"


async def test_older_messages_come_page_by_page(discord: SandboxDiscord, visitor: Visitor) -> None:
    artist = discord.world.user("artist")
    for number in range(RECENT + 10):
        moment = datetime.fromtimestamp(1_700_000_000 + number, UTC)
        discord.world.write(general(discord), artist, str(number), at=moment)
    told = await visitor.snapshot()
    assert [it["content"] for it in told["messages"]] == [str(number) for number in range(10, RECENT + 10)]
    assert str(general(discord).id) not in told["complete"]

    oldest = told["messages"][0]["id"]
    answer = await visitor.get(f"/api/history?channel={general(discord).id}&before={oldest}")
    assert b'"9"' in answer.body
    assert b'"10"' not in answer.body


async def test_a_slow_browser_is_told_only_the_latest_of_each_message() -> None:
    outbox = Outbox()
    for percent in range(1000):
        outbox.put(News("message", "message 1", {"content": percent}))
        outbox.put(News("message", "message 2", {"content": -percent}))
    assert [news.told["content"] for news in await outbox.take()] == [999, -999]


async def test_a_snapshot_replaces_whatever_still_waits() -> None:
    outbox = Outbox()
    outbox.put(News("message", "message 1", {}))
    outbox.put(News("snapshot", "snapshot", {}))
    assert [news.kind for news in await outbox.take()] == ["snapshot"]


async def test_closing_the_page_ends_its_streams(discord: SandboxDiscord) -> None:
    page = SandboxPage(discord)
    async with page, Visitor(page.url) as visitor, visitor.stream() as stream:
        await stream.until("snapshot")
        async with asyncio.timeout(PATIENCE_S):
            await page.__aexit__(None, None, None)
            assert await stream.ended()
