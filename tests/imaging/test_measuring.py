import random
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from bot.core.quality import Finding, Thresholds
from bot.imaging.decoding import Undecodable
from bot.imaging.measuring import measured, measures_of
from tests.builders import a_size, png
from tests.imaging.hostile import NO_PICTURES, encoded
from tests.imaging.sketches import png_of, sketch, webp_of


def flat(*colour, size=(64, 64)):
    return Image.new("RGB", size, colour)


def half_and_half(dark, light, size=64):
    image = flat(dark, dark, dark, size=(size, size))
    image.paste((light, light, light), (0, 0, size // 2, size))
    return image


def toned(image, curve):
    return image.convert("L").point(curve).convert("RGB")


# ── what each number is


def test_the_numbers_are_those_that_counting_pixel_by_pixel_gives():
    image = sketch(3, 40, 48)
    bands = [band.tobytes() for band in image.split()]
    greys = image.convert("L").tobytes()
    luma = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in zip(*bands, strict=True)]
    measures = measures_of(image)
    assert measures.span == max(max(band) - min(band) for band in bands)
    assert measures.exposure == pytest.approx(mean(luma) / 255)
    assert measures.contrast == pytest.approx(pstdev(greys) / 255)
    assert measures.shadows == sum(grey <= 2 for grey in greys) / len(greys)
    assert measures.highlights == sum(grey >= 253 for grey in greys) / len(greys)
    assert measures.blackness == sum(grey <= 16 for grey in greys) / len(greys)


def test_greys_that_are_at_hand_change_no_number():
    image = sketch(1)
    assert measures_of(image, grey=image.convert("L")) == measures_of(image)


def test_exposure_is_the_mean_luminance():
    assert measures_of(flat(255, 255, 255)).exposure == pytest.approx(1)
    assert measures_of(flat(0, 0, 0)).exposure == 0
    assert measures_of(flat(0, 255, 0)).exposure == pytest.approx(0.587)


def test_half_black_half_white_has_the_greatest_contrast_there_is():
    assert measures_of(half_and_half(0, 255)).contrast == pytest.approx(0.5)


def test_contrast_is_the_spread_of_the_luminance():
    assert measures_of(half_and_half(102, 153)).contrast == pytest.approx(0.1)


def test_clipped_pixels_are_counted_as_shares():
    measures = measures_of(half_and_half(0, 255))
    assert (measures.shadows, measures.highlights) == (0.5, 0.5)
    assert measures_of(flat(128, 128, 128)).shadows == 0


def test_sharpness_falls_with_every_blur():
    image = sketch(1)
    blurred = [image.filter(ImageFilter.GaussianBlur(radius)) for radius in (0.5, 1, 2, 4, 8)]
    sharpness = [measures_of(each).sharpness for each in (image, *blurred)]
    assert sharpness == sorted(sharpness, reverse=True)
    assert len(set(sharpness)) == len(sharpness)


def test_sharpness_is_looked_at_from_the_same_distance_however_large_the_picture_is():
    small = sketch(3, 340, 512)
    large = small.resize((1360, 2048), Image.Resampling.NEAREST)
    assert measures_of(large).sharpness == pytest.approx(measures_of(small).sharpness, rel=0.05)


@pytest.mark.parametrize(
    ("got", "error"), [((64, 64), 0), ((128, 128), 0), ((128, 64), 1), ((64, 128), 1), ((66, 60), 0.1)]
)
def test_the_aspect_error_is_how_far_it_is_from_what_was_asked(got, error):
    assert measures_of(flat(9, 9, 9, size=got), asked=a_size(1024, 1024)).aspect == pytest.approx(error)


def test_what_was_not_measured_is_none():
    measures = measures_of(flat(9, 9, 9, size=(31, 200)))
    assert measures.sharpness is None
    assert measures.aspect is None


def test_a_sliver_has_no_sharpness():
    assert measures_of(flat(9, 9, 9, size=(20_000, 32))).sharpness is None


def test_what_is_transparent_is_measured_on_white():
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert measured(encoded(clear, "PNG")).exposure == pytest.approx(1)


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_not_measured(content):
    with pytest.raises(Undecodable):
        measured(content)


# ── what is wrong with it


def test_a_good_drawing_has_nothing_wrong():
    assert measures_of(sketch(1), asked=a_size(832, 1248)).findings() == ()


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (127, 90, 30)])
def test_one_colour_is_blank_even_after_lossy_encoding(colour):
    measures = measured(webp_of(flat(*colour, size=(256, 256)), quality=90))
    assert measures.blank
    assert Finding.BLANK in measures.findings()


def test_a_faint_gradient_is_not_blank():
    image = Image.linear_gradient("L").point([120 + level // 16 for level in range(256)]).convert("RGB")
    assert not measures_of(image).blank


def test_a_colour_is_enough_not_to_be_blank():
    image = flat(100, 100, 100)
    image.paste((100, 100, 140), (0, 0, 20, 20))
    assert not measures_of(image).blank


def test_a_spark_in_the_dark_is_near_black_and_not_blank():
    image = flat(3, 3, 3, size=(200, 200))
    image.paste((255, 255, 255), (0, 0, 9, 9))
    measures = measures_of(image)
    assert (measures.near_black, measures.blank) == (True, False)
    assert measures.findings() == (Finding.NEAR_BLACK,)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda image: image.filter(ImageFilter.GaussianBlur(25)), Finding.BLURRED),
        (lambda image: ImageEnhance.Contrast(image).enhance(0.1), Finding.FLAT),
        (lambda image: ImageEnhance.Brightness(image).enhance(0.12), Finding.DARK),
        (lambda image: image.point(lambda level: 243 + level // 32), Finding.BRIGHT),
        (lambda image: toned(image, lambda level: 255 if level > 70 else level), Finding.CLIPPED_HIGHLIGHTS),
        (lambda image: toned(image, lambda level: 0 if level < 165 else level), Finding.CLIPPED_SHADOWS),
        (lambda image: image.resize((256, 256)), Finding.WRONG_ASPECT),
    ],
)
def test_what_is_done_to_a_drawing_is_found(change, finding):
    assert finding in measures_of(change(sketch(1)), asked=a_size(832, 1248)).findings()


def test_the_thresholds_stand_in_one_place_and_are_kept_with_the_measures():
    strict = Thresholds(sharpness=1.0)
    measures = measures_of(sketch(1), thresholds=strict)
    assert measures.findings() == (Finding.BLURRED,)
    assert measures.thresholds == strict


# ── no two alike


@given(seed=st.integers(0, 10_000), band=st.integers(0, 2), step=st.sampled_from([-1, 1]))
def test_one_sample_changed_by_one_changes_the_exposure(seed, band, step):
    choose = random.Random(seed)
    samples = bytearray(choose.randbytes(48 * 40 * 3))
    place = 3 * choose.randrange(48 * 40) + band
    before = measures_of(Image.frombytes("RGB", (48, 40), bytes(samples)))
    samples[place] += step if 0 <= samples[place] + step <= 255 else -step
    after = measures_of(Image.frombytes("RGB", (48, 40), bytes(samples)))
    assert before.exposure != after.exposure


def test_no_two_of_many_drawings_agree_in_any_measure():
    measures = [measures_of(sketch(seed, 96, 128)) for seed in range(150)]
    for name in ("sharpness", "contrast", "exposure"):
        assert len({getattr(each, name) for each in measures}) == len(measures)


def test_the_same_picture_always_measures_the_same():
    content = png_of(sketch(4))
    assert measured(content) == measured(content)


def test_a_true_png_of_one_shade_is_blank():
    assert measured(png(64, 64, grey=128)).blank
