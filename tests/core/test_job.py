"""A job's states and the only ways between them."""

from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.core.errors import WrongState
from bot.core.job import TRANSITIONS, JobState, Timings
from tests.builders import NOW, a_job, a_recipe, a_request, some_timings

ENDS = {JobState.DELIVERED, JobState.SHELVED, JobState.FAILED, JobState.CANCELLED}


def test_the_ends_are_those_of_the_table():
    assert {state for state in JobState if state.is_end} == ENDS


def test_every_state_has_its_row():
    assert set(TRANSITIONS) == set(JobState)


def test_every_state_can_be_reached_and_every_one_leads_to_an_end():
    reached = {JobState.QUEUED}
    for _ in JobState:
        reached |= {target for state in reached for target in TRANSITIONS[state]}
    leading = set(ENDS)
    for _ in JobState:
        leading |= {state for state, targets in TRANSITIONS.items() if targets & leading}
    assert reached == leading == set(JobState)


def test_comfyui_has_what_is_submitted_or_running():
    assert {state for state in JobState if state.in_renderer} == {JobState.SUBMITTED, JobState.RUNNING}


def test_what_is_drawn_is_never_thrown_away():
    assert TRANSITIONS[JobState.RENDERED] == {JobState.DELIVERED, JobState.SHELVED}


@pytest.mark.parametrize("state", JobState)
def test_no_state_leads_to_itself(state):
    assert state not in TRANSITIONS[state]


def test_a_transition_keeps_its_time_and_nothing_else_changes():
    job = a_job()
    assert job.to(JobState.SUBMITTED, at=NOW + 5) == a_job(state=JobState.SUBMITTED, since=NOW + 5)


def test_a_way_that_the_table_does_not_know_is_refused_in_words():
    with pytest.raises(WrongState) as refusal:
        a_job(state=JobState.DELIVERED).to(JobState.QUEUED, at=NOW)
    assert "#1 is delivered" in refusal.value.message
    assert refusal.value.hint


class AnyWay(RuleBasedStateMachine):
    """Whatever is tried with a job, it goes only where the table leads, and its end is final."""

    def __init__(self) -> None:
        super().__init__()
        self.job = a_job()
        self.at = NOW

    @rule(state=st.sampled_from(JobState))
    def is_tried(self, state):
        self.at += 1
        before = self.job
        try:
            self.job = before.to(state, at=self.at)
        except WrongState:
            assert state not in TRANSITIONS[before.state]
        else:
            assert state in TRANSITIONS[before.state]
            assert self.job.since == self.at

    @precondition(lambda self: self.job.state is JobState.QUEUED)
    @rule()
    def is_tried_anew(self):
        before = self.job
        self.job = before.next_attempt()
        assert self.job.prompt_id != before.prompt_id

    @invariant()
    def an_end_has_no_way_out(self):
        assert self.job.state.is_end == (not TRANSITIONS[self.job.state])


TestAnyWay = AnyWay.TestCase


def test_the_prompt_id_is_recomputable():
    assert a_job().prompt_id == a_job(state=JobState.RUNNING, since=NOW + 9).prompt_id
    assert str(UUID(a_job().prompt_id)) == a_job().prompt_id


def test_every_attempt_and_every_job_has_a_prompt_id_of_its_own():
    assert len({job.prompt_id for job in (a_job(), a_job(attempt=2), a_job(uid=UUID(int=2)))}) == 3


def test_comfyui_may_have_what_was_once_on_its_way_there():
    assert not a_job().was_handed_over
    assert a_job(timings=some_timings(queued=0)).was_handed_over


def test_a_next_attempt_was_not_handed_over_yet():
    anew = a_job(timings=some_timings()).next_attempt()
    assert (anew.attempt, anew.timings, anew.was_handed_over) == (2, Timings(), False)


def test_a_job_is_captioned_by_what_was_typed():
    job = a_job(request=a_request(prompt="@Mira,\n a  heron"), recipe=a_recipe(prompt="1girl, a heron"))
    assert job.caption == "@Mira, a heron"
