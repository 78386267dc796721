import pytest

from bot.sandbox.comfyui import SandboxComfyUI
from tests.comfy.harness import a_renderer


@pytest.fixture
async def server():
    async with SandboxComfyUI() as server:
        yield server


@pytest.fixture
async def renderer(server):
    async with a_renderer(server) as renderer:
        yield renderer
