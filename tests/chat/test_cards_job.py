"""What a job's card says in each of its states."""

from dataclasses import replace

import pytest

from bot.chat import cards
from bot.chat.cards import palette
from bot.chat.look import Action
from bot.core.job import JobState
from bot.core.lineage import Descent
from bot.core.progress import Accepted, NodeStarted, Progress, Rendered, Sampled, Started, advance
from bot.core.queueing import Known, Learning
from bot.studio.gate import Away, DiskLow, Paused
from bot.studio.line import JobView
from tests.builders import (
    NOW,
    a_card,
    a_drawing,
    a_failure,
    a_graph,
    a_job,
    a_lineage,
    a_picture_post,
    a_project,
    a_recipe,
    a_reference,
    a_size,
    an_origin,
    some_timings,
)

SAID = NOW // 1000


def waiting(**changes):
    values = {"place": 3, "wait": Known(ms=40_000, drawings=3), "starts": NOW + 40_000}
    return JobView(**{"job": a_job(id=128), **values, **changes})


def drawing(*events, state=JobState.RUNNING, **changes):
    progress = Progress.of_graph(a_graph())
    for event in events:
        progress = advance(progress, event, at=NOW)
    return JobView(**{"job": a_job(id=128, state=state), "progress": progress, **changes})


def ended(state, **changes):
    job = a_job(id=128, state=state, timings=some_timings(total=14_230), post=a_card())
    return JobView(job=replace(job, **changes))


def text(view, *, now=NOW):
    return cards.job_card(view, now=now).text


def actions(look):
    return [Action(button.rest.split(":")[1]) for button in look.buttons if button.kind == "job"]


def test_who_waits_reads_its_place_and_when_its_turn_comes():
    look = cards.job_card(waiting(project=a_project(name="Moonlit Harbor")), now=NOW)
    assert look.title == "#128 · 1girl, silver hair, harbour at dusk"
    assert look.text == (
        f"3rd in line · starts about <t:{SAID + 40}:R>\n"
        "-# Moonlit Harbor · 832×1216 · 25 steps · seed 1870400651 · for <@42>"
    )


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "next in line"), (2, "2nd in line"), (11, "11th in line"), (22, "22nd in line"), (113, "113th")],
)
def test_places_are_said_as_people_say_them(place, words):
    assert text(waiting(place=place)).startswith(words)


def test_without_enough_drawings_it_says_that_it_is_learning():
    learning = waiting(wait=Learning(drawings=2), starts=None)
    assert "learning how long this takes (2 of 3 drawings)" in text(learning)


def test_who_is_next_and_free_starts_any_moment():
    assert "starts any moment" in text(waiting(place=1, wait=Known(ms=0, drawings=3), starts=NOW))


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (Paused(since=NOW), "The queue is paused since"),
        (Away(since=NOW, reason="ComfyUI cannot be reached."), "ComfyUI cannot be reached. Away since"),
        (DiskLow(free=2**30, needed=2**31), "The disk is nearly full: 1.0 GiB free, 2.0 GiB needed."),
    ],
)
def test_what_holds_the_queue_is_said_with_the_place_that_is_kept(hold, words):
    said = text(waiting(hold=hold))
    assert words in said
    assert "The place in line is kept." in said
    assert "starts about" not in said


def test_other_people_s_prompts_in_comfyui_are_counted():
    said = text(drawing(Accepted(ahead=2), state=JobState.SUBMITTED))
    assert "ComfyUI" in said
    assert "2 prompts of others" in said


def test_a_loading_model_is_named_and_the_bar_stays_where_it_is():
    said = text(drawing(Started(), NodeStarted(node="4")), now=NOW + 20_300)
    assert said.startswith("▱▱▱▱▱▱▱▱▱▱ 0 % · loading illustrious\\_xl for 20 s")


def test_sampling_shows_steps_percent_and_when_it_is_done():
    view = drawing(Started(cached=frozenset({"4"})), Sampled(node="3", step=14, of=25), ends=NOW + 9000)
    said = text(view)
    assert f"44 % · sampling 14/25 · done <t:{SAID + 9}:R>" in said
    assert said.startswith("▰▰▰▰▱▱▱▱▱▱")


def test_the_bar_is_full_only_when_all_is_drawn():
    almost = drawing(*a_drawing(steps=25)[:-1])
    assert "100 %" not in text(almost)
    assert "▰▰▰▰▰▰▰▰▰▰ 100 %" in text(drawing(*a_drawing(steps=25)))


@pytest.mark.parametrize(("node", "words"), [("8", "decoding"), ("9", "saving"), ("6", "reading the prompt")])
def test_every_phase_has_its_word(node, words):
    assert words in text(drawing(Started(), NodeStarted(node=node)))


def test_pictures_on_their_way_are_said_to_be_fetched():
    assert "fetching the picture" in text(drawing(Started(), Rendered()))


def test_drawn_and_not_yet_posted_reads_posting():
    look = cards.job_card(ended(JobState.RENDERED), now=NOW)
    assert "posting" in look.text
    assert look.buttons == ()


def test_while_comfyui_is_away_the_card_of_a_drawing_says_so():
    view = drawing(Started(), hold=Away(since=NOW, reason="ComfyUI cannot be reached."))
    assert "ComfyUI cannot be reached." in text(view)


def test_a_pause_does_not_concern_what_is_drawn_already():
    assert "paused" not in text(drawing(Started(), hold=Paused(since=NOW)))


def test_a_preview_is_the_card_s_picture_with_words_for_those_who_cannot_see_it():
    look = cards.job_card(drawing(Started()), now=NOW, preview=b"jpeg")
    assert look.image is not None
    assert (look.image.name, look.image.content, look.image.alt) == (
        "preview.jpg",
        b"jpeg",
        "#128, unfinished",
    )


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.SUBMITTED, JobState.RUNNING])
def test_what_can_be_cancelled_has_a_button_for_it(state):
    look = cards.job_card(JobView(job=a_job(state=state), place=1), now=NOW)
    assert actions(look) == [Action.CANCEL]


def test_what_is_being_cancelled_says_so_and_has_no_button():
    job = a_job(state=JobState.RUNNING, cancel_requested=True)
    look = cards.job_card(JobView(job=job), now=NOW)
    assert "Being cancelled" in look.text
    assert look.buttons == ()


def test_what_is_done_shrinks_to_a_line_and_a_link():
    look = cards.job_card(ended(JobState.DELIVERED), now=NOW)
    assert look.text.startswith("**#128** is done in 14.2 s → https://discord.com/channels/700/710/720\n")
    assert (look.title, look.image) == ("", None)
    assert actions(look) == [Action.AGAIN, Action.PARAMS]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("refused", "could not be drawn: ComfyUI refused it."),
        ("execution", "could not be drawn: ComfyUI broke off."),
        ("out_of_memory", "ran out of GPU memory."),
        ("no_output", "was drawn, but there is no picture."),
        ("lost", "got lost in ComfyUI, more than once."),
        ("whatever comes later", "could not be drawn."),
    ],
)
def test_every_failure_has_its_own_words_the_reason_and_a_way_on(kind, words):
    failure = a_failure(kind=kind, message="`eulr` is no sampler.", hint="Nearest: `euler`.")
    look = cards.job_card(ended(JobState.FAILED, failure=failure), now=NOW)
    first, reason, cure, _ = look.text.split("\n")
    assert first == f"**#128** {words}"
    assert reason == "`eulr` is no sampler."
    assert cure
    assert actions(look)[-2:] == [Action.AGAIN, Action.PARAMS]


def test_who_ran_out_of_memory_is_told_what_takes_less():
    recipe = a_recipe(count=4)
    view = ended(JobState.FAILED, failure=a_failure(kind="out_of_memory"), recipe=recipe)
    assert "It was 832×1216, 4 pictures. Try 2 at once or 576×896." in text(view)


@pytest.mark.parametrize(
    ("recipe", "labels"),
    [
        (a_recipe(count=4), ["Retry with 2 pictures"]),
        (a_recipe(count=2), ["Retry with 1 picture"]),
        (a_recipe(), ["Retry with 576×896"]),
        (a_recipe(size=a_size(64, 64)), []),
    ],
)
def test_who_ran_out_of_memory_is_offered_what_takes_less(recipe, labels):
    view = ended(JobState.FAILED, failure=a_failure(kind="out_of_memory"), recipe=recipe)
    offered = [button.label for button in cards.job_card(view, now=NOW).buttons]
    assert offered == [*labels, "Again", "Edit", "Params"]


def test_what_could_not_be_posted_is_safe_and_says_why():
    failure = a_failure(kind="not_posted", message="Genga lacks the permission “Attach Files” in #art.")
    said = text(ended(JobState.SHELVED, failure=failure))
    assert "The pictures are safe in the library." in said
    assert "“Attach Files”" in said


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_what_was_not_drawn_can_be_changed_from_its_card(state):
    labels = [button.label for button in cards.job_card(ended(state), now=NOW).buttons]
    assert labels == ["Again", "Edit", "Params"]


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        (JobState.QUEUED, 0x5865F2),
        (JobState.RUNNING, 0xFEE75C),
        (JobState.DELIVERED, 0x57F287),
        (JobState.FAILED, 0xED4245),
        (JobState.CANCELLED, 0x99AAB5),
    ],
)
def test_the_colour_tells_the_state_as_well(state, colour):
    assert cards.job_card(JobView(job=a_job(state=state), place=1), now=NOW).colour == colour
    assert set(palette.OF_STATE) == set(JobState)


def test_what_is_found_again_being_drawn_does_not_seem_to_begin():
    view = drawing(Accepted(), Started())
    assert "0 % · ComfyUI begins" in text(view)
    said = text(view, now=NOW + 12_000)
    assert "being drawn for 12 s; how far it is, ComfyUI tells with its next step" in said
    assert "%" not in said


def test_what_is_drawn_again_says_from_what_and_a_second_attempt_that_it_is_one():
    said = text(JobView(job=a_job(lineage=a_lineage(parent=121), attempt=2), place=1))
    assert "again from #121 · attempt 2" in said


@pytest.mark.parametrize(
    ("lineage", "words"),
    [
        (a_lineage(parent=3, how=Descent.UPSCALE, picture=1), "upscaled from #3"),
        (a_lineage(parent=3, how=Descent.VARY, picture=2), "variation of #3 picture 2"),
        (a_lineage(parent=3, how=Descent.REFERENCE, picture=1), "📌 drawn from #3"),
        (None, "drawn from an uploaded picture"),
    ],
)
def test_a_card_and_its_post_say_in_the_same_words_what_it_came_from(lineage, words):
    job = a_job(lineage=lineage, recipe=a_recipe(reference=a_reference()))
    assert f" · {words} · for " in text(JobView(job=job, place=1))
    assert cards.picture_post(a_picture_post(job=job)).content.endswith(f" · {words}")


def test_a_job_for_an_upscale_model_has_no_steps_and_no_seed():
    said = text(JobView(job=a_job(recipe=a_recipe(upscaler="4x_anime.pth", scale=2.0)), place=1))
    assert "832×1216 · 4x\\_anime · ×2 · for" in said
    assert "seed" not in said


def test_a_job_that_waits_once_more_says_why():
    note = "ComfyUI was restarted and forgot it; it is drawn again."
    said = text(JobView(job=a_job(attempt=2), place=1, note=note))
    assert said.startswith(f"next in line\n{note}\n-# ")


def test_who_asked_from_outside_discord_is_named_without_a_mention():
    job = a_job(origin=an_origin(channel=None, guild=None, user_name="night_shift"))
    assert "for night\\_shift" in text(JobView(job=job, place=1))


def test_a_card_that_moved_says_where_to():
    look = cards.moved_card(a_job(id=128), a_card(message=99))
    assert look.text == "**#128** goes on here: https://discord.com/channels/700/710/99"
