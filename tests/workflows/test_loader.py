import json
import shutil
from importlib.resources import files

import pytest

from bot.core.generation import Aspect
from bot.core.workflow import Place
from bot.workflows.loader import load_workflows

OURS = {"txt2img", "img2img", "upscale", "upscale_latent"}
GRAPH = json.loads((files("bot.workflows") / "txt2img.json").read_text(encoding="utf-8"))
MANIFEST = (files("bot.workflows") / "txt2img.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def put(folder, name="mine", graph=GRAPH, manifest=MANIFEST):
    (folder / f"{name}.json").write_text(
        graph if isinstance(graph, str) else json.dumps(graph), encoding="utf-8"
    )
    (folder / f"{name}.toml").write_text(manifest, encoding="utf-8")


def changed(*, node, title=None, **inputs):
    graph = json.loads(json.dumps(GRAPH))
    graph[node]["inputs"] |= inputs
    graph[node]["_meta"]["title"] = title or graph[node]["_meta"]["title"]
    return graph


def the_finding(folder):
    loaded = load_workflows(folder)
    assert loaded.workflows.keys() == OURS
    (finding,) = loaded.findings
    return finding


def test_ours_are_there_and_whole():
    loaded = load_workflows()

    assert loaded.workflows.keys() == OURS
    assert loaded.findings == ()


def test_a_new_workflow_is_two_files_and_no_code(folder):
    put(folder)

    workflow = load_workflows(folder).workflows["mine"]

    assert workflow.name == "mine"
    assert workflow.places["seed"] == Place(node="Sampler", input="seed")
    assert workflow.defaults.aspect is Aspect.PORTRAIT


def test_one_of_the_owners_takes_the_place_of_ours(folder):
    put(folder, "txt2img", manifest=MANIFEST.replace("Text to image", "House style"))

    assert load_workflows(folder).workflows["txt2img"].title == "House style"


def test_a_broken_one_leaves_the_others_and_ours_as_they_are(folder):
    put(folder, "good")
    put(folder, "txt2img", graph="{")

    loaded = load_workflows(folder)

    assert loaded.workflows.keys() == OURS | {"good"}
    assert loaded.workflows["txt2img"].title == "Text to image"
    assert [finding.file for finding in loaded.findings] == [str(folder / "txt2img.json")]


def test_a_folder_that_is_not_there_is_an_empty_one(folder):
    assert load_workflows(folder / "none").findings == ()


def test_other_files_beside_them_are_left_alone(folder):
    put(folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "old").mkdir()

    assert load_workflows(folder).findings == ()


def test_files_with_a_byte_order_mark_are_read(folder):
    (folder / "mine.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(GRAPH).encode())
    (folder / "mine.toml").write_bytes(b"\xef\xbb\xbf" + MANIFEST.encode())

    assert "mine" in load_workflows(folder).workflows


@pytest.mark.parametrize("missing", ["mine.json", "mine.toml"])
def test_one_file_without_the_other_is_said_to_be_half_a_workflow(folder, missing):
    put(folder)
    (folder / missing).unlink()

    finding = the_finding(folder)

    assert finding.file == str(folder / missing)
    assert "missing" in finding.reason


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        ("not json", "not JSON"),
        ("[]", "not a ComfyUI workflow"),
        ({"nodes": [], "links": [], "version": 0.4}, "editor's own format"),
        ({"3": {"inputs": {}}}, "no class_type"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_graph_that_is_none_is_said_to_be_so(folder, graph, reason):
    put(folder, graph=graph)

    finding = the_finding(folder)

    assert finding.file == str(folder / "mine.json")
    assert reason in finding.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[places]", "[places", "not TOML"),
        ('title = "Text to image"', "", "`title`"),
        ("steps     = 25", "steps = 0", "`defaults.steps`"),
        ('aspect    = "portrait"', 'aspect = "round"', "`defaults.aspect`"),
        ("[lora]", "colour = 1\n[lora]", "`defaults.colour`"),
        ("seed            =", "sede =", "no parameter `sede`"),
        ("seed            =", "# seed =", "`seed` has no place"),
        ("width           =", "# width =", "belong together"),
        ('node = "Canvas",          input = "width"', 'node = "Latent", input = "width"', "“Latent”"),
        ('input = "batch_size"', 'input = "batch"', "`batch`"),
        (
            '{ node = "Prompt",          input = "text" }',
            '{ node = "Prompt", input = "clip" }',
            "another node feeds",
        ),
        ('after = "Checkpoint"', 'after = "Loader"', "“Loader”"),
        ('after = "Checkpoint"', 'after = "Canvas"', "would do nothing"),
    ],
)
def test_a_manifest_that_does_not_fit_is_told_with_its_reason(folder, old, new, reason):
    assert old in MANIFEST
    put(folder, manifest=MANIFEST.replace(old, new))

    finding = the_finding(folder)

    assert finding.file == str(folder / "mine.toml")
    assert reason in finding.reason
    assert "Traceback" not in finding.reason


def test_two_nodes_of_one_title_cannot_be_told_apart(folder):
    put(folder, graph=changed(node="7", title="Prompt"))

    assert "2 nodes are titled “Prompt”" in the_finding(folder).reason


def test_a_link_to_a_node_that_is_not_there_is_found(folder):
    put(folder, graph=changed(node="9", images=["77", 0]))

    assert "node 77" in the_finding(folder).reason


@pytest.mark.parametrize("name", ["My Workflow", "ä", "x" * 33, "-x"])
def test_a_name_that_nobody_could_type_is_refused(folder, name):
    put(folder, name)

    assert "no name for a workflow" in the_finding(folder).reason


def test_ours_can_be_copied_as_a_beginning(folder):
    for suffix in (".json", ".toml"):
        shutil.copy(str(files("bot.workflows") / f"img2img{suffix}"), folder / f"mine{suffix}")

    assert load_workflows(folder).workflows["mine"].needs_reference
