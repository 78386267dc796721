"""Batches that were planned and not started yet."""

from functools import partial
from sqlite3 import Connection, Row

from pydantic import TypeAdapter

from bot.core.batching import Outline
from bot.core.errors import NotFound
from bot.core.generation import Origin
from bot.ports.batches import Plan
from storage.database import Database

_OUTLINE = TypeAdapter(Outline)
_ORIGIN = TypeAdapter(Origin)
_BEYOND_ALL = 2**63 - 1


class SqlitePlans:
    """The port `Plans`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, outline: Outline, origin: Origin, *, at: int, forget_before: int) -> Plan:
        return await self._database.write(
            partial(_keep, outline=outline, origin=origin, at=at, forget_before=forget_before)
        )

    async def get(self, plan_id: int) -> Plan:
        return await self._database.read(partial(_by_id, plan_id=plan_id))

    async def change(self, plan_id: int, outline: Outline) -> Plan:
        return await self._database.write(partial(_change, plan_id=plan_id, outline=outline))

    async def forget(self, plan_id: int) -> None:
        await self._database.write(partial(_forget, plan_id=plan_id))


def _keep(db: Connection, *, outline: Outline, origin: Origin, at: int, forget_before: int) -> Plan:
    db.execute("DELETE FROM plans WHERE at < ?", (forget_before,))
    row = db.execute(
        "INSERT INTO plans (outline, origin, at) VALUES (?, ?, ?) RETURNING *",
        (_OUTLINE.dump_json(outline).decode(), _ORIGIN.dump_json(origin).decode(), at),
    ).fetchone()
    return _plan_of(row)


def _by_id(db: Connection, *, plan_id: int) -> Plan:
    row = db.execute("SELECT * FROM plans WHERE id = ?", (min(plan_id, _BEYOND_ALL),)).fetchone()
    return _plan_of(_found(row))


def _change(db: Connection, *, plan_id: int, outline: Outline) -> Plan:
    row = db.execute(
        "UPDATE plans SET outline = ? WHERE id = ? RETURNING *",
        (_OUTLINE.dump_json(outline).decode(), plan_id),
    ).fetchone()
    return _plan_of(_found(row))


def _forget(db: Connection, *, plan_id: int) -> None:
    db.execute("DELETE FROM plans WHERE id = ?", (plan_id,))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound("There is no such plan.", hint="Make one with `/batch`.")
    return row


def _plan_of(row: Row) -> Plan:
    return Plan(
        id=row["id"],
        outline=_OUTLINE.validate_json(row["outline"]),
        origin=_ORIGIN.validate_json(row["origin"]),
        at=row["at"],
    )
