"""Telling Discord which commands there are, only when that has changed."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.ports.stores import Settings

log = structlog.get_logger(__name__)


class Syncer:
    """Remembers, for each application and place, the hash of what it told Discord last."""

    def __init__(self, tree: app_commands.CommandTree[Any], settings: Settings, *, application: int) -> None:
        self._tree = tree
        self._settings = settings
        self._application = application

    async def sync(self, guilds: Collection[int]) -> None:
        """Offer the commands in these guilds, or everywhere if none are named, and nowhere twice.

        Raises DiscordServerError where trying again may help.
        """
        if guilds:
            for guild in guilds:
                self._tree.copy_global_to(guild=discord.Object(guild))
                await self._sync_if_changed(discord.Object(guild))
            self._tree.clear_commands(guild=None)
        await self._sync_if_changed(None)

    async def let_go(self, guild: discord.abc.Snowflake) -> None:
        """Note that a guild has shown us out, and our commands with us."""
        await self._settings.set_commands_hash(self._scope(guild), "")

    async def offer(self, guild: discord.abc.Snowflake) -> None:
        """Offer the commands in a named guild that has taken us in, if it does not have them."""
        await self._sync_if_changed(guild)

    async def withdraw(self, guild: discord.abc.Snowflake) -> None:
        """Take back what was once offered in this guild alone: people would see every command twice."""
        known = await self._settings.commands_hash(self._scope(guild))
        if known not in {None, self._digest(guild)}:
            await self._sync_if_changed(guild)

    async def _sync_if_changed(self, guild: discord.abc.Snowflake | None) -> None:
        scope, digest = self._scope(guild), self._digest(guild)
        if await self._settings.commands_hash(scope) == digest:
            return
        try:
            synced = await self._tree.sync(guild=guild)
        except discord.DiscordServerError:
            raise
        except discord.HTTPException as error:
            # The commands of before go on working; what Discord refuses now it refuses again.
            log.error("commands.refused", scope=scope, because=str(error))  # noqa: TRY400 - no bug of ours, no traceback
        else:
            await self._settings.set_commands_hash(scope, digest)
            log.info("commands.synced", scope=scope, commands=len(synced))

    def _scope(self, guild: discord.abc.Snowflake | None) -> str:
        return f"{self._application}:{guild.id if guild else 'global'}"

    def _digest(self, guild: discord.abc.Snowflake | None) -> str:
        payload = [command.to_dict(self._tree) for command in self._tree.get_commands(guild=guild)]
        payload.sort(key=lambda command: str(command["name"]))
        return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
