import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comfy.failures import Broke
from bot.comfy.records import Ended, Queue
from bot.core.artifact import Output
from bot.core.progress import Interrupted, Rendered
from tests.comfy.recordings import document

HISTORIES = document("histories.json")
PROMPT = "p"


def ended(name):
    (prompt_id,) = HISTORIES[name]
    return Ended.read(HISTORIES[name], prompt_id)


def an_entry(**changes):
    status = {"status_str": "success", "completed": True, "messages": [["execution_success", {}]]}
    return {PROMPT: {"prompt": [1, PROMPT, {}, {}, []], "outputs": {}, "status": status, **changes}}


def outputs_of(**made):
    return Ended.read(an_entry(outputs={"9": made}), PROMPT).outputs


def test_a_success_has_its_file_under_all_three_names():
    entry = ended("success")

    assert entry.outcome == Rendered()
    assert entry.outputs == (Output(filename="img_00010_.png", subfolder="rig", type="output", node="9"),)


def test_pictures_of_a_batch_keep_their_order():
    assert [output.filename for output in ended("batch of four").outputs] == [
        "img_00016_.png",
        "img_00017_.png",
        "img_00018_.png",
        "img_00019_.png",
    ]


def test_an_interruption_is_no_error_though_its_status_says_so():
    assert ended("interrupted").outcome == Interrupted()


def test_an_error_is_never_a_success_with_nothing_in_it():
    outcome = ended("failed").outcome

    assert isinstance(outcome, Broke)
    assert outcome.class_type == "SaveImage"


def test_an_error_without_its_message_is_an_error_still():
    assert isinstance(Ended.read(an_entry(status={"status_str": "error"}), PROMPT).outcome, Broke)


def test_a_blocked_branch_before_a_success_is_a_success():
    messages = [["execution_error", {"exception_type": "ExecutionBlocked"}], ["execution_success", {}]]

    assert (
        Ended.read(an_entry(status={"status_str": "success", "messages": messages}), PROMPT).outcome
        == Rendered()
    )


def test_no_entry_is_no_end():
    assert Ended.read({}, PROMPT) is None
    assert Ended.read(an_entry(), "another") is None


@pytest.mark.parametrize("key", ["images", "gifs", "videos", "animated", "audio"])
def test_files_are_found_under_every_key_that_nodes_use(key):
    assert outputs_of(**{key: [{"filename": "a.mp4", "subfolder": "s", "type": "output"}]}) == (
        Output(filename="a.mp4", subfolder="s", type="output", node="9"),
    )


def test_what_is_no_file_is_passed_over():
    assert (
        outputs_of(images=[None, "text", {"filename": 3}, {"filename": ""}], animated=[True], gifs={"a": 1})
        == ()
    )


def test_a_file_without_folder_and_type_lies_in_the_output_folder():
    assert outputs_of(images=[{"filename": "a.png"}]) == (
        Output(filename="a.png", subfolder="", type="output", node="9"),
    )


def test_previews_of_a_workflow_count_only_if_nothing_was_saved():
    temporary = {"filename": "t.png", "type": "temp"}
    saved = {"filename": "s.png", "type": "output"}

    assert [output.filename for output in outputs_of(images=[temporary, saved])] == ["s.png"]
    assert [output.filename for output in outputs_of(images=[temporary])] == ["t.png"]


def test_the_titles_of_the_nodes_come_back_with_the_history():
    assert ended("success").titles["4"] == "Load Checkpoint"


def test_waiting_prompts_are_told_in_the_order_in_which_they_will_run():
    answer = {
        "queue_running": [[3, "now", {}]],
        "queue_pending": [[-6, "front", {}], [9, "last", {}], [5.5, "second", {}]],
    }

    queue = Queue.read(answer)

    assert queue.running == ("now",)
    assert queue.pending == ("front", "second", "last")
    assert [queue.ahead_of(name) for name in queue.pending] == [1, 2, 3]
    assert "second" in queue
    assert "unknown" not in queue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                (
                    PROMPT,
                    "prompt",
                    "outputs",
                    "status",
                    "messages",
                    "images",
                    "9",
                    "queue_running",
                    "queue_pending",
                )
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_answer_is_survived(answer):
    Queue.read(answer)
    Ended.read(answer, PROMPT)
    Ended.read({PROMPT: answer}, PROMPT)
    Queue.read({"queue_running": [answer], "queue_pending": [answer, answer]})
