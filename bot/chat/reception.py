"""The reception: every interaction is acknowledged in time, however slow the studio or large the crowd."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import discord
import structlog

from bot.chat.answers import Announced, announce
from bot.chat.interaction import Interaction

log = structlog.get_logger(__name__)

QUICK_S = 0.7
"""Whoever is served within this gets the answer itself; Discord waits for 3 s."""
CROWD = 4
"""With more unanswered people than this, all are acknowledged before anyone is served."""
CALM_S = 0.5

GONE = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)
"""Discord did not take an answer, or did not give a file."""


class Reception:
    def __init__(self) -> None:
        self._unanswered: set[_Pledge] = set()
        self._announcing = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @asynccontextmanager
    async def attend(
        self,
        interaction: Interaction,
        answer: Announced = Announced.TO_ASKER,
        *,
        slow: bool = False,
    ) -> AsyncGenerator[None]:
        """Inside, take your time: Discord hears in time what answer will come; if it is `slow`, at once."""
        pledge = _Pledge(self, interaction, answer)
        self._unanswered.add(pledge)
        try:
            if slow:
                await pledge.kept()
            elif len(self._unanswered) > CROWD:
                await self._quiet_the_crowd(pledge)
            yield
        finally:
            self._unanswered.discard(pledge)
            await pledge.settle()

    async def _quiet_the_crowd(self, newest: "_Pledge") -> None:
        for pledge in self._unanswered:
            pledge.keep()
        await newest.kept()
        try:
            async with asyncio.timeout(CALM_S):
                await self._calm.wait()
        except TimeoutError:
            pass

    async def announce(self, interaction: Interaction, answer: Announced) -> None:
        self._announcing += 1
        self._calm.clear()
        try:
            await announce(interaction, answer)
        except GONE as error:
            log.info("interaction.gone", id=interaction.id, error=str(error))
        finally:
            self._announcing -= 1
            if not self._announcing:
                self._calm.set()


class _Pledge:
    """The promise to acknowledge one interaction, by its answer or by announcing one."""

    def __init__(self, reception: Reception, interaction: Interaction, answer: Announced) -> None:
        self._reception = reception
        self._interaction = interaction
        self._answer = answer
        self._due = asyncio.get_running_loop().call_later(QUICK_S, self.keep)
        self._keeping: asyncio.Task[None] | None = None

    def keep(self) -> None:
        """Announce the answer, once."""
        self._due.cancel()
        if self._keeping is None and not self._interaction.response.is_done():
            self._keeping = asyncio.create_task(self._reception.announce(self._interaction, self._answer))

    async def kept(self) -> None:
        self.keep()
        await self.settle()

    async def settle(self) -> None:
        """Stop the clock; an announcement on its way arrives first."""
        self._due.cancel()
        if self._keeping is not None:
            await self._keeping
