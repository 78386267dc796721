import pytest

from bot.core.batching import BatchKind
from bot.core.characters import VariationKind
from bot.core.turnaround import USUAL, columns_of, lacking, turnaround
from tests.builders import a_character, a_job, a_request, a_variation

POSE, EXPRESSION = VariationKind.POSE, VariationKind.EXPRESSION


def test_a_turnaround_is_every_pose_with_every_expression_row_by_row():
    outline = turnaround(
        a_character(), base=a_request(), poses=("front view", "back view"), expressions=("smile", "sad")
    )
    assert (outline.kind, outline.title, outline.ends_with_sheet) == (
        BatchKind.SHEET,
        "Yuki · turnaround",
        True,
    )
    assert [item.cell for item in outline.items()] == [
        "front view · smile",
        "front view · sad",
        "back view · smile",
        "back view · sad",
    ]


def test_what_is_asked_for_as_a_whole_and_is_hardly_there_is_lacking():
    assert lacking([]) == [POSE, EXPRESSION]
    assert lacking([a_variation(kind=POSE)] * 2 + [a_variation(kind=EXPRESSION)]) == [EXPRESSION]
    assert lacking([a_variation(kind=POSE), a_variation(kind=EXPRESSION)] * 2) == []


@pytest.mark.parametrize(
    ("drawn", "columns"),
    [
        ([("front", "smile"), ("front", "sad"), ("back", "smile"), ("back", "sad")], 2),
        ([("front", "smile"), ("back", "smile")], None),
        ([("front", "smile"), ("front", "sad")], None),
        ([], None),
    ],
)
def test_a_sheet_has_a_column_for_each_expression(drawn, columns):
    jobs = [a_job(request=a_request(variations=variations)) for variations in drawn]
    assert columns_of(jobs) == columns


def test_what_is_named_is_not_lacking():
    assert lacking([], poses=["front view"]) == [EXPRESSION]


def test_the_usual_variations_have_names_of_their_own():
    names = [name for kind in (POSE, EXPRESSION) for name in USUAL[kind]]
    assert len(names) == len(set(names)) == 8
