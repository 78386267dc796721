"""Whoever runs the studio is told of its troubles, in the channel that their server chose."""

import asyncio

import pytest

from bot.sandbox.discord import Permission
from bot.studio import alarm
from bot.studio.gate import DiskLow
from tests.journeys.studio import Studio


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm, "LOOK_EVERY_S", 0.05)


async def test_the_chosen_channel_is_shown_and_survives_a_restart(studio: Studio) -> None:
    admin = studio.discord.world.channel("admin")
    assert "`/settings admin`" in (await studio.answer("/settings admin", by=studio.director)).text
    chosen = await studio.answer("/settings admin channel:admin", by=studio.director)
    assert f"<#{admin.id}> is told from now on" in chosen.text
    assert chosen.ephemeral
    await studio.restart()
    assert f"<#{admin.id}> is told when" in (await studio.answer("/settings admin", by=studio.director)).text


async def test_a_full_disk_is_told_in_the_chosen_channel_once_and_its_end_too(
    studio: Studio,
) -> None:
    await studio.answer("/settings admin channel:admin", by=studio.director)
    admin = studio.discord.world.channel("admin")
    studio.app.studio.gate.close(DiskLow(free=1 << 20, needed=1 << 30))
    told = await studio.said("The disk has 1 MiB left")
    assert told.channel is admin
    await asyncio.sleep(0.3)
    studio.app.studio.gate.open(DiskLow)
    await studio.said("There is room on the disk again")
    assert len(admin.history) == 2


async def test_a_channel_that_takes_no_alerts_keeps_nothing_from_being_drawn(
    studio: Studio,
) -> None:
    await studio.answer("/settings admin channel:admin", by=studio.director)
    world = studio.discord.world
    world.overwrite(world.channel("admin"), world.bot, deny=Permission.SEND_MESSAGES)
    studio.app.studio.gate.close(DiskLow(free=1 << 20, needed=1 << 30))
    await studio.discord.wait_for(lambda _: any(one.status == 403 for one in studio.discord.log) or None)
    studio.app.studio.gate.open(DiskLow)
    assert (await studio.drawn())[1].attachments
