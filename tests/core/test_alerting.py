"""What is told of an outage: once, after a moment, and again only when it is over."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.alerting import QUIET_MS, Alert, AlertKind, Subject, Told, after, news_of

MINUTE = 60_000
START = 10**12


def away(since=START, kind=AlertKind.AWAY):
    return Alert(kind=kind, message="ComfyUI does not answer.", since=since)


def story(*looks):
    """Look at ComfyUI at these minutes, with this trouble each; return when which kinds were told."""
    told, heard = Told(), []
    for minute, trouble in looks:
        now = START + round(minute * MINUTE)
        alert = news_of(Subject.COMFYUI, told, trouble, now=now)
        if alert is not None:
            heard.append((minute, alert.kind))
            told = after(told, Subject.COMFYUI, alert, now=now)
    return heard


def test_a_moment_of_absence_is_not_told():
    assert story((0, away()), (0.9, away()), (0.95, None)) == []


def test_an_outage_of_more_than_a_minute_is_told_once_and_so_is_its_end():
    looks = [(0, away()), (1, away()), (2, away()), (30, away()), (31, None), (32, None)]
    assert story(*looks) == [(1, AlertKind.AWAY), (31, AlertKind.OVER)]


def test_a_dead_worker_is_told_at_once():
    assert story((0, away(kind=AlertKind.WORKER_DEAD))) == [(0, AlertKind.WORKER_DEAD)]


def test_an_outage_that_turns_into_another_is_told_as_that():
    dead = away(kind=AlertKind.WORKER_DEAD)
    looks = [(0, dead), (5, away(START + 5 * MINUTE)), (5.5, away(START + 5 * MINUTE)), (6, away())]
    assert story(*looks, (7, None)) == [
        (0, AlertKind.WORKER_DEAD),
        (6, AlertKind.AWAY),
        (7, AlertKind.OVER),
    ]


def test_what_flickers_is_told_no_more_often_than_the_quiet_time():
    dead = away(kind=AlertKind.WORKER_DEAD)
    looks = [(minute, dead if minute % 2 == 0 else None) for minute in range(25)]
    told = [minute for minute, kind in story(*looks) if kind is AlertKind.WORKER_DEAD]
    assert told == [0, 10, 20]


def test_the_end_of_an_outage_says_since_when_it_lasted():
    told = after(Told(), Subject.DISK, away(kind=AlertKind.DISK_LOW), now=START)
    over = news_of(Subject.DISK, told, None, now=START + 5)
    assert (over.since, over.message) == (START, "There is room on the disk again; drawing goes on.")


def test_one_subject_leaves_the_other_alone():
    told = after(Told(), Subject.DISK, away(kind=AlertKind.DISK_LOW), now=START)
    assert news_of(Subject.COMFYUI, told, None, now=START) is None
    told = after(told, Subject.COMFYUI, away(kind=AlertKind.UNUSABLE), now=START)
    assert set(told.outages) == set(Subject)


@given(st.lists(st.tuples(st.integers(1, 7 * MINUTE), st.none() | st.sampled_from(AlertKind)), max_size=60))
def test_every_end_that_is_told_belongs_to_an_outage_that_was(steps):
    told, now, open_ones = Told(), START, 0
    last = None
    for step, kind in steps:
        now += step
        trouble = None if kind in (None, AlertKind.OVER) else away(now - 2 * MINUTE, kind)
        alert = news_of(Subject.COMFYUI, told, trouble, now=now)
        if alert is None:
            continue
        if alert.kind is AlertKind.OVER:
            assert open_ones == 1
            open_ones = 0
        else:
            assert open_ones == 1 or last is None or now - last >= QUIET_MS
            open_ones, last = 1, now
        told = after(told, Subject.COMFYUI, alert, now=now)
