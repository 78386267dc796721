"""Graphs, and the binding of a recipe into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UnusedOption
from bot.core.generation import Seed
from bot.core.workflow import PLACES, BadWorkflow, Graph, Link, Place, bind
from tests.builders import (
    a_graph,
    a_lora,
    a_node,
    a_recipe,
    a_reference,
    a_request,
    a_size,
    a_workflow,
    an_img2img_workflow,
)

CHECKPOINT, LATENT, PROMPT, NEGATIVE, SAMPLER, SAVE = "4", "5", "6", "7", "3", "9"
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


def bound(recipe=None, workflow=None):
    return bind(workflow or a_workflow(), recipe or a_recipe(), filename_prefix="genga/x")


def inputs(graph, node):
    return graph.nodes[node].inputs


def changed(before, after):
    return {
        (node_id, name)
        for node_id, node in before.nodes.items()
        for name, value in node.inputs.items()
        if after.nodes[node_id].inputs[name] != value
    }


def test_a_graph_survives_its_own_format():
    assert Graph.parse(a_graph().to_api()) == a_graph()


@pytest.mark.parametrize(
    "document", [None, [], {}, "x", {"4": {"class_type": "A"}}, {"4": {"inputs": {}}}, {"4": 1}]
)
def test_what_is_no_graph_is_refused_with_message_and_hint(document):
    with pytest.raises(BadWorkflow) as refusal:
        Graph.parse(document)
    assert refusal.value.message
    assert "xport" in refusal.value.hint


def test_the_editors_own_format_is_recognised():
    with pytest.raises(BadWorkflow, match="editor"):
        Graph.parse({"nodes": [], "links": []})


@given(json)
def test_no_document_trips_the_parser(document):
    try:
        graph = Graph.parse(document)
    except BadWorkflow:
        return
    assert Graph.parse(graph.to_api()) == graph


@pytest.mark.parametrize("meta", [{}, {"_meta": {}}, {"_meta": {"title": 3}}])
def test_a_node_without_a_title_goes_by_its_class(meta):
    graph = Graph.parse({"1": {"class_type": "KSampler", "inputs": {}, **meta}})
    assert graph.titled("KSampler") == "1"


def test_a_title_that_is_missing_or_given_twice_is_refused():
    twice = a_graph().with_node("10", a_node("KSampler", title="Sampler"))
    with pytest.raises(BadWorkflow, match="2 nodes"):
        twice.titled("Sampler")
    with pytest.raises(BadWorkflow, match="No nodes"):
        a_graph().titled("Nobody")


def test_what_feeds_a_node_is_told_from_its_values():
    node = a_node(seed=1, model=["4", 0], words=["a", "b"], size=[1, 2])
    assert list(node.links()) == [("model", Link(node="4", slot=0))]


def test_every_place_takes_its_value_from_the_recipe():
    graph = bound(
        a_recipe(prompt="heron", negative="text", size=a_size(640, 768), count=3, seed=Seed(9), steps=8)
    )
    assert inputs(graph, PROMPT)["text"] == "heron"
    assert inputs(graph, NEGATIVE)["text"] == "text"
    assert inputs(graph, LATENT) == {"width": 640, "height": 768, "batch_size": 3}
    assert (inputs(graph, SAMPLER)["seed"], inputs(graph, SAMPLER)["steps"]) == (9, 8)
    assert inputs(graph, CHECKPOINT)["ckpt_name"] == "illustrious_xl.safetensors"
    assert inputs(graph, SAVE)["filename_prefix"] == "genga/x"


def test_a_reference_goes_in_by_its_upload_name():
    graph = bound(a_recipe(workflow="img2img", reference=a_reference(), denoise=0.4), an_img2img_workflow())
    assert inputs(graph, "10")["image"] == a_reference().upload_name
    assert inputs(graph, SAMPLER)["denoise"] == 0.4


def test_binding_touches_nothing_but_the_places():
    places = {(a_graph().titled(place.node), place.input) for place in a_workflow().places.values()}
    assert changed(a_graph(), bound()) <= places
    assert bound().nodes.keys() == a_graph().nodes.keys()


def test_a_place_whose_node_is_not_there_is_refused():
    workflow = a_workflow(places={"prompt": Place(node="Nobody", input="text")})
    with pytest.raises(BadWorkflow):
        bound(workflow=workflow)


def test_the_workflow_itself_is_never_changed():
    workflow = a_workflow()
    bound(a_recipe(loras=(a_lora(),)), workflow)
    assert workflow == a_workflow()


def test_without_loras_no_loader_is_inserted():
    assert bound().class_types() == a_graph().class_types()


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=5))
def test_loras_form_a_chain_between_the_checkpoint_and_all_its_consumers(strengths):
    loras = tuple(
        a_lora(name=f"{number}.safetensors", strength=each) for number, each in enumerate(strengths)
    )
    plain, graph = bound(), bound(a_recipe(loras=loras))
    before = CHECKPOINT, CHECKPOINT
    for number, lora in enumerate(loras, start=1):
        loader = inputs(graph, f"lora_{number}")
        assert (loader["model"], loader["clip"]) == ([before[0], 0], [before[1], 1])
        assert (loader["lora_name"], loader["strength_model"], loader["strength_clip"]) == (
            lora.name,
            lora.strength,
            lora.strength,
        )
        before = f"lora_{number}", f"lora_{number}"
    last = f"lora_{len(loras)}"
    assert inputs(graph, SAMPLER)["model"] == [last, 0]
    assert inputs(graph, PROMPT)["clip"] == inputs(graph, NEGATIVE)["clip"] == [last, 1]
    assert changed(plain, graph) == {(SAMPLER, "model"), (PROMPT, "clip"), (NEGATIVE, "clip")}
    assert graph.nodes.keys() - plain.nodes.keys() == {f"lora_{number + 1}" for number in range(len(loras))}


def test_a_workflow_without_an_anchor_takes_no_loras():
    assert bound(a_recipe(loras=(a_lora(),)), a_workflow(lora_anchor=None)) == bound()


def test_only_what_was_fed_by_a_link_is_rewired():
    old, new = Link(node=CHECKPOINT, slot=2), Link(node="99", slot=0)
    assert changed(a_graph(), a_graph().rewired(old, new)) == {("8", "vae")}


def test_another_seed_leaves_everything_else_of_a_graph_alone():
    again = a_workflow().reseeded(bound(), seed=Seed(5), filename_prefix="genga/y")
    assert changed(bound(), again) == {(SAMPLER, "seed"), (SAVE, "filename_prefix")}


def test_a_workflow_without_a_seed_is_not_given_one():
    workflow = a_workflow(places={})
    assert workflow.reseeded(a_graph(), seed=Seed(5), filename_prefix="y") == a_graph()


def test_a_workflow_names_the_options_that_it_reads():
    options = a_workflow().options
    assert {"prompt", "project", "workflow", "size", "count", "seed", "loras"} <= options
    assert not options & {"width", "height", "filename_prefix", "reference", "denoise"}
    assert "reference" in an_img2img_workflow().options
    assert "loras" not in a_workflow(lora_anchor=None).options


def test_an_unused_option_is_refused_with_those_that_are_used():
    with pytest.raises(UnusedOption) as refusal:
        a_workflow().check_options(a_request(reference=a_reference()))
    assert "`reference`" in refusal.value.message
    assert "`lora`" in refusal.value.hint
    assert "`project`" not in refusal.value.hint


def test_a_workflow_needs_its_nodes_and_its_loader():
    assert a_workflow().class_types() == a_graph().class_types() | {"LoraLoader"}
    assert a_workflow(lora_anchor=None).class_types() == a_graph().class_types()


def test_the_builders_workflows_use_only_known_places():
    assert a_workflow().places.keys() | an_img2img_workflow().places.keys() <= PLACES
    assert an_img2img_workflow().needs_reference
    assert not a_workflow().needs_reference
