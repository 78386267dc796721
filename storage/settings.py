"""What servers and the studio have chosen, and what the studio knows of itself."""

from collections.abc import Sequence
from functools import partial
from sqlite3 import Connection

from bot.core.catalogue import Catalogue
from bot.core.library import Gallery, GuildSettings
from storage.database import Database
from storage.records import (
    catalogue_json,
    catalogue_of,
    guild_settings_of,
    reactions_json,
    values_of_gallery,
)

_PAUSED_SINCE = "paused_since"
_CATALOGUE = "catalogue"
RESTORED = "restored"
"""Written by `storage.backups`."""


class SqliteSettings:
    """The port `Settings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_guild(self, guild: int) -> GuildSettings:
        return await self._database.read(partial(_of_guild, guild=guild))

    async def set_gallery(self, guild: int, gallery: Gallery | None) -> None:
        await self._database.write(partial(_set_gallery, guild=guild, gallery=gallery))

    async def set_admin_channel(self, guild: int, channel: int | None) -> None:
        await self._database.write(partial(_set_admin_channel, guild=guild, channel=channel))

    async def set_reactions(self, guild: int, emoji: Sequence[str] | None) -> None:
        await self._database.write(partial(_set_reactions, guild=guild, emoji=emoji))

    async def set_reviewer_role(self, guild: int, role: int | None) -> None:
        await self._database.write(partial(_set_reviewer_role, guild=guild, role=role))

    async def admin_channels(self) -> list[int]:
        return await self._database.read(_admin_channels)

    async def set_gallery_thread(self, channel: int, thread: int | None) -> None:
        await self._database.write(partial(_set_gallery_thread, channel=channel, thread=thread))

    async def paused_since(self) -> int | None:
        value = await self._get(_PAUSED_SINCE)
        return None if value is None else int(value)

    async def set_paused(self, since: int | None) -> None:
        await self._set(_PAUSED_SINCE, None if since is None else str(since))

    async def restored(self) -> int | None:
        value = await self._get(RESTORED)
        return None if value is None else int(value)

    async def catalogue(self) -> Catalogue | None:
        value = await self._get(_CATALOGUE)
        return None if value is None else catalogue_of(value)

    async def set_catalogue(self, catalogue: Catalogue) -> None:
        await self._set(_CATALOGUE, catalogue_json(catalogue))

    async def commands_hash(self, scope: str) -> str | None:
        return await self._get(f"commands:{scope}")

    async def set_commands_hash(self, scope: str, value: str) -> None:
        await self._set(f"commands:{scope}", value)

    async def _get(self, key: str) -> str | None:
        return await self._database.read(partial(_value_of, key=key))

    async def _set(self, key: str, value: str | None) -> None:
        work = partial(_unset, key=key) if value is None else partial(_set, key=key, value=value)
        await self._database.write(work)


def _of_guild(db: Connection, *, guild: int) -> GuildSettings:
    row = db.execute("SELECT * FROM guild_settings WHERE guild = ?", (guild,)).fetchone()
    return GuildSettings(guild=guild) if row is None else guild_settings_of(row)


def _set_gallery(db: Connection, *, guild: int, gallery: Gallery | None) -> None:
    db.execute(
        """
        INSERT INTO guild_settings (guild, gallery_channel, gallery_kind, gallery_thread)
        VALUES (:guild, :gallery_channel, :gallery_kind, :gallery_thread)
        ON CONFLICT (guild) DO UPDATE
        SET gallery_channel = excluded.gallery_channel,
            gallery_kind = excluded.gallery_kind,
            gallery_thread = excluded.gallery_thread
        """,
        {"guild": guild, **values_of_gallery(gallery)},
    )


def _set_admin_channel(db: Connection, *, guild: int, channel: int | None) -> None:
    db.execute(
        """
        INSERT INTO guild_settings (guild, admin_channel)
        VALUES (?, ?)
        ON CONFLICT (guild) DO UPDATE SET admin_channel = excluded.admin_channel
        """,
        (guild, channel),
    )


def _set_reactions(db: Connection, *, guild: int, emoji: Sequence[str] | None) -> None:
    db.execute(
        """
        INSERT INTO guild_settings (guild, reactions)
        VALUES (?, ?)
        ON CONFLICT (guild) DO UPDATE SET reactions = excluded.reactions
        """,
        (guild, reactions_json(emoji)),
    )


def _set_reviewer_role(db: Connection, *, guild: int, role: int | None) -> None:
    db.execute(
        """
        INSERT INTO guild_settings (guild, reviewer_role)
        VALUES (?, ?)
        ON CONFLICT (guild) DO UPDATE SET reviewer_role = excluded.reviewer_role
        """,
        (guild, role),
    )


def _admin_channels(db: Connection) -> list[int]:
    rows = db.execute(
        "SELECT admin_channel FROM guild_settings WHERE admin_channel IS NOT NULL ORDER BY admin_channel"
    )
    return [row["admin_channel"] for row in rows]


def _set_gallery_thread(db: Connection, *, channel: int, thread: int | None) -> None:
    db.execute(
        "UPDATE guild_settings SET gallery_thread = ? WHERE gallery_channel = ?",
        (thread, channel),
    )


def _value_of(db: Connection, *, key: str) -> str | None:
    row = db.execute("SELECT value FROM studio_settings WHERE key = ?", (key,)).fetchone()
    return None if row is None else row["value"]


def _set(db: Connection, *, key: str, value: str) -> None:
    db.execute(
        """
        INSERT INTO studio_settings (key, value)
        VALUES (?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
        (key, value),
    )


def _unset(db: Connection, *, key: str) -> None:
    db.execute("DELETE FROM studio_settings WHERE key = ?", (key,))
