"""Who had how recent a turn at the GPU."""

from sqlite3 import Connection


def take(db: Connection, *, user: int) -> None:
    """Give the user the newest turn."""
    db.execute(
        """
        INSERT INTO turns (user, turn)
        VALUES (?, (SELECT ifnull(max(turn), 0) + 1 FROM turns))
        ON CONFLICT (user) DO UPDATE SET turn = excluded.turn
        """,
        (user,),
    )


def of_waiting_users(db: Connection) -> dict[int, int]:
    rows = db.execute(
        "SELECT user, turn FROM turns WHERE user IN (SELECT user FROM jobs WHERE state = 'queued')"
    )
    return {row["user"]: row["turn"] for row in rows}
