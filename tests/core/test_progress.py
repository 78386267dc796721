"""Progress is what ComfyUI said, and nothing else."""

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Lost
from bot.core.job import Warmth
from bot.core.progress import (
    SAMPLER_WEIGHT,
    Accepted,
    Interrupted,
    NodeFinished,
    NodeStarted,
    Phase,
    Preview,
    Progress,
    Rendered,
    RenderFailed,
    Sampled,
    Started,
    advance,
    phase_of,
)
from tests.builders import NOW, a_drawing, a_graph, a_node

CHECKPOINT, LATENT, PROMPT, NEGATIVE, SAMPLER, DECODE, SAVE = "4", "5", "6", "7", "3", "8", "9"
LOST = RenderFailed(error=Lost("gone"))

nodes = st.sampled_from([*a_graph().nodes, "77"])
steps = st.builds(Sampled, node=nodes, step=st.integers(0, 40), of=st.integers(0, 30))
events = st.one_of(
    st.builds(Accepted, ahead=st.integers(0, 5)),
    st.builds(Started, cached=st.frozensets(nodes)),
    st.builds(NodeStarted, node=nodes),
    st.builds(NodeFinished, node=nodes),
    steps,
    st.just(Preview(image=b"x", media_type="image/jpeg")),
)
ends = st.sampled_from([Rendered(), LOST, Interrupted()])


def fresh():
    return Progress.of_graph(a_graph())


def after(*events, progress=None, tick=1000):
    """Fold events that come one tick apart, the first at NOW."""
    timed = ((event, NOW + number * tick) for number, event in enumerate(events))
    return reduce(lambda so_far, pair: advance(so_far, pair[0], at=pair[1]), timed, progress or fresh())


def test_before_comfyui_begins_there_is_no_progress():
    progress = after(Accepted(ahead=2))
    assert (progress.fraction, progress.phase, progress.ahead) == (0.0, Phase.WAITING, 2)
    assert progress.warmth is None


def test_when_it_begins_nobody_is_ahead_any_more():
    progress = after(Accepted(ahead=2), Started())
    assert (progress.ahead, progress.phase, progress.started) == (0, Phase.STARTING, NOW + 1000)


def test_the_bar_follows_the_samplers_steps():
    begun = after(Started(), NodeStarted(node=SAMPLER))
    assert after(Sampled(node=SAMPLER, step=5, of=20), progress=begun).fraction == pytest.approx(
        SAMPLER_WEIGHT * 5 / 20 / (SAMPLER_WEIGHT + 6)
    )


def test_the_step_is_shown_as_comfyui_says_it():
    progress = after(Started(), Sampled(node=SAMPLER, step=12, of=25))
    assert (progress.step, progress.of, progress.phase, progress.title) == (12, 25, Phase.SAMPLING, "Sampler")


def test_cached_nodes_are_no_work():
    cached = frozenset({CHECKPOINT, LATENT, PROMPT, NEGATIVE})
    progress = after(Started(cached=cached), NodeStarted(node=SAMPLER), NodeFinished(node=SAMPLER))
    assert progress.fraction == pytest.approx(SAMPLER_WEIGHT / (SAMPLER_WEIGHT + 2))


def test_a_drawing_that_is_cached_whole_is_whole_at_once():
    assert after(Started(cached=frozenset(a_graph().nodes))).fraction == 1.0


def test_a_second_pass_of_a_node_does_not_take_the_bar_back():
    first = after(Started(), Sampled(node=SAMPLER, step=20, of=20))
    second = after(Sampled(node=SAMPLER, step=1, of=20), progress=first)
    assert second.step == 1
    assert second.fraction == first.fraction


def test_what_turns_out_to_be_cached_late_does_not_take_the_bar_back():
    far = after(Started(), NodeStarted(node=CHECKPOINT), NodeStarted(node=SAMPLER))
    assert after(Started(cached=frozenset({CHECKPOINT})), progress=far).fraction >= far.fraction


@given(st.lists(events, max_size=40))
def test_over_any_story_the_fraction_never_goes_back_and_stays_within_bounds(story):
    progress = fresh()
    for number, event in enumerate(story):
        moved = advance(progress, event, at=NOW + number)
        assert 0.0 <= progress.fraction <= moved.fraction <= 1.0
        progress = moved


@given(st.lists(events, max_size=40), ends)
def test_over_any_story_the_times_of_the_phases_add_up(story, end):
    progress = after(*story, end, tick=7)
    first = next(
        (number for number, event in enumerate(story) if isinstance(event, NodeStarted | Sampled)), len(story)
    )
    assert sum(progress.spent.values()) == 7 * (len(story) - first)


@given(st.lists(events, max_size=40), ends)
def test_over_any_story_the_end_is_an_end(story, end):
    progress = after(*story, end)
    assert progress.ended == NOW + 1000 * len(story)
    assert progress.title == ""
    assert (progress.fraction == 1.0) or end != Rendered()


def test_a_finished_drawing_is_whole_though_a_branch_had_nothing_to_do():
    assert after(Started(), NodeStarted(node=SAMPLER), Rendered()).fraction == 1.0


def test_a_drawing_that_broke_off_stays_where_it_was():
    begun = after(Started(), Sampled(node=SAMPLER, step=10, of=20))
    for end in (LOST, Interrupted()):
        broken = after(end, progress=begun)
        assert broken.phase is Phase.SAMPLING
        assert begun.fraction <= broken.fraction <= 1.0


def test_a_drawing_that_broke_off_before_it_began_has_no_progress():
    assert after(Accepted(), Interrupted()).fraction == 0.0


def test_where_the_time_went_is_kept_per_phase():
    assert after(*a_drawing(steps=3)).spent == {
        Phase.SAMPLING: 4000,
        Phase.DECODING: 1000,
        Phase.SAVING: 1000,
    }


def test_a_start_told_twice_keeps_the_first_moment():
    assert after(Started(), NodeStarted(node=SAMPLER), Started()).started == NOW


def test_a_node_told_twice_goes_on():
    once = after(Started(), NodeStarted(node=SAMPLER), Sampled(node=SAMPLER, step=3, of=9))
    twice = after(NodeStarted(node=SAMPLER), progress=once)
    assert (twice.step, twice.node_since) == (once.step, once.node_since)


def test_a_node_that_is_seen_working_began_the_drawing():
    assert after(NodeStarted(node=SAMPLER)).started == NOW


def test_a_node_that_the_graph_does_not_name_is_work_all_the_same():
    assert after(Started(), NodeStarted(node="77")).phase is Phase.WORKING


def test_the_latest_preview_is_kept():
    old, new = (Preview(image=image, media_type="image/jpeg") for image in (b"old", b"new"))
    assert after(Started(), old, new).preview == new


def test_a_checkpoint_that_had_to_be_loaded_makes_a_drawing_cold():
    assert after(Started()).warmth is Warmth.COLD
    assert after(Started(cached=frozenset({CHECKPOINT}))).warmth is Warmth.WARM


def test_a_lora_that_had_to_be_loaded_does_not():
    graph = a_graph().with_node("lora_1", a_node("LoraLoader"))
    assert (
        after(Started(cached=frozenset({CHECKPOINT})), progress=Progress.of_graph(graph)).warmth
        is Warmth.WARM
    )


def test_of_a_drawing_that_we_joined_nobody_knows_the_warmth():
    assert after(Started(), progress=replace(fresh(), joined=True)).warmth is None


@pytest.mark.parametrize(
    ("class_type", "phase"),
    [
        ("CheckpointLoaderSimple", Phase.LOADING),
        ("UpscaleModelLoader", Phase.LOADING),
        ("LoraLoader", Phase.LOADING),
        ("CLIPTextEncode", Phase.READING),
        ("LoadImage", Phase.ENCODING),
        ("ImageScale", Phase.ENCODING),
        ("VAEEncode", Phase.ENCODING),
        ("KSamplerAdvanced", Phase.SAMPLING),
        ("KSamplerSelect", Phase.WORKING),
        ("ImageUpscaleWithModel", Phase.UPSCALING),
        ("VAEDecodeTiled", Phase.DECODING),
        ("SaveImage", Phase.SAVING),
        ("PreviewImage", Phase.SAVING),
        ("EmptyLatentImage", Phase.WORKING),
    ],
)
def test_a_nodes_phase_is_told_by_its_class(class_type, phase):
    assert phase_of(class_type) is phase
