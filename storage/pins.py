"""The pictures people took up for their next drawings."""

from functools import partial
from sqlite3 import Connection

from bot.core.errors import WrongState
from bot.ports.review import Pin
from storage import artifacts
from storage.database import Database
from storage.records import Values
from storage.result_records import pin_of, values_of_pin


class SqlitePins:
    """The port `Pins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, *, guild: int, user: int, pin: Pin) -> None:
        await self._database.write(partial(_put, values=values_of_pin(pin, guild=guild, user=user)))

    async def peek(self, *, guild: int, user: int) -> Pin | None:
        return await self._database.read(partial(_peek, guild=guild, user=user))

    async def take(self, *, guild: int, user: int, at: int) -> Pin | None:
        return await self._database.write(partial(_take, guild=guild, user=user, at=at))


def _put(db: Connection, *, values: Values) -> None:
    """Keep the pin in the place of an earlier one, whose picture is given up if nothing else needs it."""
    earlier = db.execute("SELECT path FROM pins WHERE guild = :guild AND user = :user", values).fetchall()
    db.execute(
        """
        INSERT INTO pins (guild, user, reference, path, at, job, picture)
        VALUES (:guild, :user, :reference, :path, :at, :job, :picture)
        ON CONFLICT (guild, user) DO UPDATE
        SET reference = excluded.reference, path = excluded.path, at = excluded.at,
            job = excluded.job, picture = excluded.picture
        """,
        values,
    )
    artifacts.discard(db, files=[row["path"] for row in earlier], at=int(values["at"] or 0))


def _peek(db: Connection, *, guild: int | None, user: int) -> Pin | None:
    row = db.execute("SELECT * FROM pins WHERE guild = ? AND user = ?", (guild, user)).fetchone()
    return None if row is None else pin_of(row)


def use(db: Connection, *, guild: int | None, user: int, pin: Pin) -> None:
    """Forget the pin that was used; one that was put in its place meanwhile stays.

    Raises WrongState where there is none any more: it is used once.
    """
    used = db.execute(
        "DELETE FROM pins WHERE guild = ? AND user = ? AND path = ? AND at = ?",
        (guild, user, pin.reference.path, pin.at),
    ).rowcount
    if not used and _peek(db, guild=guild, user=user) is None:
        raise WrongState(
            "The picture you took up was used, or laid down, in this very moment.",
            hint="Ask once more to draw without it.",
        )


def _take(db: Connection, *, guild: int, user: int, at: int) -> Pin | None:
    row = db.execute("DELETE FROM pins WHERE guild = ? AND user = ? RETURNING *", (guild, user)).fetchone()
    if row is None:
        return None
    artifacts.discard(db, files=[row["path"]], at=at)
    return pin_of(row)
