import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comfy.failures import Broke, cleaned, node_complaints, refusal
from bot.core.errors import ExecutionFailed, OutOfMemory, Refused
from tests.comfy.recordings import document

TITLES = {"3": "Sampler", "4": "Checkpoint", "8": "Decode"}
REFUSALS = document("refusals.json")


def words(name):
    error = refusal(REFUSALS[name], TITLES)
    return f"{error.message} {error.hint}"


def broke(**changes):
    values = {"node": "3", "class_type": "KSampler", "exception": "RuntimeError", "message": "it broke"}
    return Broke(**{**values, **changes})


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("unknown node class", ("no node `NoSuchNode`", "custom nodes")),
        ("0.3.64: unknown node", ("node Nope does not exist", "custom nodes")),
        ("missing required input", ("“Sampler” (KSampler)", "`seed` is missing")),
        (
            "checkpoint not in list",
            ("“Checkpoint”", "`missing.safetensors`", "`ckpt_name`", "Nearest: `random_sd15.safetensors`"),
        ),
        ("sampler not in a long list (>20: list not sent)", ("`nope`", "`sampler_name`")),
        ("value bigger than max", ("`steps` is 100000", "at most 10000")),
        ("seed -1 (smaller than min)", ("`seed` is -1", "at least 0")),
        ("int that does not parse", ("`steps` cannot be `abc`",)),
        ("link of the wrong type", ("“Decode”", "`samples`", "MODEL")),
        ("link of length 1", ("link to `samples` is broken",)),
        ("no outputs", ("saves",)),
        ("dependency cycle", ("circle",)),
        ("LoadImage of a file that is not there", ("LoadImage", "nofile.png")),
        ("node without inputs key", ("could not check",)),
        ("body without 'prompt'", ("No prompt provided",)),
    ],
)
def test_a_refusal_names_node_input_and_reason(name, parts):
    for part in parts:
        assert part in words(name)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_never_shows_tracebacks_or_folders_of_the_server(name):
    for leak in ("Traceback", "File ", "/srv", "execution.py", "KeyError", "{", "input_config"):
        assert leak not in words(name)


def test_a_refusal_counts_what_else_is_wrong():
    assert "(1 more like this.)" in words("dependency cycle")


def test_an_accepted_prompt_may_have_complaints_about_a_part_of_it():
    answer = REFUSALS["two outputs, one invalid: PARTIAL accept, 200 with node_errors"]

    (complaint,) = node_complaints(answer, {"3": "Reference"})

    assert complaint.where == "“Reference” (LoadImage)"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ("error", "node_errors", "3", "errors", "type", "extra_info", "input_config", "message")
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_refusal_is_put_into_words(answer):
    assert isinstance(refusal(json.loads(json.dumps(answer)), TITLES), Refused)


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        (
            "torch.OutOfMemoryError",
            "Allocation on device \nThis error means you ran out of memory on your GPU.",
        ),
        ("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB"),
        ("RuntimeError", "CUDA error: out of memory"),
    ],
)
def test_a_gpu_without_memory_is_recognised(exception, message):
    error = broke(exception=exception, message=message).in_words(TITLES)

    assert isinstance(error, OutOfMemory)
    assert "“Sampler”" in error.message


def test_a_failure_names_its_node_and_the_reason():
    error = broke(message="mat1 and mat2 shapes cannot be multiplied\n").in_words(TITLES)

    assert isinstance(error, ExecutionFailed)
    assert error.message == "“Sampler” (KSampler) failed: mat1 and mat2 shapes cannot be multiplied"


def test_a_failure_without_a_message_still_says_something():
    assert "ValueError" in broke(exception="ValueError", message="\n").in_words({}).message


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "cannot identify image file '/srv/comfyui/input/corrupt.png'\n",
            "cannot identify image file 'corrupt.png'",
        ),
        ("No such file: C:\\ComfyUI\\models\\x.safetensors", "No such file: x.safetensors"),
        (
            "**** ERROR: Saving image outside the output folder is not allowed.\n full_output_folder: /srv/evil",
            "Saving image outside the output folder is not allowed.",
        ),
        ("expected 4/8 channels and/or a mask", "expected 4/8 channels and/or a mask"),
    ],
)
def test_messages_lose_the_folders_of_the_machine(message, shown):
    assert cleaned(message) == shown


@given(st.text(max_size=900))
def test_a_cleaned_message_is_one_short_line(message):
    shown = cleaned(message)

    assert len(shown) <= 300
    assert len(shown.splitlines()) <= 1


def test_a_reason_that_we_do_not_know_is_passed_on():
    error = {"type": "new_kind", "message": "Something new", "extra_info": {"input_name": "seed"}}

    assert refusal({"node_errors": {"3": {"class_type": "KSampler", "errors": [error]}}}, TITLES).message == (
        "ComfyUI refused “Sampler” (KSampler): Something new: seed."
    )
