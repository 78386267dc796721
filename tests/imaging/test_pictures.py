import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageOps

from bot.core.errors import BadRequest, DeliveryError, NoOutput
from bot.core.generation import MAX_PIXELS
from bot.imaging.darkroom import PillowDarkroom
from bot.imaging.decoding import decoded
from bot.imaging.pictures import REFERENCE_BYTES, PillowPictures, proven
from bot.sandbox.patience import PATIENCE_S
from tests.builders import a_picture, a_size, png
from tests.imaging.hostile import (
    NO_PICTURES,
    animated,
    arrow,
    bomb,
    encoded,
    photo,
    with_header,
    with_workflow,
)


def opened(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def drawn(content):
    """Return what ComfyUI delivered, as the darkroom takes it."""
    return proven(content, decoded(content))


def noise(width, height, mode="RGB"):
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(5).randbytes(width * height * bands))


def like(colour, expected, *, within=12):
    return all(abs(a - b) <= within for a, b in zip(colour, expected, strict=True))


RED, BLUE = (255, 0, 0), (0, 0, 255)


# ── proving


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
async def test_three_formats_are_pictures(kind, media_type):
    content = encoded(arrow(), kind)
    proven = drawn(content)
    assert (proven.content, proven.size, proven.media_type) == (content, a_size(80, 40), media_type)


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
async def test_nothing_else_is_output(darkroom, content):
    with pytest.raises(NoOutput):
        await darkroom.finish(content)


# ── posts


async def test_a_post_carries_nothing_of_the_workflow(pictures):
    picture = drawn(with_workflow(arrow()))
    post = await pictures.for_post(picture, limit=10_000_000)
    assert b"KSampler" not in post.content
    image = opened(post.content)
    assert image.format == "WEBP"
    assert not {"exif", "xmp", "icc_profile", "prompt", "workflow"} & image.info.keys()


async def test_a_small_file_is_encoded_anew_as_well(pictures):
    original = encoded(arrow(), "WEBP")
    post = await pictures.for_post(drawn(original), limit=10_000_000)
    assert post.content != original


async def test_a_post_looks_like_the_picture(pictures):
    post = await pictures.for_post(drawn(encoded(arrow(), "PNG")), limit=10_000_000)
    image = opened(post.content).convert("RGB")
    assert post.size == a_size(80, 40)
    assert like(image.getpixel((5, 20)), RED)
    assert like(image.getpixel((75, 20)), BLUE)


async def test_transparency_survives_a_post(pictures):
    clear = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    post = await pictures.for_post(drawn(encoded(clear, "PNG")), limit=10_000)
    assert opened(post.content).convert("RGBA").getpixel((3, 3))[3] == 0


@pytest.mark.parametrize("limit", [200_000, 60_000, 20_000, 5_000])
async def test_quality_goes_first_and_size_after_until_a_post_fits(pictures, limit):
    picture = drawn(encoded(noise(512, 512), "PNG"))
    post = await pictures.for_post(picture, limit=limit)
    assert len(post.content) <= limit
    assert opened(post.content).size == (post.size.width, post.size.height)


async def test_a_limit_that_nothing_meets_is_said(pictures):
    with pytest.raises(DeliveryError, match="20 bytes"):
        await pictures.for_post(a_picture(content=encoded(noise(256, 256), "PNG")), limit=20)


async def test_a_side_too_long_for_webp_is_shortened(pictures):
    post = await pictures.for_post(drawn(png(17_000, 20)), limit=1_000_000)
    assert post.size == a_size(16_383, 19)


# ── references


async def test_a_reference_is_upright_and_tells_nothing_of_its_maker(pictures):
    reference = await pictures.reference(photo(orientation=6))
    image = opened(reference.content)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (40, 80))
    assert like(image.getpixel((20, 5)), RED)
    assert like(image.getpixel((20, 75)), BLUE)
    assert image.info == {}
    assert b"Telephone" not in reference.content
    assert reference.size == a_size(40, 80)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_is_put_right(pictures, orientation):
    reference = await pictures.reference(photo(orientation=orientation))
    expected = ImageOps.exif_transpose(opened(photo(orientation=orientation)))
    difference = ImageChops.difference(opened(reference.content), expected.convert("RGB"))
    assert max(high for _, high in difference.getextrema()) == 0


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("nonsense", [b"MM\0\0\0\0\0\x08", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40])
async def test_nonsensical_exif_turns_nothing(pictures, kind, nonsense):
    reference = await pictures.reference(encoded(arrow(), kind, exif=b"Exif\0\0" + nonsense))
    assert reference.size == a_size(80, 40)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(changes=st.lists(st.tuples(st.integers(20, 200), st.integers(0, 255)), max_size=6))
def test_no_exif_trips_the_reference(changes):
    content = bytearray(photo())
    for place, byte in changes:
        content[place] = byte

    async def reference():
        with ThreadPoolExecutor(1) as pool, suppress(BadRequest):
            await PillowPictures(pool).reference(bytes(content))

    asyncio.run(reference())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
async def test_every_kind_of_png_becomes_rgb(pictures, mode):
    image = (
        Image.new("I;16", (16, 16), 32768)
        if mode == "I;16"
        else Image.new("RGB", (16, 16), "gray").convert(mode)
    )
    reference = await pictures.reference(encoded(image, "PNG"))
    clean = opened(reference.content)
    assert clean.mode == "RGB"
    if mode not in ("1", "P"):
        assert like(clean.getpixel((8, 8)), (128, 128, 128))


async def test_a_print_in_four_colours_becomes_rgb(pictures):
    reference = await pictures.reference(encoded(arrow().convert("CMYK"), "JPEG"))
    assert opened(reference.content).mode == "RGB"


async def test_what_is_clear_in_a_reference_becomes_white(pictures):
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0))
    reference = await pictures.reference(encoded(clear, "PNG"))
    assert opened(reference.content).getpixel((4, 4)) == (255, 255, 255)


async def test_a_colour_profile_is_applied_before_it_is_dropped(pictures):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    odd = encoded(arrow(), "JPEG", icc_profile=profile)
    assert opened((await pictures.reference(odd)).content).info == {}
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = opened((await pictures.reference(encoded(arrow(), "PNG", icc_profile=srgb))).content)
    assert like(image.getpixel((5, 20)), RED, within=2)


async def test_a_nonsensical_profile_harms_nobody(pictures):
    reference = await pictures.reference(encoded(arrow(), "PNG", icc_profile=b"no profile at all"))
    assert opened(reference.content).info == {}


async def test_a_reference_larger_than_anything_drawn_from_it_is_shrunk(pictures):
    reference = await pictures.reference(png(4000, 3000))
    assert reference.size.pixels <= MAX_PIXELS
    assert reference.size.width / reference.size.height == pytest.approx(4 / 3, rel=0.01)


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
async def test_what_is_no_picture_is_refused_with_what_to_do(pictures, content):
    with pytest.raises(BadRequest) as refused:
        await pictures.reference(content)
    assert "PNG, JPEG or WebP" in refused.value.hint
    assert "object at" not in refused.value.message


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
async def test_an_animation_is_refused(pictures, kind):
    with pytest.raises(BadRequest, match="animated"):
        await pictures.reference(animated(kind))


async def test_a_file_above_20_mib_is_refused_unread(pictures):
    with pytest.raises(BadRequest, match=r"20\.0 MiB; the most is 20 MiB"):
        await pictures.reference(png() + bytes(REFERENCE_BYTES))


async def test_above_40_megapixels_is_refused_before_it_is_decoded(pictures):
    with pytest.raises(BadRequest, match=r"40\.5 megapixels"):
        await pictures.reference(with_header(png(), 8100, 5000))
    assert (await pictures.reference(png(8000, 5000))).size.pixels <= MAX_PIXELS


# ── previews


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_preview_is_a_small_jpeg(pictures, kind):
    preview = opened(await pictures.preview(encoded(arrow(1024, 768), kind)))
    assert (preview.format, preview.size) == ("JPEG", (512, 384))


async def test_a_preview_is_not_enlarged(pictures):
    assert opened(await pictures.preview(encoded(arrow(64, 48), "PNG"))).size == (64, 48)


async def test_a_preview_that_is_no_picture_is_said(pictures):
    with pytest.raises(NoOutput):
        await pictures.preview(b"\xff\xd8\xff")


# ── whatever comes


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@given(data=st.data())
def test_damaged_bytes_are_a_picture_or_the_promised_error(kind, data):
    content = bytearray(encoded(noise(24, 24), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]

    async def everything():
        with ThreadPoolExecutor(1) as pool:
            pictures = PillowPictures(pool)
            for work, refusal in (
                (PillowDarkroom(pool).finish, NoOutput),
                (pictures.reference, BadRequest),
                (pictures.preview, NoOutput),
            ):
                with suppress(refusal):
                    await work(bytes(content))

    asyncio.run(everything())


async def test_the_loop_goes_on_while_pictures_are_encoded(pictures):
    picture = drawn(encoded(noise(1024, 1024), "PNG"))
    work = asyncio.create_task(pictures.for_post(picture, limit=10_000_000))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    await work
    assert turns > 5


async def test_a_bomb_is_refused_at_once_and_costs_no_memory(pictures):
    with pytest.raises(BadRequest, match="cannot be used"):
        await asyncio.wait_for(pictures.reference(bomb()), PATIENCE_S)


@pytest.mark.parametrize("colour", ["black", "white", (12, 130, 40)])
@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_picture_of_one_colour_is_blank(colour, format_):
    buffer = BytesIO()
    Image.new("RGB", (64, 64), colour).save(buffer, format_)
    assert drawn(buffer.getvalue()).blank


def test_a_dark_picture_is_not_blank():
    image = Image.new("RGB", (64, 64), "black")
    image.putpixel((5, 5), (0, 0, 9))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    assert not drawn(buffer.getvalue()).blank
