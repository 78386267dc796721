"""What is told of a batch at its end."""

from bot.core.generation import Size
from bot.core.job import JobState, Warmth
from bot.core.likeness import Likeness
from bot.core.quality import Measures
from bot.core.reporting import Spread, best_of, morning_report, spread
from bot.core.review import Review
from tests.builders import NOW, a_failure, a_job, an_artifact, some_timings


def measured(number, *, sharpness=0.1, contrast=0.2, score=None, **more):
    measures = Measures(
        size=Size(width=64, height=64),
        span=200,
        exposure=0.5,
        contrast=contrast,
        shadows=0.0,
        highlights=0.0,
        blackness=0.0,
        sharpness=sharpness,
    )
    likeness = None
    if score is not None:
        likeness = Likeness(score=score, colour=score, structure=score, mean=score, references=1)
    return an_artifact(**{"id": number, "job": number, "measures": measures, "likeness": likeness, **more})


def numbers(pictures):
    return [picture.id for picture in pictures]


def test_the_best_have_the_fewest_findings_then_the_most_likeness_then_the_most_sharpness():
    flat = measured(1, contrast=0.0, score=1.0)
    assert numbers(best_of([flat, measured(2), measured(3, score=0.5), measured(4, sharpness=0.2)])) == [
        3,
        4,
        2,
        1,
    ]


def test_what_was_rejected_withdrawn_seen_before_or_not_measured_is_no_candidate():
    left_out = [
        measured(1, review=Review.REJECTED),
        measured(2, review=Review.WITHDRAWN),
        measured(3, near=9),
        measured(4, measures=None),
    ]
    assert best_of([*left_out, measured(5, sharpness=None)]) == (measured(5, sharpness=None),)


def test_only_so_many_are_named():
    assert len(best_of([measured(number) for number in range(20)], most=9)) == 9


def test_the_spread_is_of_times_that_were_measured():
    assert spread([]) is None
    assert spread([70]) == Spread(count=1, p50=70, p95=70)
    assert spread(list(range(100, 0, -1))) == Spread(count=100, p50=50, p95=95)


def test_a_report_counts_what_became_of_everything():
    jobs = [
        a_job(id=1, state=JobState.DELIVERED, timings=some_timings(drawing=5000, warmth=Warmth.COLD)),
        a_job(id=2, state=JobState.SHELVED, timings=some_timings(drawing=3000)),
        a_job(id=3, state=JobState.FAILED, failure=a_failure(message="no memory")),
        a_job(id=4, state=JobState.FAILED, failure=a_failure(message="no memory")),
        a_job(id=5, state=JobState.FAILED, failure=a_failure(message="blank")),
        a_job(id=6, state=JobState.CANCELLED, timings=some_timings(drawing=None)),
    ]
    pictures = [measured(1), measured(2, review=Review.APPROVED), measured(3, deleted=NOW)]
    report = morning_report(jobs, pictures)
    assert report.unposted == 1
    assert (report.jobs, report.drawn, report.pictures, report.cancelled) == (6, 2, 3, 1)
    assert report.failed == (("no memory", 2), ("blank", 1))
    assert report.cold == Spread(count=1, p50=5000, p95=5000)
    assert report.warm == Spread(count=1, p50=3000, p95=3000)
    assert (report.measured, report.waiting, numbers(report.best)) == (2, 1, [1, 2])
