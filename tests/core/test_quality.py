"""What is said of a picture by its measures."""

from bot.core.quality import Finding, Measures
from tests.builders import a_size


def measures(**changes):
    usual = {
        "span": 255,
        "exposure": 0.5,
        "contrast": 0.2,
        "shadows": 0.0,
        "highlights": 0.0,
        "blackness": 0.0,
    }
    return Measures(size=a_size(), **{**usual, **changes})


def test_of_an_ordinary_picture_nothing_is_said():
    assert measures().findings() == ()


def test_of_a_black_or_blank_picture_only_that_is_said():
    assert measures(blackness=1.0, exposure=0.0, contrast=0.0).findings() == (Finding.NEAR_BLACK,)
    assert measures(span=0, contrast=0.0).findings() == (Finding.BLANK,)


def test_everything_beyond_its_threshold_is_named():
    wrong = measures(sharpness=0.001, contrast=0.01, exposure=0.01, shadows=0.6, aspect=0.1)
    assert set(wrong.findings()) == {
        Finding.BLURRED,
        Finding.FLAT,
        Finding.DARK,
        Finding.CLIPPED_SHADOWS,
        Finding.WRONG_ASPECT,
    }
    assert measures(exposure=0.99, highlights=0.6).findings() == (
        Finding.BRIGHT,
        Finding.CLIPPED_HIGHLIGHTS,
    )


def test_what_was_not_measured_is_no_fault():
    assert measures(sharpness=None, aspect=None).findings() == ()
