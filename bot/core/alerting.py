"""What whoever runs the studio has to know, told once per outage and not again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

MINUTE_MS = 60_000

QUIET_MS = 10 * MINUTE_MS
"""Between two outages of the same subject that are told; what flickers in between is passed over."""


class Subject(StrEnum):
    """What an outage is of."""

    COMFYUI = "comfyui"
    DISK = "disk"


class AlertKind(StrEnum):
    AWAY = "away"
    WORKER_DEAD = "worker_dead"
    UNUSABLE = "unusable"
    """Something answers there that is no ComfyUI, or too old a one."""
    HANGS = "hangs"
    DISK_LOW = "disk_low"
    POISON = "poison"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message to whoever runs the studio; `since` is UTC milliseconds, `jobs` those it is about."""

    kind: AlertKind
    message: str
    hint: str = ""
    since: int = 0
    jobs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told so far: the alert of each outage that goes on, and when each subject was last told of."""

    outages: Mapping[Subject, Alert] = field(default_factory=dict[Subject, Alert])
    at: Mapping[Subject, int] = field(default_factory=dict[Subject, int])


_GRACE_MS = {AlertKind.AWAY: MINUTE_MS}
"""How long a trouble may last before it is told: a restart of ComfyUI is none."""

_OVER = {
    Subject.COMFYUI: "ComfyUI is back; drawing goes on.",
    Subject.DISK: "There is room on the disk again; drawing goes on.",
}


def news_of(subject: Subject, told: Told, trouble: Alert | None, *, now: int) -> Alert | None:
    """Return what is to be told of a subject now; `trouble` is what is wrong with it, if anything is."""
    known = told.outages.get(subject)
    if trouble is None:
        return (
            None if known is None else Alert(kind=AlertKind.OVER, message=_OVER[subject], since=known.since)
        )
    if now - trouble.since < _GRACE_MS.get(trouble.kind, 0):
        return None
    if known is not None:
        return trouble if known.kind is not trouble.kind else None
    return trouble if now - told.at.get(subject, now - QUIET_MS) >= QUIET_MS else None


def after(told: Told, subject: Subject, alert: Alert, *, now: int) -> Told:
    """Return what has been told once this alert was."""
    others = {other: known for other, known in told.outages.items() if other is not subject}
    if alert.kind is AlertKind.OVER:
        return replace(told, outages=others)
    return replace(told, outages={**others, subject: alert}, at={**told.at, subject: now})
