"""Whatever people type, a card keeps Discord's limits and pings nobody."""

from dataclasses import replace

from hypothesis import given as given_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.chat.cards.pictures import Deed
from bot.chat.cards.posts import Hanging
from bot.chat.markdown import code, cut, escape, fitted, prose
from bot.core.errors import BadRequest, UnknownName
from bot.core.job import JobState
from bot.core.leafing import Newer, Older, Page
from bot.core.library import GalleryKind
from bot.core.queueing import Known
from bot.core.review import Decision, Reason, Review
from bot.studio.critic import Exhibit
from bot.studio.line import QueueView
from bot.studio.refining import Shown
from bot.studio.report import Report
from tests.builders import (
    NOW,
    USER,
    a_gallery,
    a_job_event,
    a_picture,
    a_picture_post,
    a_project,
    a_waiting,
    an_artifact,
    some_health,
)
from tests.chat.looks import check, holds, jobs, long, names, spiced, views


def given(*strategies):
    """Try fewer cases than usual: each is a whole card of long texts."""
    return lambda test: settings(max_examples=30)(given_all(*strategies)(test))


@given(views())
def test_a_job_card(view):
    check(cards.job_card(view, now=NOW, preview=b"x"))


@given(jobs(), names)
def test_a_picture_post(job, name):
    post = a_picture_post(
        job=job,
        project=a_project(name=name),
        artifacts=[an_artifact(index=index) for index in range(1, 9)],
        pictures=[a_picture()] * 8,
    )
    check(cards.picture_post(post))


@given(jobs(), names, long)
def test_a_post_about_which_much_was_decided_and_said(job, name, told):
    pictures = [an_artifact(id=number, index=number) for number in range(1, 9)]
    decisions = {
        number: Decision(
            id=number,
            artifact=number,
            by_name="x",
            at=NOW,
            before=Review.UNREVIEWED,
            after=Review.REJECTED,
            reasons=tuple(Reason)[: number % 6],
            by=(USER, 2**63)[number % 2],
        )
        for number in range(1, 8)
    }
    hung = Hanging(
        job=job,
        project=a_project(name=name),
        pictures=[*pictures[:7], replace(pictures[7], deleted=NOW)],
        parent=job,
        told=f"{told}\n{told}",
        decisions=decisions,
    )
    check(cards.changed_post(hung))


@given(jobs(), long)
def test_the_panels_and_questions_about_pictures(job, words):
    pictures = tuple(an_artifact(id=number, index=number) for number in range(1, 9))
    for deed in (Deed.VARY, Deed.APPROVE, Deed.DELETE):
        check(cards.which_picture(Shown(job=job, pictures=pictures), deed))
    check(cards.picture_panel(Exhibit(picture=pictures[0], job=job), b"small"))
    check(cards.picture_panel(Exhibit(picture=pictures[0], job=job), None))
    check(cards.asks_to_delete(job, pictures, left=0))
    check(cards.picture_lost(words))
    check(cards.asks_where_to(job.id, [(number, words) for number in range(30)]))


@given(jobs())
def test_the_forms_of_a_drawing(job):
    for form in (cards.edit_form(job, job.id, 8), cards.draw_from_form(2**63)):
        assert 0 < len(form.title) <= 45
        assert len(form.custom_id) <= 100
        assert len(form.fields) <= 5
        for field in form.fields:
            assert len(field.label) <= 45
            assert len(field.hint) <= 100
            assert len(field.value) <= field.most


@given(jobs())
def test_a_notice(job):
    check(cards.notice(job))


@given(views(), st.lists(long, max_size=20))
def test_a_job_sheet(view, notes):
    events = [
        a_job_event(note=note, state=state) for note, state in zip(notes, list(JobState) * 3, strict=False)
    ]
    check(cards.job_sheet(view, events, [an_artifact()], now=NOW, line=[view.job, view.job]))


@given(st.lists(jobs(), max_size=15))
def test_a_job_list(listed):
    check(cards.job_list(Page(shown=tuple(listed), older=Older(2**53), newer=Newer(2**53))))


@given(jobs())
def test_a_params_card(job):
    check(cards.params_card(job))


@given(st.lists(views(), max_size=10), st.one_of(st.none(), views()), holds, st.integers(0, 3))
def test_a_queue_card(shown, drawing, hold, page):
    line = tuple(a_waiting(job=number, user=(42, 2**63)[number % 2]) for number in range(500))
    total = Known(ms=10**9, drawings=3)
    view = QueueView(
        drawing=drawing, line=line, shown=tuple(shown), page=page, pages=4, total=total, hold=hold
    )
    check(cards.queue_card(view, now=NOW))


@given(st.lists(jobs(), max_size=60), st.booleans())
def test_a_cleared_queue(cleared, everybody):
    check(cards.queue_cleared(cleared, everybody=everybody))


@given(st.lists(names, max_size=40))
def test_a_list_of_projects(known):
    projects = [
        a_project(id=number, name=name, gallery=a_gallery(thread=2**63)) for number, name in enumerate(known)
    ]
    check(cards.project_list(projects, in_use=projects[0] if projects else None))


@given(names, st.sampled_from([None, a_gallery(), a_gallery(kind=GalleryKind.FORUM, thread=5)]))
def test_a_project(name, gallery):
    project = a_project(name=name, gallery=gallery)
    looks = [
        cards.project_created(project, in_use=True),
        cards.project_used(project),
        cards.project_used(None),
    ]
    for look in [*looks, cards.project_card(project, in_use=True), cards.gallery_card(gallery, changed=True)]:
        check(look)
    check(cards.forum_starter(name))


@given(long, holds, st.dictionaries(names, st.lists(names, min_size=1, max_size=9).map(tuple), max_size=20))
def test_a_status(words, hold, disabled):
    for renderer in (None, some_health(version=words, device=words)):
        report = Report(
            renderer=renderer,
            renderer_problem=words,
            hold=hold,
            jobs={JobState.QUEUED: 3},
            database_ms=0.4,
            disk_free=10**11,
            started=NOW,
            now=NOW + 99_000,
            disabled=disabled,
            backup=NOW,
            incidents=12,
        )
        check(cards.status_card(report, version="0.1.0", latency_ms=None, places={words: words}))


@given(long, long)
def test_a_refusal(message, hint):
    check(cards.refusal(BadRequest(f"x{message}", hint=hint)))
    check(cards.refusal(UnknownName("project", message, [hint])))


@given(spiced, st.integers(1, 200))
def test_what_is_cut_to_fit_fits(text, limit):
    assert len(cut(text, limit)) <= limit
    assert len(fitted(text, limit)) <= limit


@given(spiced)
def test_people_s_words_stay_on_one_line(text):
    for written in (escape(text), code(text), prose(text)):
        assert "\n" not in written


@given(spiced)
def test_nothing_ends_a_code_span_early(text):
    span = code(text, 5000)
    fence = span[: len(span) - len(span.lstrip("`"))]
    assert not fence or fence not in span[len(fence) : -len(fence)]
