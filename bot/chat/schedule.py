"""Which card of a channel is edited next, and when: true soon, and within what Discord allows."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Self

from bot.core.job import JobState
from bot.core.pacing import Pace

BURST: Final = 2.0
"""So many edits may go out at once after a rest; Discord's buckets take more."""

DRAWING_SHARE: Final = 1.3
"""With others to edit as well, the drawing card takes its next turn after so many gaps, not after one."""


class Rank(IntEnum):
    """Who goes first when several cards want to be edited."""

    END = 0
    DRAWING = 1
    WAITING = 2

    @classmethod
    def of(cls, state: JobState) -> "Rank":
        if state.is_end:
            return cls.END
        return cls.WAITING if state is JobState.QUEUED else cls.DRAWING


RETOLD_AFTER_S: Final = {Rank.END: 0.0, Rank.DRAWING: 5.0, Rank.WAITING: 60.0}
"""A card is looked at again after this time even without news: time itself may have to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Edits that may be made in a channel: one more per gap of its pace, up to BURST; times monotonic."""

    pace: Pace = field(default_factory=Pace)
    left: float = BURST
    at: float = 0.0

    def left_at(self, now: float) -> float:
        return min(self.left + max(now - self.at, 0.0) / self.pace.gap, BURST)

    def wait(self, *, now: float, needed: float = 1.0) -> float:
        """Return the seconds until `needed` edits may be made; 0 means now."""
        return max(needed - self.left_at(now), 0.0) * self.pace.gap

    def spent(self, *, now: float, took: float) -> Self:
        """Return what is left after an edit that began at `now - took` and is through at `now`."""
        left = self.left_at(now - took) - 1.0
        return replace(self, pace=self.pace.edited(now=now, took=took), left=left, at=now - took)


@dataclass(slots=True, kw_only=True)
class Turn:
    """When a card was last looked at and edited, and since when there is something new about it."""

    rank: Rank
    news: float | None
    looked: float = float("-inf")
    edited: float = float("-inf")

    def due(self) -> float:
        """Return the moment from which the card wants to be looked at."""
        retold = self.looked + RETOLD_AFTER_S[self.rank]
        return retold if self.news is None else min(self.news, retold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing to do for so many seconds, unless there is news."""

    seconds: float


def next_turn(turns: Iterable[Turn], allowance: Allowance, *, now: float) -> Turn | Wait:
    """Return the card whose turn it is, or how long there is none.

    Ends go first, the oldest news before newer. The card of what is drawn follows. A waiting card, least
    recently edited first, gets an edit only if that leaves one for the drawing card when its turn comes.
    """
    known = list(turns)
    due = [turn for turn in known if turn.due() <= now]
    wait = allowance.wait(now=now)
    if not due:
        return Wait(seconds=max(min(turn.due() for turn in known) - now, wait))
    if wait > 0:
        return Wait(seconds=wait)
    ends = [turn for turn in due if turn.rank is Rank.END]
    if ends:
        return min(ends, key=Turn.due)
    return _open_turn(known, due, allowance, now=now)


def _open_turn(known: list[Turn], due: list[Turn], allowance: Allowance, *, now: float) -> Turn | Wait:
    waiting = [turn for turn in due if turn.rank is Rank.WAITING]
    share = allowance.pace.gap * (DRAWING_SHARE if waiting else 1.0)
    moments = {id(turn): turn.edited + share for turn in known if turn.rank is Rank.DRAWING}
    drawing = [turn for turn in due if turn.rank is Rank.DRAWING and moments[id(turn)] <= now]
    if drawing:
        return min(drawing, key=Turn.due)
    if waiting and (not moments or _to_spare(min(moments.values()), allowance, now=now)):
        return min(waiting, key=lambda turn: (turn.edited, turn.due()))
    return Wait(seconds=max(_next_moment(due, moments, allowance, now=now), 0.0))


def _to_spare(moment: float, allowance: Allowance, *, now: float) -> bool:
    """Tell whether an edit now leaves one for the drawing card at that moment."""
    until = max(moment - now, 0.0)
    return allowance.left_at(now) - 1.0 + until / allowance.pace.gap >= 1.0


def _next_moment(due: list[Turn], moments: dict[int, float], allowance: Allowance, *, now: float) -> float:
    """Return the seconds until a drawing card's moment, or until there is an edit to spare."""
    candidates = [moments[id(turn)] - now for turn in due if id(turn) in moments]
    if any(turn.rank is Rank.WAITING for turn in due):
        candidates.append(allowance.wait(now=now, needed=BURST))
    return min(candidates)
