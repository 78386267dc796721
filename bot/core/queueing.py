"""Whose turn it is: fair between people, sooner for the urgent, and nobody waits for ever."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

from bot.core.errors import LimitReached
from bot.core.job import Priority

AGEING_MS = 20 * 60 * 1000
"""Every job that waited this long moves up by one priority class."""

RISES_TO: Mapping[Priority, int] = {
    Priority.INTERACTIVE: -(2**40),
    Priority.BATCH: -(2**40),
    Priority.OVERNIGHT: Priority.BATCH,
}
"""How far up waiting brings a job: what runs overnight stays below everyone's interactive jobs."""

ENOUGH_DRAWINGS = 3
"""With fewer measured drawings of the same kind there is no estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What makes two drawings take about as long: the key of the estimates."""

    workflow: str
    model: str | None
    pixels: int
    steps: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued job, as far as its turn is concerned; `since` is UTC milliseconds.

    A job of a batch waits since its batch last had a turn.
    """

    job: int
    user: int
    since: int
    kind: Kind
    priority: Priority = Priority.INTERACTIVE
    batch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An expectation in milliseconds, from `drawings` measured ones."""

    ms: int
    drawings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """Too few drawings of this kind were measured yet."""

    drawings: int
    needed: int = ENOUGH_DRAWINGS


Estimate: TypeAlias = Known | Learning


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many jobs may wait, per person and in all."""

    per_user: int
    in_all: int


def admit(*, waiting_of_user: int, waiting_in_all: int, limits: Limits) -> None:
    """Raise LimitReached, naming the cap, if one more job may not wait."""
    if waiting_of_user >= limits.per_user:
        raise LimitReached(
            f"You have {waiting_of_user} jobs waiting; the most for one person is {limits.per_user}.",
            hint="Wait for one to finish, or take one back with `/queue cancel`.",
        )
    if waiting_in_all >= limits.in_all:
        raise LimitReached(
            f"{waiting_in_all} jobs are waiting; the queue takes no more than {limits.in_all}.",
            hint="Try again when the line is shorter; `/queue show` tells.",
        )


def line_up(waiting: Iterable[Waiting], *, last_served: Mapping[int, int], now: int) -> list[Waiting]:
    """Return the jobs in the order in which they will be drawn.

    Inside a priority class people take turns: everybody's first job, then everybody's second, and who was
    served longest ago goes first. `last_served` maps a person to a number that grows with every turn.
    Waiting moves a job up by one class per AGEING_MS, past the highest class too, so nobody starves. Of a
    batch only the first job moves up: the others wait for it, and not for others' jobs.
    """
    turns: defaultdict[tuple[int, int], int] = defaultdict(int)
    batches: set[int] = set()
    keyed: list[tuple[tuple[int, int, int, int], Waiting]] = []
    for job in sorted(waiting, key=lambda job: job.job):
        rank = job.priority if job.batch in batches else _rank(job, now=now)
        if job.batch is not None:
            batches.add(job.batch)
        turn = turns[rank, job.user]
        turns[rank, job.user] += 1
        keyed.append(((rank, turn, last_served.get(job.user, -1), job.job), job))
    return [job for _, job in sorted(keyed, key=lambda pair: pair[0])]


def _rank(job: Waiting, *, now: int) -> int:
    return max(job.priority - max(now - job.since, 0) // AGEING_MS, RISES_TO[job.priority])


def place_of(job: int, line: Sequence[Waiting]) -> int | None:
    """Return the job's place in line, 1 being next; None if it does not wait."""
    return next((place for place, waiting in enumerate(line, start=1) if waiting.job == job), None)


def expect(measured_ms: Sequence[int]) -> Estimate:
    """Return the median of what drawings of one kind took, or that there are too few."""
    if len(measured_ms) < ENOUGH_DRAWINGS:
        return Learning(drawings=len(measured_ms))
    return Known(ms=round(median(measured_ms)), drawings=len(measured_ms))


def wait_before(
    job: int, line: Sequence[Waiting], *, expected: Mapping[Kind, Estimate], running: Estimate | None
) -> Estimate:
    """Return how long until the job's turn: what runs now and everything ahead; the least known decides."""
    ahead = line[: (place_of(job, line) or 1) - 1]
    return wait_behind(ahead, expected=expected, running=running)


def wait_behind(
    ahead: Iterable[Waiting], *, expected: Mapping[Kind, Estimate], running: Estimate | None
) -> Estimate:
    """Return how long all these and what runs now take together."""
    parts = [expected.get(waiting.kind, Learning(drawings=0)) for waiting in ahead]
    return total(parts if running is None else [running, *parts])


def total(parts: Sequence[Estimate]) -> Estimate:
    """Add expectations; one unknown part makes the sum unknown."""
    learning = [part for part in parts if isinstance(part, Learning)]
    if learning:
        return min(learning, key=lambda part: part.drawings)
    known = [part for part in parts if isinstance(part, Known)]
    return Known(
        ms=sum(part.ms for part in known), drawings=min((part.drawings for part in known), default=0)
    )
