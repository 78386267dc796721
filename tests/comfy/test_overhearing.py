"""Overhearing: listening beside the ear, under the name of a connection that is gone."""

import asyncio

import pytest

from bot.comfy.client import ComfyClient
from bot.comfy.overhearing import Overhearing
from bot.comfy.protocol import Frame
from tests.comfy.harness import brisk


def broken(frame: Frame) -> None:
    raise ValueError("this frame breaks whoever hears it")


async def overhear(client: ComfyClient) -> None:
    async with Overhearing(client, heard=broken) as overhearing:
        while True:
            overhearing.listen("somebody")
            await asyncio.sleep(0)


async def test_what_breaks_whoever_overhears_is_raised_at_the_next_look(server):
    async with ComfyClient(server.url, brisk()) as client:
        with pytest.raises(ValueError, match="breaks whoever hears"):
            await overhear(client)
