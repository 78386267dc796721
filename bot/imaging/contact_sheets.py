"""Contact sheets: many pictures in a grid, and two beside each other with what they differ in."""

from collections.abc import Iterator, Sequence
from math import ceil, sqrt

from bot.core.errors import BadRequest
from bot.imaging.board import FAINT, SOFT, STRONG, Board, Box, Letterings, board_of, too_many
from bot.imaging.layouts import (
    MARGIN,
    Layout,
    captions_height,
    draw_captions,
    draw_header,
    header_height,
    letterings_for,
    shape_of,
)
from bot.imaging.lettering import PILLOWS_OWN, Typefaces
from bot.ports.darkroom import Frame, Row

_AREAS = (320.0, 288.0, 256.0, 224.0, 192.0, 168.0, 144.0, 120.0, 100.0, 84.0, 72.0)
"""The side of a square box, tried from the largest; boxes of another shape have the same area."""
_SHEET_SHAPE = 1.45
"""Width : height that a sheet without a given number of columns comes near."""

_PAIR_AREA = 720.0
_LEAST_PAIR_AREA = 320.0
_PAIR_GAP = 36
_MOST_LINES = 4


# ── a grid


def contact_sheet(
    frames: Sequence[Frame],
    *,
    title: str = "",
    columns: int | None = None,
    typefaces: Typefaces = PILLOWS_OWN,
) -> Layout:
    """Raise BadRequest for no pictures, or for more than fit."""
    if not frames:
        raise BadRequest("There is no picture for a contact sheet.")
    if columns is not None and columns < 1:
        raise BadRequest(f"A sheet with {columns} columns holds nothing.", hint="Use one column or more.")
    for area in _AREAS:
        layout = _grid(frames, title=title, columns=columns, area=area, typefaces=typefaces)
        if layout is not None:
            return layout
    raise too_many(len(frames))


def _grid(
    frames: Sequence[Frame], *, title: str, columns: int | None, area: float, typefaces: Typefaces
) -> Layout | None:
    shape = shape_of(frames)
    width, height = round(area * sqrt(shape)), round(area / sqrt(shape))
    letterings = letterings_for(width, typefaces=typefaces)
    gap = max(10, width // 12)
    pitch = (width + gap, height + captions_height(letterings, frames) + gap)
    across = min(columns or _columns(len(frames), *pitch), len(frames))
    top = MARGIN + header_height(title)
    rows = ceil(len(frames) / across)
    board = board_of(2 * MARGIN + across * pitch[0] - gap, top + rows * pitch[1] - gap + MARGIN)
    if board is None:
        return None
    boxes = list(_boxes(len(frames), across, (width, height), pitch, top))
    draw_header(board, letterings, title, _counted(len(frames)))
    for frame, box in zip(frames, boxes, strict=True):
        draw_captions(board, letterings, frame, box)
    return Layout(board=board, letterings=letterings, frames=frames, boxes=boxes)


def _columns(count: int, width: float, height: float) -> int:
    """Choose, near the number that gives the sheet its shape, the one that leaves the fewest boxes empty."""
    ideal = max(1, round(sqrt(count * height / width * _SHEET_SHAPE)))
    near = range(max(1, round(ideal * 0.75)), round(ideal * 1.25) + 1)
    return min(near, key=lambda columns: (-count % columns, abs(columns - ideal)))


def _boxes(count: int, across: int, size: tuple[int, int], pitch: tuple[int, int], top: int) -> Iterator[Box]:
    for number in range(count):
        row, column = divmod(number, across)
        x, y = MARGIN + column * pitch[0], top + row * pitch[1]
        yield x, y, x + size[0], y + size[1]


def _counted(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"


# ── a pair


def side_by_side(
    left: Frame,
    right: Frame,
    *,
    rows: Sequence[Row] = (),
    title: str = "",
    typefaces: Typefaces = PILLOWS_OWN,
) -> Layout:
    frames = (left, right)
    shape, area = shape_of(frames), _pair_area(frames)
    width, height = round(area * sqrt(shape)), round(area / sqrt(shape))
    letterings = Letterings.sized(19, title=26, typefaces=typefaces)
    top = MARGIN + header_height(title)
    columns = (MARGIN, MARGIN + width + _PAIR_GAP)
    table = top + height + captions_height(letterings, frames) + _PAIR_GAP // 2
    board = Board(columns[1] + width + MARGIN, table + _table_height(rows, letterings, width) + MARGIN)
    boxes = [(x, top, x + width, top + height) for x in columns]
    draw_header(board, letterings, title, "")
    for frame, box in zip(frames, boxes, strict=True):
        draw_captions(board, letterings, frame, box)
    _draw_table(board, letterings, rows, columns, width, table)
    return Layout(board=board, letterings=letterings, frames=frames, boxes=boxes)


def _pair_area(frames: Sequence[Frame]) -> float:
    """Return the side of a square box that is no larger than the larger picture: nothing is enlarged."""
    largest = max((frame.size.pixels for frame in frames if frame.size is not None), default=0)
    return min(max(sqrt(largest), _LEAST_PAIR_AREA), _PAIR_AREA) if largest else _PAIR_AREA


def _table_height(rows: Sequence[Row], letterings: Letterings, width: int) -> int:
    return sum(_row_height(row, letterings, width) for row in rows)


def _row_height(row: Row, letterings: Letterings, width: int) -> int:
    lines = max(len(_lines(value, letterings, width)) for value in (row.left, row.right))
    return letterings.detail.line + max(lines, 1) * letterings.caption.line + _PAIR_GAP // 2


def _lines(value: str, letterings: Letterings, width: int) -> list[str]:
    return letterings.caption.wrapped(value, width, most=_MOST_LINES)


def _draw_table(
    board: Board, letterings: Letterings, rows: Sequence[Row], columns: tuple[int, int], width: int, top: int
) -> None:
    """Write each value below the picture that has it, and what it is a value of above both."""
    for row in rows:
        board.rule(columns[0], columns[1] + width, top)
        values_top = top + _PAIR_GAP // 4 + letterings.detail.line
        name = letterings.detail.cut(row.name, width)
        for x, value in zip(columns, (row.left, row.right), strict=True):
            board.words((x, top + _PAIR_GAP // 4), name, letterings.detail, FAINT)
            for number, line in enumerate(_lines(value, letterings, width) or ["-"]):
                at = (x, values_top + number * letterings.caption.line)
                board.words(at, line, letterings.caption, STRONG if value else SOFT)
        top += _row_height(row, letterings, width)
