"""What a batch is made of, how it goes on, and what is told of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.batching import (
    BATCH_TRANSITIONS,
    MOST_DRAWINGS,
    MOST_FILE_BYTES,
    BatchCounts,
    BatchKind,
    BatchState,
    captions_of,
    check_file_size,
    names_in,
    prompts_in,
    redrawing_key,
    seeds_in,
    text_of_file,
)
from bot.core.errors import BadRequest, WrongState
from bot.core.generation import MAX_PROMPT, MAX_SEED, Seed
from bot.core.job import JobState, Priority
from tests.builders import NOW, a_batch, a_job, a_request, an_outline

RUNNING, PAUSED, CANCELLED, DONE = BatchState


# ── its states


def test_a_batch_that_ended_changes_no_more():
    assert {state for state in BatchState if state.is_end} == {CANCELLED, DONE}
    for state in (CANCELLED, DONE):
        with pytest.raises(WrongState, match=state) as refusal:
            a_batch(id=7, state=state).to(RUNNING, at=NOW)
        assert "batch:7" in refusal.value.hint


def test_a_batch_is_paused_resumed_cancelled_and_done():
    assert {(state, to) for state, ways in BATCH_TRANSITIONS.items() for to in ways} == {
        (RUNNING, PAUSED),
        (RUNNING, CANCELLED),
        (RUNNING, DONE),
        (PAUSED, RUNNING),
        (PAUSED, CANCELLED),
        (PAUSED, DONE),
    }
    paused = a_batch().to(PAUSED, at=NOW + 5)
    assert (paused.state, paused.since) == (PAUSED, NOW + 5)


def test_only_what_runs_overnight_is_below_the_other_batches():
    assert {kind for kind in BatchKind if kind.priority is Priority.OVERNIGHT} == {BatchKind.OVERNIGHT}
    assert BatchKind.SHEET.priority is Priority.BATCH


def test_counts_tell_what_is_drawn_failed_taken_back_and_at_comfyui():
    counts = BatchCounts(jobs={state: 10**place for place, state in enumerate(JobState)}, pictures=3)
    assert counts.total == 11_111_111
    assert counts.drawn == 10**3 + 10**4 + 10**5
    assert counts.unposted == 10**5
    assert (counts.failed, counts.cancelled, counts.in_renderer) == (10**6, 10**7, 110)
    assert counts.ended == 10**4 + 10**5 + 10**6 + 10**7


# ── lists of prompts


def test_blank_lines_and_notes_are_skipped_and_lines_keep_their_numbers():
    assert prompts_in("# night\n\n  a heron \r\n\t\na fox # tail\n") == [(3, "a heron"), (5, "a fox # tail")]


@pytest.mark.parametrize("text", ["", "\n \n", "# only\n# notes"])
def test_a_list_without_a_prompt_is_refused(text):
    with pytest.raises(BadRequest, match="no prompt"):
        prompts_in(text)


def test_a_prompt_that_is_too_long_is_named_by_its_line():
    with pytest.raises(BadRequest, match="Line 3: the prompt has 4,001 characters"):
        prompts_in("a heron\n\n" + "x" * (MAX_PROMPT + 1))


def test_ten_thousand_lines_are_refused_with_the_limit_named():
    with pytest.raises(BadRequest, match="10,000 prompts; a batch has 1,000"):
        prompts_in("a heron\n" * 10_000)


@given(st.text())
def test_a_list_is_read_or_refused_whatever_is_in_it(text):
    try:
        prompts = prompts_in(text)
    except BadRequest:
        return
    lines = text.removeprefix("\ufeff").splitlines()
    assert all(prompt == lines[number - 1].strip() for number, prompt in prompts)


@pytest.mark.parametrize(
    "content",
    [
        "a heron\nça",
        "\N{BYTE ORDER MARK}a heron\nça",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_text_file_may_be_utf8_or_utf16_with_or_without_its_mark(content, encoding):
    assert prompts_in(text_of_file(content.encode(encoding)))[1] == (2, "ça")


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0 JFIF", b"a\0b", b"\xff\xfe\x00", "ça".encode("latin-1")]
)
def test_a_file_that_is_no_text_is_refused(content):
    with pytest.raises(BadRequest, match="no text"):
        text_of_file(content)


def test_a_text_in_another_encoding_is_told_from_what_is_none():
    with pytest.raises(BadRequest, match="no text in UTF-8"):
        text_of_file("千本鳥居".encode("shift-jis"))


def test_the_mark_before_a_pasted_text_is_no_part_of_its_first_line():
    assert prompts_in("\ufeff# a note\r\n\r\n a heron \r\n") == [(3, "a heron")]


def test_one_enormous_line_is_named_with_its_length():
    with pytest.raises(BadRequest, match=r"Line 1: the prompt has 262,144 characters; the most is 4,000"):
        prompts_in(text_of_file(b"x" * MOST_FILE_BYTES))


@pytest.mark.parametrize(
    ("size", "said"), [(5 * 1024 * 1024, "5.0 MiB"), (MOST_FILE_BYTES + 1024, "257 KiB")]
)
def test_a_file_that_is_too_large_is_refused_with_the_limits_named(size, said):
    with pytest.raises(BadRequest, match=f"{said}.*256 KiB.*1,000 prompts"):
        check_file_size(size)
    check_file_size(MOST_FILE_BYTES)


# ── a matrix


def items_of(**outline):
    return an_outline(**outline).items()


def test_a_list_is_drawn_in_its_order():
    items = items_of(text="one\n\ntwo", base=a_request(style="ink"))
    assert [(item.name, item.request.prompt, item.request.style) for item in items] == [
        ("line 1", "one", "ink"),
        ("line 3", "two", "ink"),
    ]


def test_a_matrix_is_every_combination_and_the_later_axis_turns_faster():
    items = items_of(
        kind=BatchKind.MATRIX,
        text=None,
        base=a_request(characters=("Yuki",), variations=("kimono",)),
        poses=("front", "side"),
        expressions=("smiling", "angry"),
    )
    assert [item.name for item in items] == [
        "front · smiling",
        "front · angry",
        "side · smiling",
        "side · angry",
    ]
    assert items[3].request.variations == ("kimono", "side", "angry")
    assert {item.request.characters for item in items} == {("Yuki",)}


def test_seeds_and_styles_are_axes_too():
    items = items_of(text=None, styles=("ink", "oil"), seeds=(Seed(1), Seed(2)))
    assert [(item.request.style, item.request.seed) for item in items] == [
        ("ink", 1),
        ("ink", 2),
        ("oil", 1),
        ("oil", 2),
    ]
    assert items[1].name == "ink · seed 2"


def test_a_list_with_axes_draws_each_prompt_in_every_combination():
    items = items_of(text="one\ntwo", outfits=("coat",), seeds=(Seed(5), Seed(6)))
    assert [item.name for item in items] == [
        "line 1 · coat · seed 5",
        "line 1 · coat · seed 6",
        "line 2 · coat · seed 5",
        "line 2 · coat · seed 6",
    ]


def test_more_drawings_than_a_batch_may_have_are_refused_before_any_is_made():
    seeds = tuple(Seed(number) for number in range(MOST_DRAWINGS))
    with pytest.raises(BadRequest, match="2,000 drawings"):
        items_of(text="one\ntwo", seeds=seeds)
    assert len(items_of(text="one", seeds=seeds)) == MOST_DRAWINGS


# ── names and seeds as people type them


def test_names_are_separated_by_commas_and_each_counts_once():
    assert names_in(" front, side ,,Front") == ("front", "side")
    assert names_in(None) == ()


def test_seeds_are_single_or_from_one_to_another():
    assert seeds_in("7, 1-3,2") == (7, 1, 2, 3)
    assert seeds_in(f"{MAX_SEED}") == (MAX_SEED,)
    assert seeds_in(None) == ()


@pytest.mark.parametrize("text", ["x", "-1", "3-1", "1-", "1-x", str(MAX_SEED + 1), "9" * 40, "٣", "1.5"])
def test_what_is_no_seed_is_refused(text):
    with pytest.raises(BadRequest, match="is no seed"):
        seeds_in(text)


def test_more_seeds_than_a_batch_has_drawings_are_refused_without_counting_them():
    with pytest.raises(BadRequest, match="more than 1,000 seeds"):
        seeds_in(f"0-{MAX_SEED}")


# ── what tells pictures apart


def captions(*requests):
    return captions_of(
        [a_job(id=number, request=request) for number, request in enumerate(requests, start=1)]
    )


def test_a_picture_is_captioned_by_what_tells_it_from_the_others():
    poses = [a_request(variations=(pose, "smiling"), style="ink") for pose in ("front", "side")]
    assert captions(*poses) == ["front · smiling", "side · smiling"]
    assert captions(*(a_request(seed=Seed(seed)) for seed in (1, 2))) == ["seed 1", "seed 2"]


def test_prompts_are_captions_only_where_nothing_else_tells_them_apart():
    assert captions(a_request(prompt="a heron"), a_request(prompt="a fox")) == ["a heron", "a fox"]
    told = [a_request(prompt=f"a {style}", style=style) for style in ("ink", "oil")]
    assert captions(*told) == ["ink", "oil"]
    both = [a_request(prompt=prompt, style=style) for prompt in ("a", "b") for style in ("ink", "oil")]
    assert captions(*both) == ["ink · a", "oil · a", "ink · b", "oil · b"]


def test_what_cannot_be_told_apart_is_captioned_by_its_number():
    assert captions(a_request(), a_request()) == ["#1", "#2"]


def test_a_batch_that_draws_failed_ones_once_more_says_of_which_batch_by_its_key():
    assert a_batch(key=redrawing_key(3, taken_back=1)).redraws == 3
    assert redrawing_key(3, taken_back=0) != redrawing_key(3, taken_back=1)
    assert a_batch(key="plan:3").redraws is None
