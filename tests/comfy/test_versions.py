import pytest

from bot.comfy.versions import Features


@pytest.mark.parametrize(
    ("version", "usable", "by_id", "methods", "jobs"),
    [
        ("0.3.44", False, False, False, False),
        ("0.3.45", True, False, False, False),
        ("0.3.57", True, True, False, False),
        ("0.3.64", True, True, False, False),
        ("0.5.0", True, True, True, False),
        ("0.26.0", True, True, True, True),
        ("v0.33.0-2-g783545f", True, True, True, True),
        ("1.0", True, True, True, True),
    ],
)
def test_what_a_comfyui_can_do_follows_from_its_version(version, usable, by_id, methods, jobs):
    assert Features.of(version) == Features(
        usable=usable, interrupts_by_id=by_id, preview_methods=methods, cancels_jobs=jobs
    )


def test_a_version_without_numbers_is_taken_for_the_oldest_that_works():
    assert Features.of("unknown") == Features.of("0.3.45")
