"""The reception: every interaction is acknowledged in time, however slow the studio or large the crowd."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import structlog

from bot.chat.answers import defer

log = structlog.get_logger(__name__)

QUICK_S = 0.7
"""Whoever is served within this gets the answer itself; Discord waits for 3 s."""
CROWD = 4
"""With more unanswered people than this, all are acknowledged before anyone is served."""
CALM_S = 0.5

GONE = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)
"""Discord did not take an answer."""


class Reception:
    def __init__(self) -> None:
        self._unanswered: set[_Pledge] = set()
        self._deferring = 0
        self._calm = asyncio.Event()

    @asynccontextmanager
    async def attend(
        self, interaction: discord.Interaction[Any], *, ephemeral: bool = False, slow: bool = False
    ) -> AsyncGenerator[None]:
        """Inside, take your time: Discord hears in time that an answer comes.

        `slow` says so at once; `ephemeral` decides who will see an answer that was announced.
        """
        pledge = _Pledge(self, interaction, ephemeral=ephemeral)
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

    async def defer(self, interaction: discord.Interaction[Any], *, ephemeral: bool) -> None:
        self._deferring += 1
        self._calm.clear()
        try:
            await defer(interaction, ephemeral=ephemeral)
        except GONE as error:
            log.info("interaction.gone", id=interaction.id, error=str(error))
        finally:
            self._deferring -= 1
            if not self._deferring:
                self._calm.set()


class _Pledge:
    """The promise to acknowledge one interaction, by its answer or else by a defer."""

    def __init__(
        self, reception: Reception, interaction: discord.Interaction[Any], *, ephemeral: bool
    ) -> None:
        self._reception = reception
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._due = asyncio.get_running_loop().call_later(QUICK_S, self.keep)
        self._keeping: asyncio.Task[None] | None = None

    def keep(self) -> None:
        """Send the defer, once."""
        self._due.cancel()
        if self._keeping is None and not self._interaction.response.is_done():
            self._keeping = asyncio.create_task(
                self._reception.defer(self._interaction, ephemeral=self._ephemeral)
            )

    async def kept(self) -> None:
        self.keep()
        await self.settle()

    async def settle(self) -> None:
        """Stop the clock; a defer on its way arrives first."""
        self._due.cancel()
        if self._keeping is not None:
            await self._keeping
