import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comfy.failures import Broke
from bot.comfy.protocol import FlagsSeen, Narrator, Over, StatusSeen, Told, read_frame
from bot.core.progress import (
    Interrupted,
    NodeFinished,
    NodeStarted,
    Preview,
    Progress,
    Rendered,
    RenderFailed,
    Sampled,
    Started,
    advance,
)
from tests.builders import a_graph
from tests.comfy.recordings import (
    CACHED,
    FAILED,
    INTERRUPTED,
    JPEG,
    TXT2IMG,
    TXT2IMG_OLD,
    frames,
    preview_frame,
    said,
)

RUNS = ("txt2img.jsonl", "txt2img_0.3.64.jsonl", "cached.jsonl", "interrupted.jsonl", "failed.jsonl")


def story(name, prompt_id, graph=None):
    """Return what a follower of this prompt is told when the recorded frames arrive."""
    narrator = Narrator(graph or a_graph())
    heard = (read_frame(frame) for frame in frames(name))
    ours = [
        one
        for frame in heard
        if isinstance(frame, Told) and frame.prompt_id == prompt_id
        for one in frame.said
    ]
    return [event for one in ours if (event := narrator.tell(one)) is not None]


def without_previews(events):
    return [event for event in events if not isinstance(event, Preview)]


def test_a_recorded_run_reads_as_the_story_of_its_prompt():
    assert without_previews(story("txt2img.jsonl", TXT2IMG)) == [
        Started(),
        Started(cached=frozenset({"4", "5", "6", "7"})),
        NodeStarted(node="3"),
        *(Sampled(node="3", step=step, of=4) for step in (1, 2, 3, 4)),
        NodeFinished(node="3"),
        NodeStarted(node="8"),
        NodeFinished(node="8"),
        NodeStarted(node="9"),
        NodeFinished(node="9"),
        Rendered(),
    ]


def test_a_run_on_an_older_comfyui_reads_alike():
    events = without_previews(story("txt2img_0.3.64.jsonl", TXT2IMG_OLD))

    assert events[0] == Started()
    assert [event.node for event in events if isinstance(event, NodeStarted)] == [
        "4",
        "5",
        "7",
        "6",
        "3",
        "8",
        "9",
    ]
    assert [event for event in events if isinstance(event, Sampled)] == [
        Sampled(node="3", step=1, of=2),
        Sampled(node="3", step=2, of=2),
    ]
    assert events[-1] == Rendered()


def test_a_fully_cached_run_has_a_start_and_an_end_and_no_work():
    assert story("cached.jsonl", CACHED) == [
        Started(),
        Started(cached=frozenset("3456789")),
        NodeFinished(node="9"),
        Rendered(),
    ]


def test_an_interruption_ends_the_story():
    assert story("interrupted.jsonl", INTERRUPTED)[-1] == Interrupted()


def test_a_failure_ends_the_story_with_its_reason():
    last = story("failed.jsonl", FAILED)[-1]

    assert isinstance(last, RenderFailed)
    assert last.error.kind == "execution"
    assert "Saving image outside the output folder is not allowed." in last.error.message


@pytest.mark.parametrize("name", RUNS)
def test_every_run_is_over_once(name):
    overs = [
        one
        for frame in frames(name)
        if isinstance(told := read_frame(frame), Told)
        for one in told.said
        if one == Over()
    ]

    assert overs == [Over()]


@pytest.mark.parametrize(
    ("name", "prompt_id"), [("txt2img.jsonl", TXT2IMG), ("txt2img_0.3.64.jsonl", TXT2IMG_OLD)]
)
def test_progress_never_goes_back_and_ends_whole(name, prompt_id):
    progress = Progress.of_graph(a_graph())
    fractions = []
    for at, event in enumerate(story(name, prompt_id)):
        progress = advance(progress, event, at=at)
        fractions.append(progress.fraction)

    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_a_preview_names_its_prompt_and_its_kind():
    previews = [event for event in story("txt2img.jsonl", TXT2IMG) if isinstance(event, Preview)]

    assert previews == [Preview(image=JPEG, media_type="image/jpeg")] * 4


def test_a_preview_that_names_no_prompt_is_left_alone():
    assert read_frame(struct.pack(">II", 1, 1) + JPEG) is None


def test_text_of_nodes_is_left_alone():
    assert read_frame(struct.pack(">II", 3, 1) + b"9" + b"some words") is None


def test_what_happens_to_other_prompts_is_not_our_story():
    assert story("somebody_elses.jsonl", TXT2IMG) == []


def test_status_tells_how_many_are_in_comfyui():
    assert read_frame(said("status", status={"exec_info": {"queue_remaining": 3}})) == StatusSeen(remaining=3)


def test_the_answer_to_our_flags_is_seen():
    assert read_frame(said("feature_flags", supports_preview_metadata=True)) == FlagsSeen()


def test_a_node_of_an_expanded_subgraph_stands_for_the_node_it_came_from():
    narrator = Narrator(a_graph())
    states = {
        "9.0.0.5": {"value": 2, "max": 8, "state": "running", "display_node_id": "9"},
        "9.0.0.6": {"value": 1, "max": 1, "state": "finished", "display_node_id": "9"},
    }
    told = [
        read_frame(said("executing", prompt_id="p", node="9.0.0.5", display_node="9")),
        read_frame(said("progress_state", prompt_id="p", nodes=states)),
        read_frame(said("progress", prompt_id="p", node="9.0.0.5", value=2, max=8)),
        read_frame(said("executing", prompt_id="p", node="9.0.0.6", display_node="9")),
    ]

    events = [narrator.tell(one) for frame in told for one in frame.said]

    assert events == [NodeStarted(node="9"), Sampled(node="9", step=2, of=8), None, None]


def test_a_blocked_branch_is_not_the_end():
    frame = said(
        "execution_error",
        prompt_id="p",
        node_id="8",
        exception_type="ExecutionBlocked",
        exception_message="no",
    )

    assert read_frame(frame) == Told(prompt_id="p", said=())


def test_the_end_of_a_failed_prompt_says_which_node_it_was():
    frame = said(
        "execution_error",
        prompt_id="p",
        node_id="3",
        node_type="KSampler",
        exception_type="ValueError",
        exception_message="bad\n",
    )

    assert read_frame(frame).said == (
        Broke(node="3", class_type="KSampler", exception="ValueError", message="bad\n"),
    )


def test_the_current_node_without_a_prompt_is_nobodys():
    assert read_frame(said("executing", node="3")) is None


def test_a_start_that_was_told_is_not_told_again():
    narrator = Narrator(a_graph())

    assert narrator.tell(Started()) == Started()
    assert narrator.tell(Started()) is None
    assert narrator.tell(Started(cached=frozenset("4"))) == Started(cached=frozenset("4"))
    assert narrator.tell(Started()) is None


# ── nothing that arrives trips the reader

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(
    (
        "status",
        "feature_flags",
        "execution_start",
        "execution_cached",
        "executing",
        "progress",
        "progress_state",
        "executed",
        "execution_success",
        "execution_error",
        "execution_interrupted",
    )
)
KEYS = st.sampled_from(
    (
        "prompt_id",
        "node",
        "display_node",
        "nodes",
        "value",
        "max",
        "state",
        "status",
        "exec_info",
        "queue_remaining",
        "node_id",
        "exception_type",
        "exception_message",
        "display_node_id",
    )
)


def tell_all(payload):
    frame = read_frame(payload)
    if isinstance(frame, Told):
        narrator = Narrator(a_graph())
        for one in frame.said:
            narrator.tell(one)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_survived(payload):
    tell_all(payload)


@given(st.text(max_size=200))
def test_arbitrary_text_is_survived(payload):
    tell_all(payload)


@given(JSON)
def test_arbitrary_json_is_survived(document):
    tell_all(json.dumps(document))


@given(KINDS, st.dictionaries(KEYS, JSON, max_size=8), st.dictionaries(st.text(max_size=4), JSON, max_size=3))
def test_known_messages_with_arbitrary_contents_are_survived(kind, data, nodes):
    tell_all(json.dumps({"type": kind, "data": {**data, "prompt_id": "p"}}))
    tell_all(json.dumps({"type": kind, "data": {"prompt_id": "p", "nodes": nodes}}))


@given(st.binary(max_size=60), JSON)
def test_arbitrary_previews_are_survived(image, metadata):
    tell_all(preview_frame(metadata, image))
    tell_all(struct.pack(">II", 4, 2**32 - 1) + image)


RECORDED = st.sampled_from([frame for name in RUNS for frame in frames(name)])


@given(RECORDED, st.integers(min_value=0), st.binary(max_size=3))
def test_recorded_frames_that_were_damaged_on_the_way_are_survived(frame, place, damage):
    raw = frame if isinstance(frame, bytes) else frame.encode()
    cut = place % (len(raw) + 1)
    tell_all(raw[:cut])
    broken = raw[:cut] + damage + raw[cut + len(damage) :]
    tell_all(broken if isinstance(frame, bytes) else broken.decode(errors="replace"))


def test_json_nested_without_end_is_survived():
    assert read_frame("[" * 100_000) is None


def test_numbers_that_are_none_are_survived():
    frame = '{"type": "progress", "data": {"prompt_id": "p", "node": "3", "value": NaN, "max": Infinity}}'

    assert read_frame(frame) == Told(prompt_id="p", said=())
