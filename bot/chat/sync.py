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
        """Offer the commands in these guilds, or everywhere if none are named, and nowhere twice."""
        if guilds:
            for guild in guilds:
                await self._sync_guild(discord.Object(guild))
            self._tree.clear_commands(guild=None)
        await self._sync_if_changed(None)

    async def _sync_guild(self, guild: discord.Object) -> None:
        self._tree.copy_global_to(guild=guild)
        try:
            await self._sync_if_changed(guild)
        except discord.Forbidden:
            log.warning("commands.not_allowed", guild=guild.id, mend="invite the bot there")

    async def _sync_if_changed(self, guild: discord.Object | None) -> None:
        scope = f"{self._application}:{guild.id if guild else 'global'}"
        digest = self._digest(guild)
        if await self._settings.commands_hash(scope) == digest:
            return
        synced = await self._tree.sync(guild=guild)
        await self._settings.set_commands_hash(scope, digest)
        log.info("commands.synced", scope=scope, commands=len(synced))

    def _digest(self, guild: discord.Object | None) -> str:
        payload = [command.to_dict(self._tree) for command in self._tree.get_commands(guild=guild)]
        payload.sort(key=lambda command: str(command["name"]))
        return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
