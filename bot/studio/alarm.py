"""The alarm: what whoever runs the studio has to know reaches them, once and in words."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.core.alerting import Alert, AlertKind, Subject, Told, after, news_of
from bot.core.errors import DeliveryError, DiscordAway, Poison
from bot.core.job import Job, JobState
from bot.ports.alerts import Alerts
from bot.ports.clock import Clock
from bot.studio.feed import Feed, JobChanged, News
from bot.studio.gate import Away, DiskLow, Gate

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
POISON_QUIET_MS = 60_000
"""Jobs that are given up within that time are told together."""
MIB = 1024 * 1024

_WAITS = "Nothing is lost: jobs are taken and wait."


class Alarm:
    def __init__(self, *, alerts: Alerts, gate: Gate, feed: Feed, clock: Clock) -> None:
        self._alerts = alerts
        self._gate = gate
        self._feed = feed
        self._clock = clock
        self._told = Told()
        self._poison: list[int] = []
        self._poison_told: int | None = None
        self._hanging: Job | None = None

    async def run(self) -> None:
        with self._feed.telling(self.hear):
            while True:
                await self.run_once()
                await asyncio.sleep(LOOK_EVERY_S)

    async def run_once(self) -> None:
        """Tell what is new; what Discord did not take for a passing fault is told at the next look."""
        now, troubles = self._clock.now(), self._troubles()
        for subject in Subject:
            alert = news_of(subject, self._told, troubles.get(subject), now=now)
            if alert is not None and await self._tell(alert):
                self._told = after(self._told, subject, alert, now=now)
        await self._tell_of_poison(now)

    def hear(self, item: News) -> None:
        match item:
            case JobChanged(job=job) if job.state is JobState.FAILED:
                if job.failure is not None and job.failure.kind == Poison.kind:
                    self._poison.append(job.id)
            case _:
                pass
        if self._hanging is not None and isinstance(item, JobChanged) and item.job.id == self._hanging.id:
            self._hanging = None

    def hangs(self, job: Job) -> None:
        """Take note of a drawing that ComfyUI neither goes on with nor stops."""
        self._hanging = job

    def _troubles(self) -> Mapping[Subject, Alert]:
        troubles: dict[Subject, Alert] = {}
        if self._hanging is not None:
            troubles[Subject.COMFYUI] = _hanging(self._hanging)
        for hold in self._gate.holds:
            match hold:
                case Away():
                    troubles[Subject.COMFYUI] = _away(hold)
                case DiskLow():
                    troubles[Subject.DISK] = _disk_low(hold, since=self._clock.now())
                case _:
                    pass
        return troubles

    async def _tell_of_poison(self, now: int) -> None:
        if not self._poison or now - (self._poison_told or 0) < POISON_QUIET_MS:
            return
        jobs = tuple(self._poison)
        if await self._tell(_poisoned(jobs)):
            self._poison_told = now
            del self._poison[: len(jobs)]

    async def _tell(self, alert: Alert) -> bool:
        """Tell it; False if it may be tried again. One that nobody can be told of stands in the log."""
        log.warning("alert", kind=alert.kind.value, message=alert.message, jobs=alert.jobs)
        try:
            await self._alerts.tell(alert)
        except DiscordAway:
            return False
        except DeliveryError as error:
            log.warning("alert not told", reason=error.message)
        return True


def _away(hold: Away) -> Alert:
    return Alert(kind=hold.kind, message=hold.reason, hint=hold.hint or _WAITS, since=hold.since)


def _disk_low(hold: DiskLow, *, since: int) -> Alert:
    return Alert(
        kind=AlertKind.DISK_LOW,
        message=f"The disk has {hold.free // MIB} MiB left; the queue waits below {hold.needed // MIB} MiB.",
        hint="Make room where DATA_DIR lies; drawing goes on by itself.",
        since=since,
    )


def _hanging(job: Job) -> Alert:
    return Alert(
        kind=AlertKind.HANGS,
        message=f"ComfyUI hangs over #{job.id}: it neither goes on with it nor stops it when told to.",
        hint="Restart ComfyUI; the job and all that wait go on by themselves.",
        since=job.since,
        jobs=(job.id,),
    )


def _poisoned(jobs: tuple[int, ...]) -> Alert:
    named = ", ".join(f"#{job}" for job in jobs)
    return Alert(
        kind=AlertKind.POISON,
        message=f"Given up, as drawing broke down with it again: {named}.",
        hint="`/job show` tells what it was; look at ComfyUI's log before it is drawn again.",
        jobs=jobs,
    )
