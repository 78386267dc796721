"""What people read of batches: the plan, the card, the lists, the report."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.core.batching import BatchCounts, BatchKind, BatchState, redrawing_key
from bot.core.errors import BadRequest
from bot.core.generation import Aspect, Seed
from bot.core.job import JobState, Warmth
from bot.core.leafing import Newer, Older, Page
from bot.core.queueing import Known, Learning
from bot.core.reporting import Spread, morning_report
from bot.core.review import Review
from bot.ports.darkroom import Sheet
from bot.ports.poster import BatchReport
from bot.studio.foreman import BatchView
from bot.studio.gate import Paused
from bot.studio.line import JobView
from bot.studio.planner import Proposal
from tests.builders import (
    NOW,
    a_batch,
    a_card,
    a_failure,
    a_job,
    a_picture_post,
    a_project,
    a_request,
    a_size,
    an_artifact,
    an_outline,
    some_timings,
)
from tests.chat.looks import check, estimates, holds, jobs, long, names
from tests.chat.test_albums import some_measures

S, B = JobState, BatchState
KNOWN = Known(ms=60_000, drawings=5)
NOTHING = Known(ms=0, drawings=0)
LEARNING = Learning(drawings=1)


def a_proposal(**changes):
    outline = changes.pop("outline", an_outline())
    items = outline.items()
    usual = {
        "id": 7,
        "outline": outline,
        "title": "Rain",
        "items": items,
        "pictures": len(items),
        "project": None,
        "takes": KNOWN,
        "before": NOTHING,
    }
    return Proposal(**{**usual, **changes})


def a_view(state=B.RUNNING, pictures=0, *, counts=None, **changes):
    batch = {"id": 3, "title": "Rain", "state": state, **changes.pop("batch", {})}
    return BatchView(
        batch=a_batch(**batch),
        counts=BatchCounts(jobs=counts or {S.QUEUED: 83, S.DELIVERED: 35, S.FAILED: 2}, pictures=pictures),
        **changes,
    )


def labels(look):
    return [button.label for button in look.buttons]


# ── the plan


def test_a_plan_says_what_how_many_and_how_long_before_anything_is_drawn():
    base = a_request(
        characters=("Yuki",), style="ink", model="wai.safetensors", size=Aspect.WIDE, prompt="harbour"
    )
    outline = an_outline(base=base, text=None, seeds=tuple(Seed(n) for n in range(9)), ends_with_sheet=True)
    look = cards.plan_card(
        a_proposal(outline=outline, pictures=18, project=a_project(name="Moonlit *Harbor*"))
    )
    for words in (
        "9 drawings, 18 pictures",
        "about 1 min of drawing",
        "harbour\n**9 drawings",
        "`1` seed 0\n`2` seed 1\n",
        "… and 3 more",
        "Moonlit \\*Harbor\\* · Yuki · style ink · wai · wide",
        "ends with a contact sheet",
    ):
        assert words in look.text, words
    assert labels(look) == ["Start", "Not now"]


@pytest.mark.parametrize(
    ("takes", "before", "words"),
    [
        (KNOWN, NOTHING, "about 1 min of drawing\n"),
        (KNOWN, Known(ms=2000, drawings=3), "after about 2.0 s of what waits already"),
        (KNOWN, LEARNING, "once what waits already is drawn"),
        (LEARNING, KNOWN, "learning how long this takes (1 of 3 drawings)"),
        (Learning(drawings=0), KNOWN, "how long it takes is not measured yet"),
    ],
)
def test_a_plan_says_what_is_known_of_its_time_and_no_more(takes, before, words):
    assert words in cards.plan_card(a_proposal(takes=takes, before=before)).text


def test_a_night_says_that_it_runs_below_everyones_drawings():
    look = cards.plan_card(a_proposal(outline=an_outline(kind=BatchKind.OVERNIGHT)))
    assert "runs below everyone's own drawings · ends with a report" in look.text
    assert "everyone's own drawings go first" in cards.plan_card(a_proposal()).text


def test_a_size_in_pixels_is_written_as_one():
    outline = an_outline(base=a_request(size=a_size()))
    assert "832×1216" in cards.plan_card(a_proposal(outline=outline)).text


def test_a_list_with_a_fault_comes_back_with_its_form():
    look = cards.plan_refused(7, BadRequest("Line 3: the prompt is empty.", hint="Say what is to be drawn."))
    assert look.text.startswith("Line 3")
    assert [button.custom_id for button in look.buttons] == ["batch:plan-7:edit"]
    assert "Mend" in labels(look)[0]
    bare = cards.plan_refused(7, BadRequest("No."))
    assert bare.text.splitlines()[1].startswith("-#")
    form = cards.prompts_form(7, an_outline(text="x" * 9000, title="y" * 90))
    assert [len(field.value) for field in form.fields] == [4000, 80]
    assert cards.prompts_form(7, an_outline(text=None)).fields[0].value == ""


# ── the card


def test_a_running_batch_shows_one_bar_over_all_of_it():
    look = cards.batch_card(a_view(ends=NOW, wait=KNOWN))
    assert look.title == "Batch 3 · Rain"
    assert f"▰▰▰▱▱▱▱▱▱▱ 30 %\n35 of 120 · 2 failed · done <t:{NOW // 1000}:R>" in look.text
    assert labels(look) == ["Pause", "Cancel", "Failed ones"]


def test_what_is_not_known_is_said():
    assert "learning how long" in cards.batch_card(a_view(wait=LEARNING)).text
    held = cards.batch_card(a_view(wait=KNOWN, hold=Paused(since=NOW))).text
    assert "The queue is paused" in held
    assert "done <t" not in held
    assert "0 of 0" in cards.batch_card(a_view(counts={S.QUEUED: 0})).text


def test_a_paused_batch_says_since_when_and_what_is_still_drawn():
    look = cards.batch_card(a_view(B.PAUSED, counts={S.QUEUED: 3, S.RUNNING: 1}))
    assert f"0 of 4 · paused <t:{NOW // 1000}:R>" in look.text
    assert "finished first" in look.text
    assert labels(look) == ["Resume", "Cancel"]


def test_an_ended_batch_says_how_and_where_and_offers_nothing_that_cannot_be_done():
    done = {"since": NOW + 3_600_000, "report": a_card(message=9)}
    look = cards.batch_card(a_view(B.DONE, 236, counts={S.DELIVERED: 118, S.FAILED: 2}, batch=done))
    assert "118 of 120 drawn · 2 failed · done after 1 h" in look.text
    assert "236 pictures" in look.text
    assert "Its pictures end here → https://discord.com/channels/700/710/9" in look.text
    assert labels(look) == ["Failed ones", "Draw the 2 failed again"]
    assert "Contact sheet →" in cards.batch_card(a_view(B.DONE, batch={**done, "ends_with_sheet": True})).text
    night = {**done, "kind": BatchKind.OVERNIGHT}
    assert "Morning report →" in cards.batch_card(a_view(B.DONE, batch=night)).text
    cancelled = cards.batch_card(a_view(B.CANCELLED, counts={S.CANCELLED: 80, S.DELIVERED: 4, S.RUNNING: 1}))
    assert "4 of 85 drawn · 80 cancelled · cancelled after" in cancelled.text
    assert "ComfyUI stops" in cancelled.text


def test_what_was_drawn_and_not_posted_is_said():
    look = cards.batch_card(a_view(B.DONE, counts={S.DELIVERED: 2, S.SHELVED: 1}))
    assert "3 of 3 drawn · 1 not posted" in look.text
    assert labels(look) == ["Failed ones"]
    assert "1 not posted" in cards.batch_report(a_report(a_job(state=S.SHELVED))).content


def test_a_batch_whose_failed_ones_are_drawn_again_points_there_and_offers_it_no_more():
    again = a_batch(id=9, key=redrawing_key(3, taken_back=0), card=a_card(message=8))
    look = cards.batch_card(a_view(B.DONE, counts={S.DELIVERED: 1, S.FAILED: 2}, redrawn_as=again))
    assert "What failed is drawn again as batch 9 → https://discord.com/channels/700/710/8" in look.text
    assert labels(look) == ["Failed ones"]
    assert cards.redrawn_already(replace(again, card=None)).text == "What failed is drawn again as batch 9"
    assert "what failed of batch 3" in cards.batch_card(a_view(batch={"key": again.key})).text


def test_a_batch_of_which_nothing_came_is_red():
    nothing = cards.batch_card(a_view(B.DONE, counts={S.FAILED: 2}))
    some = cards.batch_card(a_view(B.DONE, counts={S.FAILED: 2, S.DELIVERED: 1}))
    assert nothing.colour != some.colour


def test_while_genga_restarts_the_card_says_so_and_offers_nothing():
    look = cards.resting_batch(a_view())
    assert look.text.endswith("Genga is restarting; this goes on by itself in a moment.")
    assert look.buttons == ()


def test_what_is_asked_before_a_batch_is_cancelled_offers_the_harmless_first():
    look = cards.asks_to_cancel(a_view())
    assert "83 drawings of 120 would not be made" in look.text
    assert labels(look) == ["Let it run", "Cancel it"]
    assert "goes on" in cards.kept_running(3).text


def test_each_change_is_answered_in_words():
    said = {state: cards.batch_said(a_batch(id=3, state=state)).text for state in BatchState}
    assert len(set(said.values())) == 4
    assert all(text.startswith("Batch 3 ") for text in said.values())


def test_a_card_that_moved_points_to_where_it_goes_on():
    assert "/710/9" in cards.moved_batch(a_batch(id=3), a_card(message=9)).text


# ── lists


def test_failed_ones_are_named_with_their_reasons_and_cures():
    failed = [a_job(id=number, state=S.FAILED, failure=a_failure()) for number in range(1, 20)]
    look = cards.failed_card(a_batch(id=3), [replace(failed[0], failure=None), *failed[1:]])
    assert look.title == "Batch 3 · 19 failed"
    for words in ("**#1**", "no reason is known", "memory did not suffice", "… and 4 more", "Draw smaller"):
        assert words in look.text
    assert look.text.endswith("#2, #3, #4, #5, #6, …: Draw smaller.")
    unposted = cards.failed_card(a_batch(id=3), [a_job(state=S.SHELVED), failed[1]])
    assert unposted.title == "Batch 3 · 1 failed · 1 not posted"
    assert cards.failed_card(a_batch(id=3), [a_job(state=S.SHELVED)]).title == "Batch 3 · 1 not posted"
    assert "Nothing of batch 3 has failed" in cards.failed_card(a_batch(id=3), []).text


def test_what_helps_all_that_failed_is_said_once_and_of_nobody_alone():
    failed = [a_job(id=number, state=S.FAILED, failure=a_failure()) for number in (1, 2)]
    assert cards.failed_card(a_batch(), failed).text.endswith("\nDraw smaller.")


def test_batches_are_listed_with_their_state_and_pages():
    view = a_view(batch={"card": a_card()})
    shown = (view, a_view(B.DONE, counts={S.DELIVERED: 1}))
    look = cards.batch_list(Page(shown=shown, older=Older(3), newer=Newer(3)))
    assert "**3** Rain · running · 35 of 120 · 2 failed" in look.text
    turned = ["page:batches:0", "page:batches:+3", "page:batches:3"]
    assert [button.custom_id for button in look.buttons] == turned
    assert cards.batch_list(Page(shown=(view,))).buttons == ()
    assert "no batch yet" in cards.batch_list(Page(shown=())).text
    assert cards.batch_list(Page(shown=(), newer=Newer(2))).text == "No older batches."


# ── the report


def a_report(*told_jobs, pictures=(), sheet=None, **batch):
    usual = {"id": 3, "title": "Rain", "state": B.DONE, "since": NOW + 3_600_000}
    batch = a_batch(**{**usual, **batch})
    told = morning_report(told_jobs, pictures)
    return BatchReport(batch=batch, told=told, nonce="n" * 25, sheet=sheet)


def test_a_list_ends_with_one_line_that_names_its_person():
    look = cards.batch_report(a_report(a_job(state=S.DELIVERED), pictures=[an_artifact()], card=a_card()))
    first, second, third = look.content.splitlines()
    assert first == "<@42> **Batch 3** · Rain"
    assert second == "1 drawn · done after 1 h"
    assert third.endswith("/710/720")
    assert look.files == ()


def test_a_night_reports_times_failures_and_what_waits_and_calls_the_best_advisory():
    told = [
        a_job(id=1, state=S.DELIVERED),
        a_job(id=2, state=S.FAILED, failure=a_failure()),
        a_job(id=3, state=S.CANCELLED),
    ]
    report = a_report(*told, pictures=[an_artifact(job=1)] * 2, kind=BatchKind.OVERNIGHT, channel=None)
    text = cards.batch_report(report).content
    assert labels(cards.batch_report(report)) == ["Draw the 1 failed again"]
    assert cards.batch_report(a_report(*told[::2])).buttons == ()
    for words in (
        "artist **Batch 3**",
        "1 of 3 drawn · 2 pictures · 1 failed · 1 cancelled",
        "- 1 × The GPU's memory did not suffice.",
        "Drawing times: not measured.\nBest candidates: not measured.\n2 pictures waiting for review: `/review",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        ([], "0 drawn · done after 1 h"),
        ([a_job(state=S.CANCELLED)] * 2, "0 of 2 drawn · 2 cancelled · done after 1 h"),
        (
            [a_job(state=S.FAILED, failure=a_failure())] * 2,
            "0 of 2 drawn · 2 failed · done after 1 h\n- 2 × The GPU's memory did not suffice.",
        ),
    ],
)
def test_a_night_of_which_nothing_was_drawn_says_only_that(jobs, words):
    lines = cards.batch_report(a_report(*jobs, kind=BatchKind.OVERNIGHT)).content.partition("\n")
    assert lines[2] == words


def test_a_night_without_a_candidate_says_why():
    rejected = an_artifact(review=Review.REJECTED, measures=some_measures())
    text = cards.batch_report(
        a_report(a_job(state=S.DELIVERED), pictures=[rejected], kind=BatchKind.OVERNIGHT)
    ).content
    assert "Best candidates: none; all are rejected, or nearly the same as another one." in text


def test_of_few_drawings_no_twentieth_is_spoken_of():
    def told(*times):
        drawn = [
            a_job(state=S.DELIVERED, timings=some_timings(drawing=ms, warmth=Warmth.WARM)) for ms in times
        ]
        return cards.batch_report(a_report(*drawn, kind=BatchKind.OVERNIGHT)).content

    assert "warm: 3.0 s (1 drawing)" in told(3000)
    assert "warm: half within 3.0 s, all within 4.0 s (2 drawings)" in told(3000, 4000)
    assert "95 % within 4.0 s (20 drawings)" in told(*[3000] * 18, 4000, 5000)


def test_failed_drawings_of_one_prompt_are_told_apart_by_the_seed_that_was_asked_for():
    failed = a_job(id=7, state=S.FAILED, request=a_request(seed=Seed(3)))
    assert "silver hair, harbour at dusk · seed 3" in cards.failed_card(a_batch(), [failed]).text


def test_of_very_many_reasons_the_rest_is_counted():
    failed = [
        a_job(state=S.FAILED, failure=replace(a_failure(), message=f"Reason {number}."))
        for number in range(9)
    ]
    text = cards.batch_report(a_report(*failed, kind=BatchKind.OVERNIGHT)).content
    assert "- 1 × Reason 5.\n- 3 for other reasons" in text


def test_what_the_report_would_tell_is_to_be_had_wherever_none_is_posted():
    night = {"kind": BatchKind.OVERNIGHT}
    for state, label in ((B.RUNNING, " so far"), (B.PAUSED, " so far"), (B.CANCELLED, ""), (B.DONE, "")):
        assert f"Report{label}" in labels(cards.batch_card(a_view(state, batch=night)))
    posted = cards.batch_card(a_view(B.DONE, batch={**night, "report": a_card()}))
    for look in (posted, cards.batch_card(a_view())):
        assert not {"Report", "Report so far"} & set(labels(look))
    told = morning_report([a_job(state=S.DELIVERED), a_job(state=S.QUEUED)], [an_artifact()])
    running = cards.report_so_far(a_batch(id=3, kind=BatchKind.OVERNIGHT), told)
    assert running.title == "Batch 3 · so far"
    assert running.text.startswith("1 of 2 drawn · 1 still to draw\nDrawing times: not measured.")
    over = morning_report([a_job(state=S.CANCELLED)], [])
    cancelled = cards.report_so_far(a_batch(id=3, state=B.CANCELLED, since=NOW + 60_000), over)
    assert cancelled.title == "Batch 3 · report"
    assert cancelled.text == "0 of 1 drawn · 1 cancelled · cancelled after 1 min"


def test_the_longest_report_there_can_be_is_one_message():
    slow = Spread(count=900, p50=90 * 3_600_000, p95=99 * 3_600_000)
    failed = [
        a_job(state=S.FAILED, failure=replace(a_failure(), message=f"{number} {'x' * 400}"))
        for number in range(9)
    ]
    told = replace(
        morning_report(failed, []),
        drawn=900,
        pictures=7200,
        unposted=99,
        cancelled=99,
        measured=7200,
        waiting=7200,
        best=tuple(an_artifact(id=number, job=10**9 + number) for number in range(9)),
        cold=slow,
        warm=slow,
    )
    far = 2**63
    batch = a_batch(
        id=10**9,
        key=redrawing_key(10**9, taken_back=0),
        kind=BatchKind.OVERNIGHT,
        state=B.DONE,
        title="y" * 400,
        guild=far,
        user=far,
        card=a_card(channel=far, message=far),
    )
    sheet = Sheet(content=b"x", size=a_size(), media_type="image/webp", missing=("front",) * 200)
    report = BatchReport(batch=batch, told=told, nonce="n" * 25, sheet=sheet, on_sheet=200, left_out=800)
    check(cards.batch_report(report))
    check(cards.batch_report(replace(report, sheet=None, no_sheet="z" * 400)))


def test_a_sheet_has_a_name_that_no_other_has():
    sheet = Sheet(content=b"x", size=a_size(), media_type="image/webp")
    (file,) = cards.batch_report(a_report(sheet=sheet)).files
    assert (file.name, file.alt) == ("genga-batch-3-nnnnnnnn.webp", "Contact sheet of batch 3")


def test_what_a_sheet_does_not_show_is_said():
    sheet = Sheet(content=b"x", size=a_size(), media_type="image/webp", missing=("front",))
    large = replace(a_report(sheet=sheet), on_sheet=200, left_out=800)
    *_, room, gone = cards.batch_report(large).content.splitlines()
    assert room == "-# The sheet shows the first 200 pictures; it has no room for 800 more."
    assert gone == "-# 1 picture of it could not be read any more."
    none = cards.batch_report(replace(a_report(), no_sheet="It cannot be made that small.")).content
    assert "There is no contact sheet: It cannot be made that small." in none


def test_a_drawing_of_a_batch_says_so():
    job = a_job(batch=3, state=S.DELIVERED)
    assert "batch 3" in cards.picture_post(a_picture_post(job=job)).content
    held = JobView(job=replace(job, state=S.QUEUED), hold=Paused(since=NOW), note="Its batch is paused.")
    waiting = cards.job_card(held, now=NOW).text
    assert waiting.startswith("waiting\nThe queue is paused")
    assert "Its batch is paused." in waiting
    assert "batch 3" in cards.job_sheet(JobView(job=job), [], [], now=NOW).text


# ── whatever people type


@st.composite
def batch_views(draw):
    counts = {state: draw(st.integers(0, 1000)) for state in JobState}
    return BatchView(
        batch=a_batch(
            id=draw(st.integers(1, 2**53)),
            title=draw(names),
            kind=draw(st.sampled_from(BatchKind)),
            state=draw(st.sampled_from(BatchState)),
            user_name=draw(names),
            channel=draw(st.sampled_from([None, 710])),
            card=draw(st.sampled_from([None, a_card(message=2**63)])),
            report=draw(st.sampled_from([None, a_card(message=2**63)])),
        ),
        counts=BatchCounts(jobs=counts, pictures=draw(st.integers(0, 8000))),
        wait=draw(st.one_of(st.none(), estimates)),
        ends=draw(st.sampled_from([None, NOW])),
        hold=draw(holds),
    )


@settings(max_examples=30)
@given(batch_views(), st.lists(jobs(), max_size=20), names, long)
def test_a_card_keeps_discords_limits_and_pings_nobody(view, failed, name, text):
    check(cards.batch_card(view))
    check(cards.resting_batch(view))
    check(cards.asks_to_cancel(view))
    check(cards.batch_list(Page(shown=(view,) * 10)))
    check(cards.failed_card(view.batch, failed))
    check(cards.plan_refused(1, BadRequest(text, hint=text)))
    base = a_request(prompt=text[:4000], style=name, model=name, characters=(name,) * 3)
    outline = an_outline(base=base, text=None, poses=(name, "side"), seeds=tuple(Seed(n) for n in range(9)))
    check(cards.plan_card(a_proposal(outline=outline, title=name, project=a_project(name=name))))
    told = morning_report(failed, [an_artifact()] * 3)
    check(cards.batch_report(BatchReport(batch=view.batch, told=told, nonce="n" * 25)))
    check(cards.report_so_far(view.batch, told))
