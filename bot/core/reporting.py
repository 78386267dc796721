"""What is told of a batch at its end: what was drawn, what failed and why, how long it took."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from bot.core.artifact import Artifact
from bot.core.job import Job, JobState, Warmth
from bot.core.review import Review

MOST_CANDIDATES: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long drawings took, in milliseconds: half of them at most `p50`, nineteen of twenty `p95`."""

    count: int
    p50: int
    p95: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningReport:
    """`best` are ordered by what was measured and are no judgement; `waiting` were not reviewed yet.

    `open` are the jobs that have not ended.

    `failed` are the reasons, the most frequent first, with how many jobs each ended. `cold` and `warm` are of
    the drawings that had to load a model first and of the others; None where none was measured.
    """

    jobs: int
    drawn: int
    pictures: int
    failed: tuple[tuple[str, int], ...]
    unposted: int
    cancelled: int
    open: int
    cold: Spread | None
    warm: Spread | None
    best: tuple[Artifact, ...]
    measured: int
    waiting: int


def morning_report(jobs: Sequence[Job], pictures: Sequence[Artifact]) -> MorningReport:
    there = [picture for picture in pictures if picture.deleted is None]
    reasons = Counter(job.failure.message for job in jobs if job.failure and job.state is JobState.FAILED)
    return MorningReport(
        jobs=len(jobs),
        drawn=sum(job.state in _DRAWN for job in jobs),
        pictures=len(pictures),
        failed=tuple(reasons.most_common()),
        unposted=sum(job.state is JobState.SHELVED for job in jobs),
        cancelled=sum(job.state is JobState.CANCELLED for job in jobs),
        open=sum(not (job.state.is_end or job.state in _DRAWN) for job in jobs),
        cold=_times(jobs, Warmth.COLD),
        warm=_times(jobs, Warmth.WARM),
        best=best_of(there),
        measured=sum(picture.measures is not None for picture in there),
        waiting=sum(picture.review is Review.UNREVIEWED for picture in there),
    )


_DRAWN: Final = (JobState.RENDERED, JobState.DELIVERED, JobState.SHELVED)


def best_of(pictures: Iterable[Artifact], *, most: int = MOST_CANDIDATES) -> tuple[Artifact, ...]:
    """Return the pictures of which the fewest faults were found and that are most like their references.

    Pictures that nothing was measured of, that were rejected, or that are nearly another one are left out.
    """
    rated = [picture for picture in pictures if _is_candidate(picture)]
    return tuple(sorted(rated, key=_rating)[:most])


def _is_candidate(picture: Artifact) -> bool:
    rejected = picture.review in (Review.REJECTED, Review.WITHDRAWN)
    return picture.measures is not None and picture.near is None and not rejected


def _rating(picture: Artifact) -> tuple[int, float, float, int]:
    measures, likeness = picture.measures, picture.likeness
    return (
        len(measures.findings()) if measures else 0,
        -(likeness.score if likeness else 0.0),
        -(measures.sharpness or 0.0) if measures else 0.0,
        picture.id,
    )


def _times(jobs: Iterable[Job], warmth: Warmth) -> Spread | None:
    times = [job.timings.drawing for job in jobs if job.timings.warmth is warmth]
    return spread([time for time in times if time is not None])


def spread(times: Sequence[int]) -> Spread | None:
    """Return the median and the 95th percentile as times that were really measured."""
    if not times:
        return None
    ordered = sorted(times)
    return Spread(count=len(ordered), p50=_percentile(ordered, 0.5), p95=_percentile(ordered, 0.95))


def _percentile(ordered: Sequence[int], share: float) -> int:
    return ordered[max(ceil(len(ordered) * share), 1) - 1]
