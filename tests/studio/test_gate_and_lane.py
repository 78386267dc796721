"""What holds the queue up, and what is in the lane."""

import asyncio

import pytest

from bot.core.progress import Progress, Sampled, Started
from bot.studio.feed import Feed, JobMoved, LineChanged
from bot.studio.gate import Away, DiskLow, Gate, Paused
from bot.studio.lane import Lane
from tests.builders import NOW, a_graph, a_job
from tests.studio.house import settled

AWAY, PAUSED, LOW = Away(since=NOW, reason="away"), Paused(since=NOW), DiskLow(free=1, needed=2)


def a_gate():
    feed, told = Feed(), []
    feed._listeners.append(told.append)
    return Gate(feed), told


def test_an_open_gate_holds_nothing():
    assert a_gate()[0].hold is None


def test_the_most_deliberate_reason_is_told_first():
    gate, _ = a_gate()
    for hold, told in ((LOW, LOW), (AWAY, AWAY), (PAUSED, PAUSED)):
        gate.close(hold)
        assert gate.hold == told
    gate.open(Paused)
    assert gate.hold == AWAY
    assert gate.holding(DiskLow)


def test_closing_and_opening_is_told_once():
    gate, told = a_gate()
    gate.close(AWAY)
    gate.close(Away(since=NOW, reason="still"))
    assert told == [LineChanged()]
    assert gate.hold == Away(since=NOW, reason="still")
    gate.open(Away)
    gate.open(Away)
    assert told == [LineChanged(), LineChanged()]


async def test_the_bell_is_heard_though_it_rang_before_anybody_listened():
    gate, _ = a_gate()
    gate.ring()
    await gate.rung()


async def test_one_ring_wakes_once_and_opening_rings():
    gate, _ = a_gate()
    gate.close(AWAY)
    waiting = asyncio.create_task(gate.rung())
    await settled()
    assert not waiting.done()
    gate.open(Away)
    await waiting
    again = asyncio.create_task(gate.rung())
    await settled()
    assert not again.done()
    gate.ring()
    await again


def progress():
    return Progress.of_graph(a_graph())


def test_a_second_drawing_never_enters_the_lane():
    lane = Lane(Feed())
    lane.enter(a_job(), progress())
    with pytest.raises(AssertionError, match="#1"):
        lane.enter(a_job(id=2), progress())


def test_what_left_the_lane_is_visible_until_its_pictures_are_safe():
    lane = Lane(Feed())
    drawing = lane.enter(a_job(), progress())
    assert lane.of(1) is drawing
    lane.release()
    assert lane.drawing is None
    assert lane.of(1) is drawing
    lane.fetched(1)
    assert lane.of(1) is None


def test_releasing_an_empty_lane_does_nothing():
    lane = Lane(Feed())
    lane.release()
    lane.fetched(1)
    assert lane.of(1) is None


def test_every_step_is_told_and_what_comes_late_is_not():
    feed, told = Feed(), []
    lane = Lane(feed)
    with feed.telling(told.append):
        drawing = lane.enter(a_job(), progress())
        lane.advance(Started(), at=NOW)
        lane.release()
        lane.advance(Sampled(node="3", step=1, of=2), at=NOW)
    assert told == [JobMoved(job=1)]
    assert drawing.progress.started == NOW
