"""What the other cards say, and how people's words are written in them."""

import json
import re
from dataclasses import replace
from uuid import UUID

import pytest

from bot.chat import cards
from bot.chat.cards.measures import duration
from bot.chat.cards.recipes import subject
from bot.chat.look import Look
from bot.chat.markdown import code, cut, escape, fitted, prose
from bot.core.errors import Incident, UnknownName
from bot.core.generation import CastMember, Lora, StyleUsed
from bot.core.job import JobState, Timings
from bot.core.leafing import Newer, Older, Page
from bot.core.library import GalleryKind
from bot.core.queueing import Known, Learning
from bot.studio.gate import Away, DiskLow, Paused
from bot.studio.line import JobView, QueueView
from bot.studio.report import Report
from tests.builders import (
    NOW,
    a_card,
    a_failure,
    a_gallery,
    a_job,
    a_job_event,
    a_lineage,
    a_picture,
    a_picture_post,
    a_project,
    a_recipe,
    a_reference,
    a_request,
    a_waiting,
    an_artifact,
    some_health,
    some_timings,
)

# ── people's words


def test_words_written_from_right_to_left_turn_nothing_but_themselves():
    assert escape("\u202eevil") == "\u202eevil\u202c"
    assert fitted("\u2067\u202e" + "evil " * 9, 12) == "\u2067\u202eevil…\u202c\u2069"
    assert escape("\u202eevil\u202c and good\u202c") == "\u202eevil\u202c and good\u202c"
    assert code("\u2066x") == "`\u2066x\u2069`"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("silver_hair, *wind*", "silver\\_hair, \\*wind\\*"),
        ("(masterpiece:1.2), best-quality", "(masterpiece:1.2), best-quality"),
        ("# heading", "\\# heading"),
        ("1. first", "1\\. first"),
        ("[link](https://x.y)", "\\[link](https\\://x.y)"),
        ("<@42> and @everyone", "\\<@\u200b42> and @\u200beveryone"),
        ("two\nlines", "two lines"),
        ("a \\ b", "a \\\\ b"),
    ],
)
def test_people_s_words_are_shown_as_typed(typed, written):
    assert escape(typed) == written


def test_a_long_text_is_cut_at_a_word():
    assert cut("a heron under paper lanterns", 20) == "a heron under paper…"
    assert fitted("a_b " * 10, 12) == "a\\_b a\\_b…"


def test_backticks_in_a_code_span_do_not_end_it():
    assert code("plain") == "`plain`"
    assert code("a`b") == "``a`b``"
    assert code("`") == "`` ` ``"
    assert code("") == "(empty)"


def test_our_own_sentences_keep_their_code_spans_and_nothing_else():
    assert prose("There is no `euler_a` in *this* list.") == "There is no `euler_a` in \\*this\\* list."


def test_our_own_sentences_name_channels_and_nobody():
    assert prose("<#731> is not <@7>'s.") == "<#731> is not \\<@\N{ZERO WIDTH SPACE}7>'s."


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (5, "5 ms"),
        (14_230, "14.2 s"),
        (59_949, "59.9 s"),
        (59_950, "1 min"),
        (192_000, "3 min 12 s"),
        (3_599_600, "1 h"),
        (7_500_000, "2 h 5 min"),
        (273_600_000, "3 d 4 h"),
    ],
)
def test_durations_carry_their_units(ms, words):
    assert duration(ms) == words


# ── the gallery


def test_the_post_says_all_that_search_should_find():
    job = a_job(id=128, state=JobState.RENDERED, timings=some_timings(), lineage=a_lineage(parent=121))
    look = cards.picture_post(a_picture_post(job=job, project=a_project(name="Harbour")))
    assert look.content == (
        "**#128** 1girl, silver hair, harbour at dusk\n"
        "-# by <@42> · Harbour · illustrious\\_xl · 832×1216 · 25 steps · cfg 5 · seed 1870400651 · drawn in 3.4 s · "
        "txt2img · again from #121"
    )
    assert look.embeds() == []


def test_what_was_not_measured_is_not_made_up():
    job = a_job(state=JobState.RENDERED)
    assert "time not measured" in cards.picture_post(a_picture_post(job=job)).content


def test_every_picture_says_what_it_shows():
    post = a_picture_post(
        job=a_job(id=128, uid=UUID("0f3a9c2e-0000-4000-8000-000000000000")),
        artifacts=[an_artifact(index=1), an_artifact(index=2)],
        pictures=[a_picture(media_type="image/webp")] * 2,
    )
    files = cards.picture_post(post).files
    assert [file.name for file in files] == ["genga-128-0f3a9c2e-1.webp", "genga-128-0f3a9c2e-2.webp"]
    assert files[1].alt == "Picture 2 of 2, job #128: 1girl, silver hair, harbour at dusk"


def test_the_notice_names_the_one_who_asked_and_where_to_look():
    job = a_job(id=128, state=JobState.DELIVERED, post=a_card(), timings=some_timings(total=14_230))
    assert cards.notice(job).content == (
        "<@42> **#128** is done in 14.2 s → https://discord.com/channels/700/710/720"
    )


def test_the_notice_of_a_failure_says_what_happened_and_what_to_do():
    failure = a_failure(kind="refused", message="`eulr` is no sampler.", hint="Nearest: `euler`.")
    job = a_job(id=128, state=JobState.FAILED, failure=failure)
    assert cards.notice(job).content == (
        "<@42> **#128** could not be drawn: ComfyUI refused it.\n`eulr` is no sampler.\nNearest: `euler`."
    )


# ── the queue


def a_queue(number, *, page=0, **changes):
    places = range(page * 10 + 1, min(number, page * 10 + 10) + 1)
    takes = Known(ms=40_000, drawings=3)
    values = {
        "drawing": None,
        "line": tuple(a_waiting(job=100 + place) for place in range(1, number + 1)),
        "shown": tuple(JobView(job=a_job(id=100 + at), place=at, drawing_time=takes) for at in places),
        "page": page,
        "pages": max(-(-number // 10), 1),
        "total": Known(ms=99_000, drawings=3),
        "hold": None,
    }
    return QueueView(**{**values, **changes})


def test_the_queue_shows_who_waits_for_how_long():
    look = cards.queue_card(a_queue(2), now=NOW)
    assert "`1` **#101** <@42> · about 40.0 s · 1girl" in look.text
    assert "2 jobs waiting · all drawn: about 1 min 39 s" in look.text
    assert "Nothing is being drawn." in look.text
    assert look.buttons == ()


def test_a_long_queue_has_pages():
    first, last = (cards.queue_card(a_queue(23, page=page), now=NOW) for page in (0, 2))
    assert "`10`" in first.text
    assert [(one.custom_id, one.label) for one in first.buttons] == [("page:queue:1", "Later in line")]
    assert "`23`" in last.text
    assert [(one.custom_id, one.label) for one in last.buttons] == [("page:queue:1", "Earlier in line")]
    assert last.footer == "Page 3 of 3"


def test_an_empty_queue_says_so():
    text = cards.queue_card(a_queue(0, total=Learning(drawings=0)), now=NOW).text
    assert text == "Nothing is being drawn.\n\nNobody waits."


def test_nothing_is_promised_while_the_queue_is_held_up():
    text = cards.queue_card(a_queue(2, hold=Paused(since=NOW)), now=NOW).text
    assert "all drawn: about 1 min 39 s once it goes on" in text


def test_a_paused_queue_says_why():
    assert "paused" in cards.queue_card(a_queue(1, hold=Paused(since=NOW)), now=NOW).text


def test_what_was_taken_back_is_counted_and_named():
    jobs = [a_job(id=7), a_job(id=9)]
    assert cards.queue_cleared(jobs, everybody=False).text == "2 waiting jobs of yours taken back: #7, #9."
    assert cards.queue_cleared([], everybody=True).text == "There was no waiting job to take back."


def test_a_cancelling_says_whether_it_has_happened():
    assert cards.job_cancelled(a_job(id=7, state=JobState.CANCELLED)).text == "**#7** is cancelled."
    assert "is being cancelled" in cards.job_cancelled(a_job(id=7, state=JobState.RUNNING)).text


# ── one job


def test_of_what_was_never_drawn_only_measured_times_are_told():
    def told(**times):
        job = a_job(state=JobState.FAILED, failure=a_failure(), timings=Timings(**times))
        return cards.job_sheet(JobView(job=job), [], [], now=NOW).text

    assert "\n**Time** waiting 38 ms · loading 2.0 s\n" in told(queued=38, load=2000)
    assert "**Time**" not in told()


def test_the_sheet_tells_the_whole_story():
    timings = some_timings(total=14_230, fetch=80)
    recipe = a_recipe(loras=(Lora(name="mira_v2.safetensors", strength=0.8),), reference=a_reference())
    job = a_job(
        id=128,
        state=JobState.DELIVERED,
        post=a_card(),
        timings=timings,
        recipe=recipe,
        lineage=a_lineage(parent=121),
    )
    events = [a_job_event(), a_job_event(state=JobState.RUNNING, at=NOW + 32_000)]
    parent = a_job(id=121, post=a_card(message=5))
    look = cards.job_sheet(JobView(job=job), events, [an_artifact()], now=NOW, line=[parent, job])
    for words in (
        "**#128** is done in 14.2 s",
        f"queued <t:{NOW // 1000}:T> → started <t:{NOW // 1000 + 32}:T>",
        "drawing 3.4 s · in all 14.2 s · model warm",
        "fetching 80 ms · posting not measured",
        "LoRA `mira_v2.safetensors` at 0.8",
        "reference picture 512×768",
        "seed `1870400651`",
        "came from [#121](https://discord.com/channels/700/710/5) → again → #128",
        "1 picture in the library",
    ):
        assert words in look.text


def test_a_list_offers_what_is_older_and_what_is_newer_and_the_newest():
    shown = (a_job(id=9, state=JobState.FAILED), a_job(id=8))
    look = cards.job_list(Page(shown=shown, older=Older(8), newer=Newer(9)))
    buttons = [("page:jobs:0", "Newest"), ("page:jobs:+9", "Newer"), ("page:jobs:8", "Older")]
    assert [(one.custom_id, one.label) for one in look.buttons] == buttons
    assert "**#9** failed" in look.text
    assert "**#8** waiting" in look.text
    assert cards.job_list(Page(shown=shown)).buttons == ()
    assert "`/generate`" in cards.job_list(Page(shown=())).text
    assert cards.job_list(Page(shown=(), newer=Newer(7))).text == "No older jobs."


def test_a_list_of_some_jobs_that_holds_none_does_not_say_that_there_are_none_at_all():
    look = cards.job_list(Page(shown=()), list_name="jobs.sfailed")
    assert look.text == "No job fits that. `/job list` without options shows all."


@pytest.mark.parametrize(
    ("text", "turn"), [("0", None), ("91", Older(91)), ("+91", Newer(91)), ("+0", Newer(0))]
)
def test_what_stands_on_a_button_says_which_page_it_leads_to(text, turn):
    assert re.fullmatch(cards.TURN, text)
    assert cards.turn_in(text) == turn


def test_params_come_as_text_and_as_the_files_a_machine_reads():
    look = cards.params_card(a_job(id=128, state=JobState.DELIVERED))
    params, workflow = look.files
    assert json.loads(params.content)["seed"] == 1870400651
    assert json.loads(workflow.content) == a_job().graph.to_api()
    assert "exactly as it was sent" in look.text
    assert "**sampler** euler\\_ancestral" in look.text


def test_params_of_what_was_not_sent_say_so():
    assert "Not sent to ComfyUI yet" in cards.params_card(a_job()).text
    unbound = cards.params_card(replace(a_job(), graph=None))
    assert len(unbound.files) == 1
    assert "There is no workflow yet" in unbound.text


# ── projects, status, refusals


def test_a_project_says_where_its_pictures_go():
    assert "<#730>, in a thread there." in cards.project_card(a_project()).text
    forum = a_project(gallery=a_gallery(kind=GalleryKind.FORUM, thread=731))
    assert "<#730>, in <#731>." in cards.project_card(forum).text
    assert "the server's gallery" in cards.project_card(a_project(gallery=None)).text


def test_the_project_in_use_is_marked_in_the_list():
    one, two = a_project(id=1, name="Harbour"), a_project(id=2, name="Fox")
    first, second = cards.project_list([one, two], in_use=two).text.split("\n")
    assert "you work on it" not in first
    assert "you work on it" in second


def a_report(**changes):
    values = {
        "renderer": some_health(),
        "renderer_problem": "",
        "hold": None,
        "jobs": {JobState.QUEUED: 3, JobState.DELIVERED: 40, JobState.FAILED: 2},
        "database_ms": 0.42,
        "disk_free": 10**11,
        "started": NOW,
        "now": NOW + 99_000,
        "disabled": {},
        "backup": NOW,
        "incidents": 0,
    }
    return Report(**{**values, **changes})


def a_status(**changes) -> Look:
    return cards.status_card(a_report(**changes), version="0.1.0", latency_ms=41.3)


def test_a_gateway_that_is_late_is_not_called_good():
    look = cards.status_card(a_report(), version="0.1.0", latency_ms=41_251.0)
    assert look.text.startswith("🟡 Discord · gateway answers in 41,251 ms")


def test_the_status_has_a_line_for_every_part():
    look = a_status()
    for words in (
        "🟢 ComfyUI 0.33.0 · ready · cuda:0 · 9.0 of 12.0 GiB free",
        "🟢 queue · 3 waiting · 0 being drawn · 0 to be posted",
        "🟢 database · answers in 0.4 ms · 42 finished jobs",
        "🟢 disk · 93.1 GiB free",
        "🟢 Discord · gateway answers in 41 ms",
        f"🟢 backup · the newest was taken <t:{NOW // 1000}:R>",
    ):
        assert words in look.text
    assert look.footer == "Genga 0.1.0 · up for 1 min 39 s"


def test_what_is_wrong_stands_first():
    away = Away(since=NOW, reason="ComfyUI cannot be reached.")
    look = a_status(renderer=None, renderer_problem="ComfyUI cannot be reached.", hold=away)
    assert look.text.startswith("🔴 ComfyUI · cannot be reached.")
    low = a_status(hold=DiskLow(free=2**30, needed=2**31))
    assert low.text.startswith("🔴 disk")
    lacking = a_status(disabled={"anime": ("RMBG", "SAM3")}, hold=Paused(since=NOW))
    assert lacking.text.startswith("🟡")
    assert "workflow `anime` · ComfyUI lacks RMBG, SAM3" in lacking.text


def test_what_was_not_measured_yet_is_said_in_the_status():
    look = cards.status_card(a_report(), version="0.1.0", latency_ms=None)
    assert "latency not measured yet" in look.text


def test_what_was_caught_and_foreseen_by_nobody_is_counted():
    assert "🟡 2 incidents in the last 24 hours" in a_status(incidents=2).text
    assert "incident" not in a_status().text


def test_a_studio_without_a_backup_is_warned():
    assert "🟡 backup · none yet" in a_status(backup=None).text


def test_a_refusal_says_what_happened_and_what_to_do():
    look = cards.refusal(UnknownName("sampler", "eulr", ["euler", "ddim"]))
    assert look.text == "There is no sampler called `eulr`.\nNearest: `euler`."


@pytest.mark.parametrize("look", [cards.button_expired(), cards.not_served(), cards.only_in_servers()])
def test_what_does_not_work_here_is_said_in_a_sentence(look):
    assert look.text.endswith(".")
    assert look.colour == 0x99AAB5


def test_pausing_and_resuming_say_what_happens_next():
    assert "everybody keeps their place" in cards.queue_paused().text
    assert cards.queue_resumed(None).text == "The queue goes on."


def test_a_queue_that_something_else_holds_up_is_not_said_to_go_on():
    look = cards.queue_resumed(Away(since=NOW, reason="ComfyUI does not answer."))
    assert "goes on." not in look.text.partition("ComfyUI does not answer.")[0]
    assert "when it is back" in look.text


def test_memory_that_comfyui_does_not_tell_is_not_made_up():
    assert "memory: ComfyUI did not say" in a_status(renderer=some_health(vram_free=None)).text


def test_an_incident_gives_its_code():
    assert "incident `abc123`" in cards.refusal(Incident("abc123")).text


def test_a_post_names_the_cast_the_style_and_the_loras():
    recipe = a_recipe(
        prompt="masterpiece, 1girl, silver hair, floral kimono, a heron",
        loras=(Lora(name="chars/mira_v2.safetensors", strength=0.8),) * 6,
        cast=(
            CastMember(id=1, name="Mira", slug="mira", variations=("kimono", "smiling")),
            CastMember(id=2, name="K*i", slug="kai"),
        ),
        style=StyleUsed(id=3, name="Ink", revision=4),
        dropped=("text", "extra ears"),
    )
    job = a_job(state=JobState.RENDERED, recipe=recipe, request=a_request(prompt="@Mira, a  heron"))
    content = cards.picture_post(a_picture_post(job=job)).content
    assert "** @Mira, a heron\n" in content
    assert "Mira (kimono, smiling), K\\*i · style Ink (revision 4)" in content
    assert "LoRA mira\\_v2 at 0.8" in content
    assert "2 more" in content
    sheet = cards.job_sheet(JobView(job=job), [], now=NOW).text
    assert "**Prompt** @Mira, a heron\n\n**Drawn as** masterpiece" in sheet
    assert "Mira (kimono, smiling)" in sheet
    assert "-# left out of the negative: text, extra ears" in sheet
    params = cards.params_card(job).text
    assert "**typed** @Mira, a heron" in params
    assert "**style** Ink, revision 4" in params


@pytest.mark.parametrize(
    ("typed", "cast", "said"),
    [
        ("@Mira on a pier", ("Mira",), "@Mira on a pier"),
        ("full body", ("Mira",), "Mira: full body"),
        ("@Mira on a pier", ("Mira", "yukata", "smiling"), "Mira (yukata, smiling): @Mira on a pier"),
        ("a pier", (), "a pier"),
    ],
)
def test_pictures_of_the_same_words_are_told_apart_by_who_is_in_them_and_how(typed, cast, said):
    members = (CastMember(id=1, name=cast[0], slug="mira", variations=cast[1:]),) if cast else ()
    job = a_job(request=a_request(prompt=typed), recipe=a_recipe(cast=members))
    assert subject(job) == said


def test_who_looks_at_the_reactions_reads_how_others_are_chosen():
    assert "`/settings reactions`" in cards.reactions_card(["🔁"]).text
    assert "chooses others" not in cards.reactions_card(["🔁"], changed=True).text


def test_of_more_projects_than_a_menu_takes_it_is_said_which_are_offered():
    said = [cards.asks_where_to(1, [(number, f"p{number}") for number in range(of)]).text for of in (25, 26)]
    assert ["by name" in text for text in said] == [False, True]
