"""What becomes of a job that was in ComfyUI's hands, decided from what is known, not from what is hoped."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.core.job import JobState

MAX_ATTEMPTS = 3
"""So often a job is given to ComfyUI."""

MAX_INTERRUPTED = 2
"""A job whose drawing was broken off so often is not drawn again: it may be what breaks it."""

MAX_OPENED = 5
"""Pictures that were begun to be decoded so often, and never were, are left alone: we may have died of them.

More often than MAX_INTERRUPTED: a kill can hit those milliseconds by chance, and costs no second drawing.
"""


class Standing(StrEnum):
    """Where a prompt is in ComfyUI, after several looks."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    GONE = "gone"


class Fate(StrEnum):
    """What is to be done with a job."""

    LEAVE = "leave"
    """It is not in ComfyUI's hands: the line or the outbox has it, or it is at its end."""
    WAIT = "wait"
    """Nobody answers: what is unknown counts as busy."""
    ADOPT = "adopt"
    COLLECT = "collect"
    SALVAGE = "salvage"
    """ComfyUI forgot it, and its pictures lie there whole."""
    AGAIN = "again"
    """ComfyUI never had it: the same attempt takes its turn again."""
    REQUEUE = "requeue"
    CANCEL = "cancel"
    LOST = "lost"
    POISON = "poison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the database, ComfyUI and the files in its output folder say of a job.

    `standing` is None while nobody answers. `given` tells that ComfyUI is known to have been given this
    attempt; after a restart of ours that is known only of one that was seen running. `files` tells that as
    many pictures as were asked for lie in ComfyUI's output under the job's own name.
    """

    state: JobState
    standing: Standing | None
    attempt: int = 1
    cancel_requested: bool = False
    interrupted: int = 0
    opened: int = 0
    given: bool = False
    files: bool = False


def fate_of(found: Evidence) -> Fate:
    """Decide what becomes of a job. Deciding again after that was done changes nothing more."""
    if not found.state.in_renderer:
        return Fate.LEAVE
    match found.standing:
        case None:
            return Fate.WAIT
        case Standing.WAITING | Standing.RUNNING:
            return Fate.CANCEL if found.cancel_requested else Fate.ADOPT
        case Standing.ENDED:
            return Fate.POISON if found.opened >= MAX_OPENED else Fate.COLLECT
        case Standing.GONE:
            return _of_a_lost_one(found)
        case _:
            assert_never(found.standing)


def _of_a_lost_one(found: Evidence) -> Fate:
    begun = found.state is JobState.RUNNING
    if found.cancel_requested:
        return Fate.CANCEL
    if found.opened >= MAX_OPENED:
        return Fate.POISON
    if found.files:
        return Fate.SALVAGE
    if begun and is_poison(found.interrupted + 1):
        return Fate.POISON
    if not (begun or found.given):
        return Fate.AGAIN
    return Fate.REQUEUE if found.attempt < MAX_ATTEMPTS else Fate.LOST


def is_poison(interrupted: int) -> bool:
    """Tell whether a job that was broken off so often is one too often."""
    return interrupted >= MAX_INTERRUPTED
