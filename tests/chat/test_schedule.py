"""Whose card is edited next."""

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.schedule import BUCKET, Allowance, Rank, Turn, Wait, next_turn
from bot.core.job import JobState
from bot.core.pacing import CEILING_S, FLOOR_S

NOW = 1000.0


def a_turn(rank=Rank.WAITING, *, news=NOW, looked=NOW - 1, edited=NOW - 1, calm_until=float("-inf")):
    return Turn(rank=rank, news=news, looked=looked, edited=edited, calm_until=calm_until)


def an_allowance(*edits, led=float("-inf")):
    return Allowance(edits=edits, led=led)


def test_every_state_has_its_rank():
    assert Rank.of(JobState.QUEUED) is Rank.WAITING
    assert {Rank.of(state) for state in (JobState.SUBMITTED, JobState.RUNNING, JobState.RENDERED)} == {
        Rank.DRAWING
    }
    assert all(Rank.of(state) is Rank.END for state in JobState if state.is_end)


def test_an_end_goes_before_a_drawing_and_a_drawing_before_those_who_wait():
    end, drawing, waiting = a_turn(Rank.END), a_turn(Rank.DRAWING), a_turn()
    turns = [waiting, drawing, end]
    assert next_turn(turns, an_allowance(), now=NOW) is end
    assert next_turn(turns[:2], an_allowance(), now=NOW) is drawing
    assert next_turn(turns[:1], an_allowance(), now=NOW) is waiting


def test_the_older_end_goes_first():
    older, newer = a_turn(Rank.END, news=NOW - 2), a_turn(Rank.END, news=NOW - 1)
    newer.looked = older.looked = NOW
    older.news, newer.news = NOW - 2, NOW - 1
    assert next_turn([newer, older], an_allowance(), now=NOW) is older


def test_of_those_who_wait_the_least_recently_edited_goes_first():
    lately, long_ago = a_turn(edited=NOW - 5), a_turn(edited=NOW - 50)
    assert next_turn([lately, long_ago], an_allowance(), now=NOW) is long_ago


def test_without_news_there_is_nothing_to_do_until_time_itself_must_be_shown():
    drawing, waiting = a_turn(Rank.DRAWING, news=None), a_turn(news=None)
    assert next_turn([drawing, waiting], an_allowance(), now=NOW) == Wait(seconds=4.0)
    assert next_turn([waiting], an_allowance(), now=NOW) == Wait(seconds=59.0)
    assert next_turn([drawing], an_allowance(), now=NOW + 4) is drawing


def test_a_spent_allowance_holds_back_even_an_end():
    allowance = an_allowance(*[NOW] * BUCKET)
    wait = next_turn([a_turn(Rank.END)], allowance, now=NOW)
    assert isinstance(wait, Wait)
    assert wait.seconds > BUCKET * FLOOR_S


def test_those_who_wait_leave_an_edit_for_an_end_that_may_come():
    gap = Allowance().pace.gap
    edits = [NOW - 3 * gap, NOW - 2 * gap, NOW - gap, NOW - gap / 2]
    assert isinstance(next_turn([a_turn()], an_allowance(*edits), now=NOW), Wait)
    assert isinstance(next_turn([a_turn(Rank.END)], an_allowance(*edits), now=NOW), Turn)


def test_those_who_wait_take_their_edits_one_gap_apart():
    gap = Allowance().pace.gap
    assert isinstance(next_turn([a_turn()], an_allowance(NOW - gap / 2), now=NOW), Wait)
    assert isinstance(next_turn([a_turn()], an_allowance(NOW - gap), now=NOW), Turn)


def test_those_who_wait_do_not_take_the_edit_the_drawing_card_will_need():
    gap = Allowance().pace.gap
    led = NOW - 0.1
    drawing = a_turn(Rank.DRAWING, news=None, edited=led)
    calm = a_turn(Rank.DRAWING, news=None, edited=led, calm_until=NOW + 100)
    busy = an_allowance(led - 2.6 * gap, led - 1.3 * gap, led, led=led)
    assert isinstance(next_turn([drawing, a_turn()], busy, now=NOW), Wait)
    waiting = a_turn()
    assert next_turn([calm, waiting], busy, now=NOW) is waiting


@given(
    st.lists(st.sampled_from(Rank), min_size=1, max_size=8),
    st.lists(st.floats(0.0, 2.0), min_size=60, max_size=60),
)
def test_never_more_edits_than_the_bucket_holds_and_never_a_standstill(ranks, delays):
    """Simulate a channel in which everybody always has news."""
    turns = [a_turn(rank, news=0.0, looked=-1.0, edited=-100.0) for rank in ranks]
    allowance, now = Allowance(), 0.0
    for took in delays:
        answer = next_turn(turns, allowance, now=now)
        if isinstance(answer, Wait):
            assert 0 < answer.seconds <= BUCKET * CEILING_S + 1
            now += answer.seconds
            continue
        began, now = now, now + took / 4
        full = allowance.edits if len(allowance.edits) == BUCKET else ()
        assert not full or began - full[0] >= BUCKET * FLOOR_S
        allowance = allowance.edited(answer.rank, now=now, took=now - began)
        answer.edited = answer.looked = began


def test_a_buckets_last_edit_that_returns_when_the_bucket_is_full_again_slows_nothing_down():
    allowance = an_allowance(*(NOW + second for second in (0.0, 0.1, 1.4, 2.7)))
    gap = allowance.pace.gap
    allowance = allowance.edited(Rank.DRAWING, now=NOW + BUCKET * gap, took=BUCKET * gap - 4.0)
    assert allowance.pace.gap <= gap


def test_an_edit_that_is_held_up_beyond_that_slows_the_channel_down():
    allowance = an_allowance(*(NOW + second for second in (0.0, 0.1, 1.4, 2.7)))
    gap = allowance.pace.gap
    allowance = allowance.edited(Rank.DRAWING, now=NOW + BUCKET * gap + 2 * gap, took=2.0 + 2 * gap)
    assert allowance.pace.gap > gap
