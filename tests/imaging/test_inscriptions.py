import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from bot.core.inscription import Inscription, Parameters, Provenance
from bot.imaging.inscriptions import inscribed, inscription
from tests.builders import a_size, png
from tests.imaging.chunks import chunk, inserted, pixels, texts
from tests.imaging.hostile import NO_PICTURES, arrow, encoded, photo
from tests.imaging.test_graph_reading import PLAIN, in_editor, txt2img

INFOTEXT = "silver hair, 猫耳\nNegative prompt: lowres\nSteps: 25, Sampler: Euler a, CFG scale: 5, Seed: 7"
TOLD = Parameters(
    prompt="silver hair, 猫耳", negative="lowres", steps=25, sampler="euler_ancestral", cfg=5.0, seed=7
)


def by_comfyui(**texts_by_keyword):
    """Return a PNG as ComfyUI's SaveImage writes it."""
    info = PngImagePlugin.PngInfo()
    for keyword, document in texts_by_keyword.items():
        info.add_text(keyword, json.dumps(document))
    return encoded(arrow(), "PNG", pnginfo=info)


def with_comment(kind, comment):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    return encoded(arrow(), kind, exif=exif)


# ── reading


def test_comfyuis_png_tells_what_was_drawn():
    found = inscription(by_comfyui(prompt=txt2img(), workflow=in_editor()))
    assert (found.parameters, found.found, found.remarks) == (PLAIN, (Provenance.GRAPH,), ())
    assert json.loads(found.graph) == txt2img()
    assert json.loads(found.workflow) == in_editor()


def test_the_editors_graph_is_read_where_there_is_no_other():
    found = inscription(by_comfyui(workflow=in_editor()))
    assert (found.parameters, found.found) == (PLAIN, (Provenance.EDITOR,))


def test_what_the_graph_leaves_open_is_filled_from_the_text():
    graph = {"1": {"class_type": "KSampler", "inputs": {"model": [], "latent_image": [], "seed": 9}}}
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", json.dumps(graph))
    info.add_text("parameters", INFOTEXT)
    found = inscription(encoded(arrow(), "PNG", pnginfo=info))
    assert found.found == (Provenance.GRAPH, Provenance.INFOTEXT)
    assert (found.parameters.seed, found.parameters.prompt) == (9, "silver hair, 猫耳")


def test_the_webuis_png_is_read():
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", INFOTEXT)
    assert inscription(encoded(arrow(), "PNG", pnginfo=info)).parameters == TOLD


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + INFOTEXT.encode("utf-16-be"),
        b"UNICODE\0" + INFOTEXT.encode("utf-16-le"),
        b"ASCII\0\0\0" + INFOTEXT.encode(),
        bytes(8) + INFOTEXT.encode(),
        INFOTEXT.encode(),
    ],
    ids=["big-endian", "little-endian", "ascii", "undefined", "bare"],
)
def test_the_comment_in_a_jpeg_or_webp_is_read(kind, comment):
    found = inscription(with_comment(kind, comment))
    assert (found.parameters, found.found) == (TOLD, (Provenance.INFOTEXT,))


def test_comfyuis_webp_is_read():
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = f"prompt:{json.dumps(txt2img())}"
    exif[ExifTags.Base.Make] = f"Workflow:{json.dumps(in_editor())}"
    found = inscription(encoded(arrow(), "WEBP", exif=exif))
    assert (found.parameters, json.loads(found.workflow)) == (PLAIN, in_editor())


@pytest.mark.parametrize("content", [png(), photo(), encoded(arrow(), "WEBP")], ids=["png", "jpeg", "webp"])
def test_a_file_that_tells_nothing_is_no_fault(content):
    assert inscription(content) == Inscription()


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_tells_nothing(content):
    assert inscription(content).parameters is None


@pytest.mark.parametrize(
    "text", ["{", "[" * 200_000, '{"seed": ' + "9" * 5000 + "}"], ids=["cut", "deep", "long"]
)
def test_json_that_cannot_be_read_is_remarked_on_and_the_rest_read(text):
    content = inserted(
        png(),
        chunk(b"tEXt", b"prompt\0" + text.encode()),
        chunk(b"iTXt", b"parameters\0\0\0\0\0" + INFOTEXT.encode()),
    )
    found = inscription(content)
    assert found.parameters == TOLD
    assert found.remarks == ("The text `prompt` is no JSON that can be read.",)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(
    changes=st.lists(st.tuples(st.integers(2, 400), st.integers(0, 255)), max_size=8),
    kind=st.sampled_from(["JPEG", "WEBP"]),
)
def test_no_exif_trips_the_reader(changes, kind):
    content = bytearray(with_comment(kind, b"UNICODE\0" + INFOTEXT.encode("utf-16-be")))
    for place, byte in changes:
        content[place % len(content)] = byte
    inscription(bytes(content))


@given(text=st.text(), keyword=st.sampled_from([b"prompt", b"workflow", b"parameters"]))
def test_no_text_trips_the_reader(text, keyword):
    inscription(inserted(png(), chunk(b"iTXt", keyword + bytes(5) + text.encode("utf-8", "replace"))))


@given(content=st.binary(max_size=200))
def test_no_bytes_trip_the_reader(content):
    inscription(content)


# ── writing


def test_what_is_inscribed_is_read_back_and_comfyuis_own_is_kept():
    content = by_comfyui(prompt=txt2img(), workflow=in_editor())
    written = inscribed(content, TOLD)
    found = dict(texts(written))
    assert json.loads(found["prompt"]) == txt2img()
    assert json.loads(found["workflow"]) == in_editor()
    assert found["parameters"].endswith("Seed: 7")
    assert pixels(written) == pixels(content)
    assert Image.open(BytesIO(written)).info["parameters"] == found["parameters"]


def test_a_graph_is_added_where_comfyui_left_it_out_and_never_replaced():
    bare = inscribed(png(), TOLD, graph='{"1": {}}', workflow='{"nodes": []}')
    assert dict(texts(bare))["prompt"] == '{"1": {}}'
    assert dict(texts(inscribed(bare, TOLD, graph="{}")))["prompt"] == '{"1": {}}'


def test_inscribing_twice_is_inscribing_once():
    once = inscribed(png(), TOLD, graph="{}")
    assert inscribed(once, TOLD, graph="{}") == once
    changed = inscribed(once, Parameters(prompt="other", steps=1, seed=2, size=a_size(64, 64)))
    assert [keyword for keyword, _ in texts(changed)] == ["parameters", "prompt"]
    assert inscription(changed).parameters.prompt == "other"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_formats_come_back_as_they_are(kind):
    content = encoded(arrow(), kind)
    assert inscribed(content, TOLD) == content
