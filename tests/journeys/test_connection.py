"""Coming, going and being cut off: Discord's side of the bot's life."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import open_app
from bot.core.errors import Misconfigured
from bot.core.job import JobState
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import Ack, SandboxDiscord
from tests.journeys.studio import Studio, a_png, open_studio, settings_for


async def test_commands_are_told_to_discord_once_and_not_again_while_they_stay_the_same(
    studio: Studio,
) -> None:
    await studio.restart()
    await studio.restart()
    told = [
        exchange
        for exchange in studio.discord.log
        if exchange.method == "PUT" and "commands" in exchange.path
    ]
    assert len(told) == 1
    world = studio.discord.world
    names = [command.name for command in world.commands.visible_in(world.guild.id)]
    assert sorted(names) == sorted(command["name"] for command in told[0].body)


async def test_with_named_servers_commands_are_offered_there_and_nowhere_else(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    world = discord.world
    elsewhere = world.add_guild("Elsewhere")
    world.add_channel(elsewhere, "lobby")
    world.add_member(elsewhere, world.bot)
    async with open_studio(discord, comfy, tmp_path, discord_guild_ids=(world.guild.id,)) as studio:
        assert world.commands.visible_in(elsewhere.id) == []
        assert (await studio.answer("/queue show")).text


async def test_when_named_servers_are_no_longer_named_nobody_sees_a_command_twice(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    guild = discord.world.guild
    async with open_studio(discord, comfy, tmp_path, discord_guild_ids=(guild.id,)):
        pass
    async with open_studio(discord, comfy, tmp_path):
        await discord.wait_for(
            lambda world: {one.guild_id for one in world.commands.visible_in(guild.id)} == {None}
        )


async def test_a_server_where_commands_are_refused_does_not_keep_the_others_from_theirs(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    body = {"message": "Missing Access", "code": 50001}
    discord.faults.fail_next("PUT", "/guilds/1/commands", 403, body=body)
    async with open_studio(discord, comfy, tmp_path, discord_guild_ids=(1, discord.world.guild.id)) as studio:
        assert (await studio.answer("/queue show")).text


async def test_in_a_server_that_is_not_served_a_command_is_answered_with_one_sentence(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    world = discord.world
    elsewhere = world.add_guild("Elsewhere")
    lobby = world.add_channel(elsewhere, "lobby")
    world.add_member(elsewhere, world.bot)
    world.add_member(elsewhere, world.user("artist"))
    before, now = tmp_path / "before", tmp_path / "now"
    async with open_studio(discord, comfy, before, discord_guild_ids=(world.guild.id, elsewhere.id)):
        pass
    async with open_studio(discord, comfy, now, discord_guild_ids=(world.guild.id,)) as studio:
        answer = await studio.answer("/generate prompt:a heron", channel=lobby)
        assert answer.ephemeral
        assert "does not work in this server" in answer.text
        assert await studio.jobs() == []


async def test_leaving_closes_the_gateway_properly(studio: Studio, discord: SandboxDiscord) -> None:
    await studio.restart()
    assert discord.gateway.closes == [1000]


async def test_an_answer_on_its_way_is_given_before_the_bot_leaves(studio: Studio) -> None:
    studio.discord.faults.delay_next("POST", "/callback$", 0.5)
    asked = await studio.generate()
    await studio.discord.wait_for(lambda _: any("callback" in one.path for one in studio.discord.log))
    await studio.leave()
    await asked.answered()
    await studio.open()
    assert (await studio.ended(1)).state is JobState.DELIVERED


async def test_a_first_connection_that_fails_is_tried_again(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    discord.faults.refuse_gateway_next()
    async with open_studio(discord, comfy, tmp_path) as studio:
        assert (await studio.drawn())[1].attachments


async def test_a_token_that_discord_refuses_ends_the_bot_with_a_clear_sentence(
    discord: SandboxDiscord, comfy: SandboxComfyUI, tmp_path: Path
) -> None:
    settings = settings_for(discord, comfy, tmp_path, discord_token="wrong")
    async with open_app(settings) as app:
        with pytest.raises(Misconfigured, match="DISCORD_TOKEN"):
            await app.run(asyncio.Event())


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_gateway_that_refuses_for_good_ends_the_bot(
    studio: Studio, discord: SandboxDiscord, code: int
) -> None:
    discord.faults.drop_gateway("close", code)
    with pytest.raises(Misconfigured):
        await studio.ending()
    await studio.open()


@pytest.mark.parametrize("how", ["abort", "op7", "op9", "op9-resumable", "close"])
async def test_a_gateway_that_goes_away_comes_back_and_commands_work(
    studio: Studio, discord: SandboxDiscord, how: str
) -> None:
    discord.faults.drop_gateway(how)
    await discord.wait_for(lambda _: not discord.gateway.connected or None)
    await discord.connected()
    assert (await studio.answer("/status")).text


async def test_a_late_database_never_costs_the_answer(studio: Studio) -> None:
    with closing(sqlite3.connect(studio.settings.data_dir / "genga.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        asked = await studio.generate()
        assert await asked.acked() is Ack.DEFER
        other.rollback()
    assert (await asked.answered(20)).text


async def test_an_acknowledgement_that_discord_no_longer_takes_loses_no_job(
    studio: Studio, discord: SandboxDiscord
) -> None:
    body = {"message": "Unknown interaction", "code": 10062}
    discord.faults.fail_next("POST", "/callback$", 404, body=body)
    await studio.generate("prompt:a heron")
    card = await studio.said("a heron")
    assert card.author is discord.world.bot
    assert (await studio.ended(1)).state is JobState.DELIVERED


async def test_a_reference_is_acknowledged_before_it_is_read(studio: Studio) -> None:
    asked = await studio.generate("prompt:a fox", attachments={"reference": ("fox.png", a_png())})
    await asked.acked()
    assert (await asked.answered(20)).text


async def test_of_a_hundred_commands_at_once_all_are_acknowledged_before_any_is_worked_on(
    studio: Studio,
) -> None:
    await studio.pause()
    people = [studio.discord.world.add_person(f"artist{number}") for number in range(20)]
    asked = [
        await studio.generate(
            f"prompt:heron {number}", by=studio.discord.person(people[number % 20].user.name)
        )
        for number in range(100)
    ]
    answers = await asyncio.gather(*(one.answered(30) for one in asked))
    assert len({answer.id for answer in answers}) == 100
    assert sum(one.ack is Ack.DEFER for one in asked) > 90
    assert len(await studio.jobs()) == 100
