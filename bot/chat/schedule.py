"""Which card of a channel is edited next, and when: true soon, and within what Discord allows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Self

from bot.core.job import JobState
from bot.core.pacing import Pace

BUCKET: Final = 5
"""So many edits may be made in as many gaps, however they lie in it: Discord's own buckets are like that."""

SHARE: Final = 1.28
"""With others to edit as well, the drawing card takes its next turn after so many gaps, not after one;
an end counts as its turn."""

FORESIGHT: Final = 5
"""So many turns of the drawing card are kept free before a waiting card gets an edit: a bucket's length."""

JITTER_S: Final = 0.05
"""One edit may take so much longer to reach Discord than another."""

SOON_S: Final = 0.001


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
    """The newest edits in a channel, by when each began; times are monotonic seconds.

    `led`: when the newest one began that showed a drawing or an end.
    """

    pace: Pace = field(default_factory=Pace)
    edits: tuple[float, ...] = ()
    led: float = float("-inf")

    def next_at(self) -> float:
        """Return from when on another edit may be made."""
        full = len(self.edits) == BUCKET
        return self.edits[0] + BUCKET * self.pace.gap + JITTER_S if full else float("-inf")

    def rested(self, *, now: float) -> bool:
        """Tell whether the newest edit is a whole gap ago."""
        return not self.edits or self.edits[-1] + self.pace.gap <= now

    def edited(self, rank: Rank, *, now: float, took: float) -> Self:
        """Note an edit. discord.py returns from a bucket's last one only when the bucket is full again.

        That is as foreseen and no sign that Discord allows less: only what it took beyond that counts.
        """
        began = now - took
        after = self._with(began)
        held = now - max(began, after.next_at())
        led = self.led if rank is Rank.WAITING else began
        return replace(after, pace=self.pace.edited(now=now, took=held), led=led)

    def allows(self, moments: Sequence[float]) -> bool:
        """Tell whether edits could be made at all these moments, one after the other."""
        after = self
        for moment in moments:
            if after.next_at() > moment:
                return False
            after = after._with(moment)
        return True

    def _with(self, moment: float) -> Self:
        return replace(self, edits=(*self.edits, moment)[-BUCKET:])


@dataclass(slots=True, kw_only=True)
class Turn:
    """When a card was last looked at and edited, and since when there is something new about it.

    `calm_until`: the job will hardly end before, so no edit needs to be kept free for its end until then.
    """

    rank: Rank
    news: float | None
    looked: float = float("-inf")
    edited: float = float("-inf")
    calm_until: float = float("-inf")

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
    recently edited first, gets an edit only if the drawing card can still take its next turns, and its end,
    on time.
    """
    known = list(turns)
    due = [turn for turn in known if turn.due() <= now]
    if not due:
        return _wait_until(min(turn.due() for turn in known), now=now)
    if allowance.next_at() > now:
        return _wait_until(allowance.next_at(), now=now)
    ends = [turn for turn in due if turn.rank is Rank.END]
    if ends:
        return min(ends, key=Turn.due)
    return _open_turn(known, due, allowance, now=now)


def _open_turn(known: list[Turn], due: list[Turn], allowance: Allowance, *, now: float) -> Turn | Wait:
    drawing = [turn for turn in due if turn.rank is Rank.DRAWING]
    waiting = [turn for turn in due if turn.rank is Rank.WAITING]
    moment = allowance.led + allowance.pace.gap * (SHARE if waiting else 1.0)
    if drawing and moment <= now:
        return min(drawing, key=lambda turn: turn.edited)
    if waiting and _to_spare(known, allowance, moment, now=now):
        return min(waiting, key=lambda turn: (turn.edited, turn.due()))
    return _wait_until(moment if drawing else now + allowance.pace.gap / 4, now=now)


def _to_spare(known: list[Turn], allowance: Allowance, moment: float, *, now: float) -> bool:
    """Tell whether an edit now leaves room for what may have to be edited soon.

    That is the drawing card's next turns, the first of them at `moment`, with its end somewhere between; or,
    while nothing is drawn, an end at any time.
    """
    gap = allowance.pace.gap
    drawing = [turn for turn in known if turn.rank is Rank.DRAWING]
    if not drawing:
        return allowance.rested(now=now) and allowance.allows([now, now])
    share, first = SHARE * gap, max(now, moment)
    end = min(turn.calm_until for turn in drawing)
    if end <= first:
        return allowance.allows([now, first, first, first + share])
    turns = [first + number * share for number in range(FORESIGHT)]
    return allowance.allows([now, *sorted([*turns, end])] if end < turns[-1] else [now, *turns])


def _wait_until(moment: float, *, now: float) -> Wait:
    return Wait(seconds=max(moment - now, SOON_S))
