"""Backups of which only is remembered when they were taken."""

import asyncio

from bot.core.errors import StudioError


class FakeBackups:
    def __init__(self) -> None:
        self.taken: list[int] = []
        self.broken = False
        self.asked = asyncio.Event()

    async def take(self, *, at: int) -> None:
        self.asked.set()
        if self.broken:
            raise StudioError("the disk is full")
        self.taken.append(at)

    async def newest(self) -> int | None:
        return self.taken[-1] if self.taken else None
