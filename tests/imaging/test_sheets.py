from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.core.errors import BadRequest, DeliveryError
from bot.imaging.board import LONGEST_SIDE, MOST_PIXELS
from bot.imaging.contact_sheets import contact_sheet, side_by_side
from bot.imaging.family_trees import MOST_NODES, family_tree
from bot.imaging.printing import printed
from bot.ports.darkroom import Frame, Row, SheetFormat, Tone, TreeEdge, TreeNode
from tests.builders import a_size, png
from tests.imaging.hostile import bomb
from tests.imaging.sketches import png_of, sketch

RED, BLUE = (220, 20, 20), (20, 20, 220)


def a_frame(**changes):
    return Frame(**{"read": None, "caption": "#1", "detail": "approved", "size": a_size(64, 96)} | changes)


def plain_picture(colour, size=(400, 600)):
    return png_of(Image.new("RGB", size, colour))


def colours_in(image, box):
    return {colour for _, colour in image.crop(box).getcolors(1 << 24)}


def middle(image, box):
    return image.getpixel(((box[0] + box[2]) // 2, (box[1] + box[3]) // 2))


def apart(boxes, *, by=1):
    """Tell whether no two boxes come nearer to each other than so many pixels."""
    return not any(near(a, b, by) for number, a in enumerate(boxes) for b in boxes[:number])


def near(a, b, by):
    gaps = (max(a[0] - b[2], b[0] - a[2]), max(a[1] - b[3], b[1] - a[3]))
    return all(gap < by for gap in gaps)


def inside(layout):
    width, height = layout.image.size
    return all(min(box) >= 0 and box[2] <= width and box[3] <= height for box in layout.boxes)


# ── contact sheets


def test_each_picture_lies_in_its_own_box_in_reading_order():
    layout = contact_sheet([a_frame() for _ in range(6)], columns=3)
    assert [box[1] for box in layout.boxes[:3]] == [layout.boxes[0][1]] * 3
    assert layout.boxes[3][0] == layout.boxes[0][0]
    assert layout.boxes == sorted(layout.boxes, key=lambda box: (box[1], box[0]))
    layout.mount(1, plain_picture(RED))
    layout.mount(4, plain_picture(BLUE))
    assert middle(layout.image, layout.boxes[1]) == RED
    assert middle(layout.image, layout.boxes[4]) == BLUE


@given(count=st.integers(1, 100), columns=st.none() | st.integers(1, 40), title=st.sampled_from(["", "Yuki"]))
def test_boxes_never_touch_and_never_leave_the_sheet(count, columns, title):
    layout = contact_sheet([a_frame(detail="") for _ in range(count)], columns=columns, title=title)
    assert len(layout.boxes) == count
    assert inside(layout)
    assert apart(layout.boxes[:80], by=6)
    assert len({box[0] for box in layout.boxes}) <= (columns or count)


@pytest.mark.parametrize("count", [1, 2, 7, 12, 50, 100, 400, 1000])
def test_a_sheet_never_outgrows_its_memory(count):
    width, height = contact_sheet([a_frame() for _ in range(count)]).image.size
    assert width * height <= MOST_PIXELS
    assert max(width, height) <= LONGEST_SIDE


def test_the_columns_leave_few_boxes_empty():
    for count in range(4, 60):
        columns = len({box[0] for box in contact_sheet([a_frame()] * count).boxes})
        assert -count % columns <= columns // 2


@pytest.mark.parametrize(("columns", "count"), [(None, 0), (0, 3), (-1, 3), (1, 5000), (None, 50_000)])
def test_what_cannot_be_laid_out_is_refused(columns, count):
    with pytest.raises(BadRequest):
        contact_sheet([a_frame()] * count, columns=columns)


def test_the_boxes_have_the_shape_of_most_pictures():
    frames = [a_frame(size=a_size(832, 1216))] * 5 + [a_frame(size=a_size(1920, 600))]
    left, top, right, bottom = contact_sheet(frames).boxes[0]
    assert (right - left) / (bottom - top) == pytest.approx(832 / 1216, rel=0.02)


def test_without_any_size_the_boxes_are_squares():
    left, top, right, bottom = contact_sheet([a_frame(size=None)] * 3).boxes[0]
    assert right - left == bottom - top


def test_a_picture_of_another_shape_lies_on_a_mat_and_keeps_its_proportions():
    layout = contact_sheet([a_frame()])
    box = layout.boxes[0]
    layout.mount(0, plain_picture(RED, (600, 100)))
    assert middle(layout.image, box) == RED
    assert layout.image.getpixel(((box[0] + box[2]) // 2, box[1] + 8)) == (0x29, 0x2B, 0x30)


def test_what_is_transparent_shows_the_mat():
    layout = contact_sheet([a_frame()])
    layout.mount(0, png_of(Image.new("RGBA", (400, 600), (*RED, 0))))
    assert middle(layout.image, layout.boxes[0]) == (0x29, 0x2B, 0x30)


def test_a_frame_stands_out_in_its_tone():
    plain, good, bad = (contact_sheet([a_frame(tone=tone)]) for tone in (Tone.PLAIN, Tone.GOOD, Tone.BAD))
    for layout in (plain, good, bad):
        layout.mount(0, plain_picture(RED))
    assert len({layout.image.tobytes() for layout in (plain, good, bad)}) == 3


@pytest.mark.parametrize("content", [b"", png()[:40], bomb()], ids=["nothing", "truncated", "bomb"])
def test_what_cannot_be_decoded_leaves_its_box_vacant_and_is_named(content):
    layout = contact_sheet([a_frame(caption="#1"), a_frame(caption="#2")])
    layout.mount(0, plain_picture(RED))
    layout.mount(1, content)
    assert layout.missing == ["#2"]
    assert middle(layout.image, layout.boxes[0]) == RED


@given(caption=st.text(max_size=80), detail=st.text(max_size=80), title=st.text(max_size=80))
def test_no_words_are_a_failure(caption, detail, title):
    contact_sheet([a_frame(caption=caption, detail=detail)], title=title)


def test_words_stay_within_their_boxes():
    layout = contact_sheet([a_frame(caption="masterpiece " * 40, detail="猫 seed 1 " * 40)] * 2, columns=2)
    (_, _, right, bottom), (left, _, _, _) = layout.boxes
    assert colours_in(layout.image, (right + 1, bottom, left, layout.image.height)) == {(0x22, 0x23, 0x27)}


# ── pairs


def test_two_pictures_lie_side_by_side_at_the_same_height():
    layout = side_by_side(a_frame(), a_frame(), title="Compare", rows=[Row(name="Seed", left="1", right="2")])
    left, right = layout.boxes
    assert (left[1], left[3]) == (right[1], right[3])
    assert apart(layout.boxes, by=20)
    assert inside(layout)


def test_more_rows_make_a_longer_sheet_and_long_values_end():
    short = side_by_side(a_frame(), a_frame(), rows=[Row(name="Seed", left="1", right="")])
    long = side_by_side(a_frame(), a_frame(), rows=[Row(name="Prompt", left="1girl, " * 900, right="猫")] * 3)
    assert short.image.height < long.image.height < short.image.height + 600


def test_a_pair_is_no_larger_than_its_pictures():
    box = side_by_side(a_frame(size=a_size(512, 512)), a_frame(size=a_size(400, 400))).boxes[0]
    assert box[2] - box[0] == 512


# ── family trees


def a_tree(edges, *, nodes=None, **changes):
    found = nodes or sorted({number for edge in edges for number in edge[:2]})
    return family_tree(
        [TreeNode(id=number, frame=a_frame(caption=f"#{number}", **changes)) for number in found],
        [TreeEdge(parent=edge[0], child=edge[1], how=edge[2] if len(edge) > 2 else "") for edge in edges],
    )


def test_children_lie_to_the_right_of_all_their_parents():
    layout = a_tree([(1, 2), (2, 3), (1, 3), (3, 4)])
    lefts = [box[0] for box in layout.boxes]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 4


def test_a_parent_lies_amid_its_children():
    layout = a_tree([(1, 2), (1, 3), (1, 4)])
    one, two, _, four = layout.boxes
    assert one[1] == pytest.approx((two[1] + four[1]) / 2, abs=1)


def test_a_circle_is_cut_and_everybody_is_shown():
    assert len(a_tree([(1, 2), (2, 3), (3, 1), (2, 2)]).boxes) == 3


def test_edges_to_the_unknown_and_doubled_ones_are_left_out():
    layout = a_tree([(1, 2), (1, 2), (1, 9), (9, 2)], nodes=[1, 2])
    assert len(layout.boxes) == 2


def test_a_crowd_of_siblings_lies_in_lines():
    layout = a_tree([(0, child, "vary") for child in range(1, 60)])
    width, height = layout.image.size
    assert 0.4 < width / height < 2.5
    assert apart(layout.boxes, by=6)


@given(
    parents=st.lists(st.integers(0, 1000), max_size=60),
    more=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=10),
)
def test_no_two_pictures_of_any_family_touch(parents, more):
    edges = [(parent % (child + 1), child + 1) for child, parent in enumerate(parents)]
    layout = a_tree([*edges, *more], nodes=list(range(61)), detail="")
    assert apart(layout.boxes)
    assert inside(layout)
    assert len(layout.boxes) == 61


def test_wires_connect_who_came_from_whom():
    layout = a_tree([(1, 2)])
    unrelated = a_tree([], nodes=[1, 2])
    one, two = layout.boxes
    between = (one[2] + 6, one[1], two[0] - 6, one[3])
    assert len(colours_in(layout.image, between)) > 1
    assert (
        len(colours_in(unrelated.image, (one[2] + 6, 0, unrelated.image.width, unrelated.image.height))) == 1
    )


def test_words_on_wires_have_room():
    short, long = a_tree([(1, 2, "vary")]), a_tree([(1, 2, "drawn from reference")])
    assert long.boxes[1][0] > short.boxes[1][0]


def test_a_long_line_of_descent_still_fits():
    layout = a_tree([(n, n + 1, "again") for n in range(200)])
    assert layout.image.width <= LONGEST_SIDE


@pytest.mark.parametrize("count", [0, MOST_NODES + 1])
def test_no_pictures_and_too_many_are_refused(count):
    with pytest.raises(BadRequest):
        family_tree([TreeNode(id=number, frame=a_frame()) for number in range(count)], [])


def test_a_line_of_descent_longer_than_any_sheet_is_refused():
    with pytest.raises(BadRequest, match="do not fit"):
        a_tree([(n, n + 1) for n in range(450)])


# ── files


@pytest.mark.parametrize("form", SheetFormat)
@pytest.mark.parametrize("limit", [2_000_000, 60_000, 15_000])
def test_a_sheet_stays_below_its_limit(form, limit):
    sheet = printed(sketch(1, 900, 700), limit=limit, form=form)
    image = Image.open(BytesIO(sheet.content))
    assert len(sheet.content) <= limit
    assert Image.MIME[image.format] == sheet.media_type == form.value
    assert image.size == (sheet.size.width, sheet.size.height)


@pytest.mark.parametrize("form", SheetFormat)
def test_a_limit_that_nothing_meets_is_said(form):
    with pytest.raises(DeliveryError, match="20 bytes"):
        printed(sketch(1), limit=20, form=form)
