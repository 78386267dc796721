"""Asking until there is an answer: what is drawn is not given up for an outage or a full disk."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.core.errors import DiskFull, RendererAway

AWAY_RETRY_S = 2.0

T = TypeVar("T")


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Try until ComfyUI answers and the disk has room."""
    while True:
        try:
            return await ask()
        except (RendererAway, DiskFull):
            await asyncio.sleep(AWAY_RETRY_S)
