"""The log of everything people did and of everything that went wrong."""

import json
from collections.abc import Sequence
from functools import partial
from sqlite3 import Connection

from bot.ports.stores import Entry
from storage.database import Database
from storage.records import entry_of, values_of_entry


class SqliteJournal:
    """The port `Journal`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, entry: Entry) -> None:
        await self._database.write(partial(_append, entry=entry))

    async def newest(self, *, limit: int = 50) -> list[Entry]:
        return await self._database.read(partial(_newest, limit=limit))

    async def served(self, job: int, *, user: int, emoji: Sequence[str]) -> bool:
        return await self._database.read(partial(_served, job=job, user=user, emoji=emoji))

    async def incidents(self, *, since: int) -> int:
        return await self._database.read(partial(_incidents, since=since))


def _append(db: Connection, *, entry: Entry) -> None:
    db.execute(
        """
        INSERT INTO journal (kind, name, at, user, guild, channel, job, incident, detail)
        VALUES (:kind, :name, :at, :user, :guild, :channel, :job, :incident, :detail)
        """,
        values_of_entry(entry),
    )


def _newest(db: Connection, *, limit: int) -> list[Entry]:
    rows = db.execute("SELECT * FROM journal ORDER BY id DESC LIMIT ?", (limit,))
    return [entry_of(row) for row in rows]


def _served(db: Connection, *, job: int, user: int, emoji: Sequence[str]) -> bool:
    row = db.execute(
        """
        SELECT 1 FROM journal
        WHERE job = ? AND user = ? AND kind = 'reaction' AND name IN (SELECT value FROM json_each(?))
              AND json_extract(detail, '$.error') IS NULL
        LIMIT 1
        """,
        (job, user, json.dumps(list(emoji))),
    ).fetchone()
    return row is not None


def _incidents(db: Connection, *, since: int) -> int:
    row = db.execute(
        """
        SELECT count(*) AS incidents FROM journal
        WHERE incident IS NOT NULL AND kind = 'incident' AND at >= ?
        """,
        (since,),
    ).fetchone()
    return row["incidents"]
