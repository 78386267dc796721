"""What nobody foresaw: logged whole, stored, and told to people as a short code."""

from collections.abc import Callable

import structlog

from bot.core.errors import Incident
from bot.ports.clock import Clock
from bot.ports.stores import Entry, EntryKind, Journal

log = structlog.get_logger(__name__)


class Incidents:
    def __init__(self, *, journal: Journal, clock: Clock, new_code: Callable[[], str]) -> None:
        self._journal = journal
        self._clock = clock
        self._new_code = new_code

    async def report(self, error: BaseException, *, where: str, job: int | None = None) -> Incident:
        """Log and store the error; return what people may be told of it."""
        incident = Incident(self._new_code())
        log.error("incident", code=incident.code, where=where, job=job, exc_info=error)
        entry = Entry(
            kind=EntryKind.INCIDENT,
            name=where,
            at=self._clock.now(),
            job=job,
            incident=incident.code,
            detail={"error": type(error).__name__, "message": str(error)[:500]},
        )
        try:
            await self._journal.write(entry)
        except Exception:
            log.exception("incident not stored", code=incident.code)
        return incident
