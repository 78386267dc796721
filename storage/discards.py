"""Files that nothing needs any more, until they are removed; `storage.artifacts` notes them."""

import json
from collections.abc import Sequence
from functools import partial
from sqlite3 import Connection

from storage.artifacts import unneeded
from storage.database import Database


class SqliteDiscards:
    """The port `Discards`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, *, limit: int = 100) -> list[str]:
        return await self._database.read(partial(_due, limit=limit))

    async def gone(self, paths: Sequence[str]) -> None:
        await self._database.write(partial(_gone, paths=paths))

    async def unneeded(self, paths: Sequence[str]) -> list[str]:
        return await self._database.read(partial(_unneeded, paths=paths))


def _due(db: Connection, *, limit: int) -> list[str]:
    """Leave out what is needed again: a file that is named by its content may have come back."""
    rows = db.execute(
        f"SELECT path FROM discards WHERE {unneeded('discards.path')} ORDER BY path LIMIT ?",  # noqa: S608 fixed
        (limit,),
    )
    return [row["path"] for row in rows]


def _gone(db: Connection, *, paths: Sequence[str]) -> None:
    db.execute(
        "DELETE FROM discards WHERE path IN (SELECT value FROM json_each(?))", (json.dumps(list(paths)),)
    )


def _unneeded(db: Connection, *, paths: Sequence[str]) -> list[str]:
    rows = db.execute(
        f"SELECT value FROM json_each(?) WHERE {unneeded('json_each.value')}",  # noqa: S608 fixed
        (json.dumps(list(paths)),),
    )
    return [row["value"] for row in rows]
