"""A sandbox with nothing in it, and somebody who uses it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.comfyui import SandboxComfyUI
from tests.sandbox.comfyui.person import Person


@pytest.fixture
async def comfy() -> AsyncIterator[SandboxComfyUI]:
    async with SandboxComfyUI() as comfy:
        yield comfy


@pytest.fixture
async def person(comfy: SandboxComfyUI) -> AsyncIterator[Person]:
    async with aiohttp.ClientSession() as http:
        yield Person(comfy, http)
