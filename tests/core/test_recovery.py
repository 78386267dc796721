"""What becomes of a job that was in ComfyUI's hands: a table, and what holds whatever is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.job import JobState
from bot.core.recovery import (
    MAX_ATTEMPTS,
    MAX_INTERRUPTED,
    MAX_OPENED,
    Evidence,
    Fate,
    Standing,
    fate_of,
    is_poison,
)

S = JobState

evidences = st.builds(
    Evidence,
    state=st.sampled_from(JobState),
    standing=st.none() | st.sampled_from(Standing),
    attempt=st.integers(1, MAX_ATTEMPTS + 1),
    cancel_requested=st.booleans(),
    interrupted=st.integers(0, MAX_INTERRUPTED + 1),
    opened=st.integers(0, MAX_OPENED + 1),
    given=st.booleans(),
    files=st.booleans(),
)


def gone(state=S.RUNNING, **changes):
    return Evidence(state=state, standing=Standing.GONE, **changes)


@pytest.mark.parametrize(
    ("found", "fate"),
    [
        (Evidence(state=S.SUBMITTED, standing=Standing.WAITING), Fate.ADOPT),
        (Evidence(state=S.RUNNING, standing=Standing.RUNNING), Fate.ADOPT),
        (Evidence(state=S.RUNNING, standing=Standing.ENDED), Fate.COLLECT),
        (Evidence(state=S.RUNNING, standing=None), Fate.WAIT),
        (Evidence(state=S.RUNNING, standing=Standing.RUNNING, cancel_requested=True), Fate.CANCEL),
        (gone(cancel_requested=True, files=True), Fate.CANCEL),
        (gone(files=True), Fate.SALVAGE),
        (gone(S.SUBMITTED, files=True), Fate.SALVAGE),
        (gone(), Fate.REQUEUE),
        (gone(interrupted=1), Fate.POISON),
        (gone(attempt=MAX_ATTEMPTS), Fate.LOST),
        (gone(S.SUBMITTED), Fate.AGAIN),
        (gone(S.SUBMITTED, given=True), Fate.REQUEUE),
        (gone(S.SUBMITTED, given=True, attempt=MAX_ATTEMPTS), Fate.LOST),
        (gone(files=True, opened=MAX_OPENED), Fate.POISON),
        (Evidence(state=S.RUNNING, standing=Standing.ENDED, opened=MAX_OPENED), Fate.POISON),
    ],
)
def test_each_case_has_its_fate(found, fate):
    assert fate_of(found) is fate


@given(evidences)
def test_a_job_that_comfyui_never_had_or_that_ended_is_left_alone(found):
    assert (fate_of(found) is Fate.LEAVE) == (not found.state.in_renderer)


@given(evidences)
def test_what_is_unknown_counts_as_busy(found):
    silent = replace(found, standing=None)
    assert fate_of(silent) in (Fate.WAIT, Fate.LEAVE)


@given(evidences.filter(lambda found: found.state.in_renderer))
def test_nothing_is_drawn_again_while_comfyui_has_it_or_its_pictures_lie_there(found):
    drawn_again = fate_of(found) in (Fate.AGAIN, Fate.REQUEUE)
    assert not (drawn_again and (found.standing is not Standing.GONE or found.files))


@given(evidences.filter(lambda found: found.state.in_renderer))
def test_a_wish_to_cancel_is_never_forgotten(found):
    wished = fate_of(replace(found, cancel_requested=True))
    assert wished not in (Fate.AGAIN, Fate.REQUEUE, Fate.ADOPT, Fate.SALVAGE)


@given(evidences)
def test_no_job_is_drawn_for_ever(found):
    """Follow a job that is gone at every look through all its lives."""
    lives = 0
    while fate_of(found) in (Fate.REQUEUE, Fate.SALVAGE):
        lives += 1
        found = replace(
            _done(found, fate_of(found)), state=S.RUNNING, standing=Standing.GONE, given=True, files=False
        )
    assert lives <= MAX_ATTEMPTS + 1


@given(evidences)
def test_repeating_recovery_changes_nothing(found):
    fate = fate_of(found)
    after = _done(found, fate)
    again = fate_of(after)
    assert again in (Fate.LEAVE, fate)
    assert _done(after, again) == after


def _done(found, fate):
    """Return the evidence as it is once the fate is done, and ComfyUI has not moved."""
    match fate:
        case Fate.REQUEUE:
            begun = found.state is S.RUNNING
            return replace(
                found,
                state=S.QUEUED,
                attempt=found.attempt + 1,
                interrupted=found.interrupted + begun,
                opened=0,
            )
        case Fate.AGAIN:
            return replace(found, state=S.QUEUED)
        case Fate.CANCEL if found.standing is Standing.GONE:
            return replace(found, state=S.CANCELLED)
        case Fate.SALVAGE:
            return replace(found, state=S.RENDERED)
        case Fate.LOST | Fate.POISON:
            return replace(found, state=S.FAILED)
        case _:
            return found


def test_twice_broken_off_is_poison():
    assert [is_poison(times) for times in range(4)] == [False, False, True, True]
