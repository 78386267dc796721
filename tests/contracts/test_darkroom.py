from dataclasses import replace

import pytest

from bot.core.errors import BadRequest, DeliveryError, NoOutput, NotFound
from bot.core.generation import Lora
from bot.core.inscription import Parameters
from bot.imaging.darkroom import PillowDarkroom
from bot.ports.darkroom import Darkroom, Frame, Row, SheetFormat, TreeEdge, TreeNode
from tests.builders import a_size, png
from tests.fakes.darkroom import FakeDarkroom
from tests.imaging.hostile import arrow, encoded
from tests.imaging.sketches import png_of, sketch

NO_PICTURES = [b"", b"<html>", b"GIF89a", png()[:20]]
PARAMETERS = Parameters(
    prompt="1girl, 猫耳",
    negative="lowres",
    seed=2**63,
    steps=25,
    cfg=5.5,
    sampler="euler_ancestral",
    scheduler="karras",
    model="animagine-xl-4.0",
    loras=(Lora(name="yuki", strength=0.8),),
    size=a_size(832, 1216),
    others=(("Genga job", "12"),),
)


@pytest.fixture(params=["headers", "pillow"])
def darkroom(request, pool) -> Darkroom:
    return FakeDarkroom() if request.param == "headers" else PillowDarkroom(pool)


def a_frame(content, **changes):
    async def read():
        if content is None:
            raise NotFound("The file `library/1.png` is gone.")
        return content

    return Frame(**{"read": read, "caption": "#1"} | changes)


# ── what came out of ComfyUI


async def test_a_finished_picture_is_proven_measured_and_ready_for_its_post(darkroom):
    content = png_of(sketch(1, 96, 64))
    finished = await darkroom.finish(content, asked=a_size(64, 64))
    assert (finished.picture.content, finished.picture.size) == (content, a_size(96, 64))
    assert (finished.picture.media_type, finished.picture.blank) == ("image/png", False)
    assert finished.post.media_type == "image/webp"
    assert finished.development == await darkroom.develop(content, asked=a_size(64, 64))
    assert finished.fault is None


@pytest.mark.parametrize("content", NO_PICTURES)
async def test_what_is_no_picture_is_not_finished(darkroom, content):
    with pytest.raises(NoOutput):
        await darkroom.finish(content)


# ── what is found out


async def test_one_development_tells_everything(darkroom):
    developed = await darkroom.develop(png_of(sketch(1, 96, 64)), asked=a_size(64, 64))
    assert developed.measures.size == a_size(96, 64)
    assert developed.measures.aspect == pytest.approx(0.5)
    assert developed.measures.sharpness is not None
    assert developed.fingerprint is not None
    assert developed.thumbnail.startswith(b"RIFF")


async def test_without_a_wish_the_aspect_is_not_measured(darkroom):
    assert (await darkroom.develop(png())).measures.aspect is None


async def test_the_same_picture_develops_the_same_and_another_does_not(darkroom):
    one, again, other = [await darkroom.develop(png_of(sketch(seed))) for seed in (1, 1, 2)]
    assert one == again
    assert one.measures != other.measures
    assert not one.fingerprint.near(other.fingerprint)


async def test_a_thumbnail_is_a_webp(darkroom):
    thumbnail = await darkroom.thumbnail(png())
    assert (thumbnail[:4], thumbnail[8:12]) == (b"RIFF", b"WEBP")


async def test_a_picture_is_wholly_like_itself_whatever_else_is_beside_it(darkroom):
    one, two, three = (png_of(sketch(seed)) for seed in (1, 2, 3))
    found = await darkroom.likeness(one, [two, one, three])
    assert (found.score, found.references) == (1, 3)
    assert 0 <= found.mean < 1
    assert found == await darkroom.likeness(one, [three, two, one])


async def test_likeness_to_nothing_is_not_measured(darkroom):
    assert await darkroom.likeness(png(), []) is None


async def test_the_same_pixels_are_identical_and_others_are_counted(darkroom):
    one, two = png_of(sketch(1)), png_of(sketch(2))
    assert (await darkroom.difference(one, one)).identical
    found = await darkroom.difference(one, two)
    assert not found.identical
    assert 0 < found.pixels <= 256 * 384
    assert 0 < found.most <= 255


async def test_pictures_of_different_sizes_are_not_compared(darkroom):
    found = await darkroom.difference(png(64, 64), png(32, 64))
    assert (found.pixels, found.most, found.identical) == (None, None, False)


@pytest.mark.parametrize("content", NO_PICTURES)
async def test_what_is_no_picture_is_refused(darkroom, content):
    works = (
        lambda: darkroom.develop(content),
        lambda: darkroom.thumbnail(content),
        lambda: darkroom.likeness(content, [png()]),
        lambda: darkroom.likeness(png(), [content]),
        lambda: darkroom.difference(png(), content),
    )
    for work in works:
        with pytest.raises(BadRequest):
            await work()


# ── what is written in a file


async def test_a_file_that_tells_nothing_has_no_parameters(darkroom):
    assert (await darkroom.inscription(png())).parameters is None


@pytest.mark.parametrize("content", NO_PICTURES)
async def test_reading_never_raises(darkroom, content):
    assert (await darkroom.inscription(content)).parameters is None


async def test_what_is_inscribed_is_read_back(darkroom):
    found = await darkroom.inscription(await darkroom.inscribe(png(), PARAMETERS))
    assert found.parameters == PARAMETERS


async def test_inscribing_changes_no_pixel(darkroom):
    content = png_of(sketch(1))
    assert (await darkroom.difference(content, await darkroom.inscribe(content, PARAMETERS))).identical


async def test_inscribing_again_replaces(darkroom):
    once = await darkroom.inscribe(png(), PARAMETERS, graph="{}", workflow='{"nodes": []}')
    other = replace(PARAMETERS, seed=1)
    twice = await darkroom.inscribe(once, other, graph='{"2": {}}')
    found = await darkroom.inscription(twice)
    assert (found.parameters, found.graph, found.workflow) == (other, "{}", '{"nodes": []}')
    assert await darkroom.inscribe(twice, other) == twice


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
async def test_only_png_is_inscribed(darkroom, kind):
    content = encoded(arrow(), kind)
    assert await darkroom.inscribe(content, PARAMETERS) == content


async def test_nothing_is_inscribed_into_a_damaged_file(darkroom):
    with pytest.raises(BadRequest):
        await darkroom.inscribe(png()[:20], PARAMETERS)


# ── sheets


@pytest.mark.parametrize(("form", "start"), [(SheetFormat.WEBP, b"RIFF"), (SheetFormat.PNG, b"\x89PNG")])
async def test_every_sheet_is_a_picture_of_the_wanted_form(darkroom, form, start):
    frames = [a_frame(png()), a_frame(png(), caption="#2")]
    nodes = [TreeNode(id=number, frame=frame) for number, frame in enumerate(frames)]
    edge, row = TreeEdge(parent=0, child=1, how="again"), Row(name="Seed", left="1", right="2")
    sheets = (
        await darkroom.contact_sheet(frames, title="Yuki", columns=2, form=form),
        await darkroom.side_by_side(*frames, rows=[row], form=form),
        await darkroom.tree(nodes, [edge], form=form),
    )
    for sheet in sheets:
        assert sheet.content.startswith(start)
        assert (sheet.media_type, sheet.missing) == (form.value, ())


async def test_a_picture_that_is_gone_or_broken_is_named_and_the_sheet_made(darkroom):
    frames = [a_frame(png()), a_frame(None, caption="#2"), a_frame(b"", caption="#3")]
    assert (await darkroom.contact_sheet(frames)).missing == ("#2", "#3")


async def test_a_sheet_of_nothing_is_refused(darkroom):
    for work in (darkroom.contact_sheet([]), darkroom.tree([], [])):
        with pytest.raises(BadRequest):
            await work


async def test_a_sheet_without_columns_is_refused(darkroom):
    with pytest.raises(BadRequest):
        await darkroom.contact_sheet([a_frame(png())], columns=0)


async def test_a_sheet_that_fits_into_no_limit_is_refused(darkroom):
    with pytest.raises(DeliveryError):
        await darkroom.contact_sheet([a_frame(png())], limit=5)
