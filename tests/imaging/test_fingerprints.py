from io import BytesIO
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageEnhance, ImageOps, ImageStat

from bot.core.likeness import NEAR_DUPLICATE, Fingerprint
from bot.imaging.decoding import Undecodable
from bot.imaging.fingerprints import fingerprint, fingerprint_of
from bot.imaging.shrinking import resized, thumbnail
from tests.builders import png
from tests.imaging.hostile import encoded, with_workflow
from tests.imaging.sketches import png_of, sketch, webp_of

CHANGES = {
    "webp 90": webp_of,
    "webp 60": lambda image: webp_of(image, 60),
    "jpeg 80": lambda image: encoded(image, "JPEG", quality=80),
    "half as large": lambda image: png_of(image.resize((128, 192))),
    "twice as large": lambda image: png_of(image.resize((512, 768))),
    "a thumbnail": lambda image: thumbnail(png_of(image)),
    "a little lighter": lambda image: png_of(ImageEnhance.Brightness(image).enhance(1.06)),
    "a little darker": lambda image: png_of(ImageEnhance.Brightness(image).enhance(0.92)),
    "more contrast": lambda image: png_of(ImageEnhance.Contrast(image).enhance(1.08)),
    "everything": lambda image: webp_of(ImageEnhance.Brightness(image.resize((200, 300))).enhance(1.04), 80),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_done_to_a_picture_leaves_it_a_near_duplicate(change):
    for seed in range(12):
        image = sketch(seed)
        assert fingerprint_of(image).distance(fingerprint(change(image))) <= NEAR_DUPLICATE


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_plain_sky_is_told_by_what_is_there_and_not_by_noise(change):
    sky = Image.linear_gradient("L").resize((256, 384)).convert("RGB")
    assert fingerprint_of(sky).near(fingerprint(change(sky)))


def test_different_pictures_are_no_near_duplicates():
    prints = [fingerprint_of(sketch(seed)) for seed in range(60)]
    near = [(a, b) for number, a in enumerate(prints) for b in prints[:number] if a.near(b)]
    assert near == []


@pytest.mark.parametrize(
    "turn", [ImageOps.mirror, ImageOps.flip, lambda image: image.rotate(90, expand=True)]
)
def test_a_mirrored_or_turned_picture_is_another_one(turn):
    assert not fingerprint_of(sketch(1)).near(fingerprint_of(turn(sketch(1))))


def test_a_fingerprint_is_of_the_greys_alone():
    assert fingerprint_of(sketch(1).convert("L")) == fingerprint_of(sketch(1))


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_picture_has_no_fingerprint(grey):
    assert fingerprint(png(200, 300, grey=grey)) is None


def test_the_smallest_picture_has_none_and_harms_nobody():
    assert fingerprint(png(1, 1)) is None


def test_what_is_no_picture_has_none_to_take():
    with pytest.raises(Undecodable):
        fingerprint(b"no picture")


@given(bits=st.integers(0, 2**64 - 1))
def test_a_fingerprint_survives_signed_integers(bits):
    mark = Fingerprint(bits)
    assert -(2**63) <= mark.signed < 2**63
    assert Fingerprint.from_signed(mark.signed) == mark


@given(a=st.integers(0, 2**64 - 1), flipped=st.sets(st.integers(0, 63)))
def test_the_distance_counts_the_bits_that_differ(a, flipped):
    b = a
    for bit in flipped:
        b ^= 1 << bit
    assert Fingerprint(a).distance(Fingerprint(b)) == len(flipped)


# ── thumbnails


@pytest.mark.parametrize(
    ("size", "shown"), [((1024, 768), (512, 384)), ((300, 3000), (51, 512)), ((64, 48), (64, 48))]
)
def test_a_thumbnail_is_a_webp_of_at_most_512_pixels_and_never_larger_than_the_picture(size, shown):
    image = Image.open(BytesIO(thumbnail(png_of(sketch(1, *size)))))
    assert (image.format, image.size) == ("WEBP", shown)


@pytest.mark.parametrize("size", [(832, 1216), (1024, 1024), (900, 700), (3000, 2000)])
def test_a_thumbnail_is_hardly_less_true_than_the_most_careful_one(size):
    image = sketch(1, *size)
    shown = Image.open(BytesIO(thumbnail(png_of(image)))).convert("RGB")
    careful = resized(image, shown.size, Image.Resampling.LANCZOS)
    assert mean(ImageStat.Stat(ImageChops.difference(shown, careful)).mean) < 3


def test_a_thumbnail_is_small():
    assert len(thumbnail(png_of(sketch(1, 1024, 1536)))) < 40_000


def test_a_thumbnail_tells_nothing_of_the_workflow():
    assert b"KSampler" not in thumbnail(with_workflow(sketch(1)))


def test_a_thumbnail_stays_transparent():
    clear = Image.new("RGBA", (600, 600), (255, 0, 0, 0))
    assert Image.open(BytesIO(thumbnail(png_of(clear)))).convert("RGBA").getpixel((9, 9))[3] == 0
