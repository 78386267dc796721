"""The Discord client: app commands, buttons and reactions, nothing privileged, no prefix."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import discord
import structlog
from discord import http
from discord.ext import commands

from bot.chat.buckets import Bucket
from bot.chat.controls import Control, answer_unknown, is_a_control, take_form
from bot.chat.desk import Desk
from bot.chat.door import Door
from bot.chat.haste import Haste
from bot.chat.lost_cards import LostCards
from bot.chat.message_menus import Borrowed, menus
from bot.chat.reactions import Reactions
from bot.chat.reception import Reception
from bot.chat.record import record_command
from bot.chat.sync import Syncer
from bot.chat.tree import GengaTree

log = structlog.get_logger(__name__)

CLOSING_S = 1.5
LONGEST_RATE_LIMIT_S = 60.0

Cogs: TypeAlias = Sequence[Callable[[Desk, Reception], commands.Cog]]


discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
"""Genga has no voice, and says nothing of what voice would need."""
http.Ratelimit = Bucket
"""What every client of this process counts with."""


class GengaClient(commands.Bot):
    """`desk` is what all answers are made from, `cogs` make the commands."""

    def __init__(self, desk: Desk, *, cogs: Cogs) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=GengaTree,
            intents=discord.Intents(guilds=True, guild_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=desk.wire.guild_ready_timeout,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            proxy=desk.wire.proxy,
        )
        self.desk = desk
        self.door = Door(desk.guilds)
        self.reception = Reception()
        self.borrowed = Borrowed()
        self.haste = Haste(desk.clock.monotonic)
        self._makers = cogs
        self._syncer: Syncer | None = None

    async def setup_hook(self) -> None:
        for make in self._makers:
            await self.add_cog(make(self.desk, self.reception))
        for menu in menus():
            self.tree.add_command(menu)
        await self.add_cog(Reactions(self.desk, self))
        await self.add_cog(LostCards(self.desk, self))
        self.add_dynamic_items(Control)
        self._syncer = Syncer(self.tree, self.desk.settings, application=self.application_id or 0)
        await self._syncer.sync(self.desk.guilds)

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Tell of an event, unless all is over: discord.py may still be about to say that it is ready."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """Read no messages: there are no prefix commands."""

    async def on_ready(self) -> None:
        log.info("discord.ready", guilds=len(self.guilds), name=str(self.user))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Offer our commands where we are let in, and take them back where that is not wanted any more."""
        self.door.stay()
        if self._syncer is None:
            return
        if guild.id in self.desk.guilds:
            await self._syncer.offer(guild)
        else:
            await self._syncer.withdraw(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.on_guild_available(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.door.stay()
        if self._syncer is not None and guild.id in self.desk.guilds:
            await self._syncer.let_go(guild)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take forms, and answer the buttons of old messages that are none of ours any more."""
        match interaction.type:
            case discord.InteractionType.modal_submit:
                await take_form(interaction)
            case discord.InteractionType.component if not is_a_control(interaction.custom_id or ""):
                await answer_unknown(interaction)
            case _:
                pass

    async def on_app_command_completion(self, interaction: discord.Interaction[Any], command: object) -> None:
        del command
        self.door.stay()
        await record_command(self.desk, interaction)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        del args, kwargs
        error = sys.exception()
        if error is not None:
            await self.desk.incidents.report(error, where=event_method)

    async def close(self) -> None:
        """Serve those who are inside, briefly, then leave."""
        try:
            await self.door.empty(patience_s=CLOSING_S)
        finally:
            await super().close()
