"""Messages on their way to Discord."""

from functools import partial
from sqlite3 import Connection

from bot.core.job import Card, Job
from bot.core.posting import Posting, PostingKind, nonce_of
from storage.database import Database
from storage.records import posting_of


class SqliteOutbox:
    """The port `Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self) -> list[Posting]:
        return await self._database.read(_due)

    async def sending(self, posting: Posting) -> None:
        await self._database.write(partial(_sending, posting_id=posting.id))

    async def sent(self, posting: Posting, message: Card, *, at: int) -> None:
        await self._database.write(partial(close_sent, posting_id=posting.id, message=message, at=at))

    async def dropped(self, posting: Posting, *, at: int, reason: str) -> None:
        await self._database.write(partial(_drop, posting_id=posting.id, at=at, reason=reason))


def append(db: Connection, job: Job, kind: PostingKind) -> None:
    """Put a message of this kind on its way, once: its nonce is the same every time."""
    db.execute(
        """
        INSERT INTO outbox (job, kind, part, nonce, state, created)
        VALUES (?, ?, 0, ?, 'pending', ?)
        ON CONFLICT (nonce) DO NOTHING
        """,
        (job.id, kind.value, nonce_of(job.uid, kind, 0), job.since),
    )


def close_sent(db: Connection, *, posting_id: int, message: Card, at: int) -> None:
    db.execute(
        """
        UPDATE outbox
        SET state = 'sent', channel = ?, message = ?, closed = ?
        WHERE id = ? AND state IN ('pending', 'sending')
        """,
        (message.channel, message.message, at, posting_id),
    )


def _sending(db: Connection, *, posting_id: int) -> None:
    db.execute(
        """
        UPDATE outbox
        SET state = 'sending', tried = tried + 1
        WHERE id = ? AND state IN ('pending', 'sending')
        """,
        (posting_id,),
    )


def _drop(db: Connection, *, posting_id: int, at: int, reason: str) -> None:
    db.execute(
        """
        UPDATE outbox
        SET state = 'dropped', reason = ?, closed = ?
        WHERE id = ? AND state IN ('pending', 'sending')
        """,
        (reason, at, posting_id),
    )


def _due(db: Connection) -> list[Posting]:
    rows = db.execute("SELECT * FROM outbox WHERE state IN ('pending', 'sending') ORDER BY id")
    return [posting_of(row) for row in rows]
