"""Family trees: which picture came from which, parents to the left of their children."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from bot.core.errors import BadRequest
from bot.imaging.board import EDGE, WIRE, Board, Box, Letterings, board_of, too_many
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
from bot.ports.darkroom import TreeEdge, TreeNode

MOST_NODES = 500

_AREAS = (208.0, 184.0, 160.0, 136.0, 112.0, 96.0, 80.0, 64.0, 48.0)
"""The side of a square box, tried from the largest; boxes of another shape have the same area."""
_GAP = 26
_MOST_BELOW = 5
"""So many siblings without children lie below each other; a crowd of more lies in lines."""
_LEAST_WIRE = 56
_LEAST_WIDTH_FOR_WORDS = 70
_WIRE_SHARE = 0.45
"""Of a box's width: how long a wire between two generations is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a picture lies: in its generation's column; in a crowd of siblings, the `place` in their line."""

    column: int
    row: float
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """Who came from whom, without circles; a child's first parent is the one that it is placed beside."""

    nodes: Mapping[int, TreeNode]
    edges: tuple[TreeEdge, ...]

    @classmethod
    def of(cls, nodes: Iterable[TreeNode], edges: Iterable[TreeEdge]) -> "Descent":
        known = {node.id: node for node in nodes}
        kept: list[TreeEdge] = []
        ancestors: dict[int, set[int]] = {node: {node} for node in known}
        for edge in dict.fromkeys(edges):
            if edge.parent not in known or edge.child not in known or edge.child in ancestors[edge.parent]:
                continue
            kept.append(edge)
            for line in ancestors.values():
                if edge.child in line:
                    line.update(ancestors[edge.parent])
        return cls(nodes=known, edges=tuple(kept))

    def first_edges(self) -> dict[int, TreeEdge]:
        """Return by child the edge to its first parent."""
        first: dict[int, TreeEdge] = {}
        for edge in self.edges:
            first.setdefault(edge.child, edge)
        return first

    def elders_first(self) -> list[int]:
        """Return the nodes so that each comes after all of its parents."""
        waiting = {node: sum(edge.child == node for edge in self.edges) for node in self.nodes}
        line = [node for node, parents in waiting.items() if not parents]
        for node in line:
            for edge in self.edges:
                if edge.parent == node:
                    waiting[edge.child] -= 1
                    if not waiting[edge.child]:
                        line.append(edge.child)
        return line

    def generations(self) -> dict[int, int]:
        """Return the column of each: one to the right of the youngest parent's."""
        columns = dict.fromkeys(self.nodes, 0)
        for node in self.elders_first():
            for edge in self.edges:
                if edge.parent == node:
                    columns[edge.child] = max(columns[edge.child], columns[node] + 1)
        return columns

    def children(self) -> dict[int, list[int]]:
        """Return those who are placed beside each."""
        first = self.first_edges()
        found: dict[int, list[int]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            if node in first:
                found[first[node].parent].append(node)
        return found

    def spots(self) -> dict[int, Spot]:
        columns, children = self.generations(), self.children()
        spots = dict(_childless(self._roots(), children, columns))
        for node in reversed(self.elders_first()):
            if children[node]:
                rows = [spots[child].row for child in children[node]]
                spots[node] = Spot(column=columns[node], row=(min(rows) + max(rows)) / 2)
        return spots

    def _roots(self) -> list[int]:
        first = self.first_edges()
        return [node for node in self.nodes if node not in first]


def _childless(
    roots: Sequence[int], children: Mapping[int, Sequence[int]], columns: Mapping[int, int]
) -> Iterator[tuple[int, Spot]]:
    """Yield the spots of those without children: family by family, each in its own row or crowd."""
    row = 0
    families = [list(roots)]
    while families:
        siblings = families.pop()
        alone = [node for node in siblings if not children[node]]
        across = _across(len(alone))
        for number, node in enumerate(alone):
            line, place = divmod(number, across)
            yield node, Spot(column=columns[node], row=row + line, place=place)
        row += ceil(len(alone) / across)
        families += [list(children[node]) for node in reversed(siblings) if children[node]]


def _across(count: int) -> int:
    """Tell how many of so many siblings without children lie beside each other."""
    return 1 if count <= _MOST_BELOW else ceil(sqrt(count * 1.6))


def family_tree(
    nodes: Sequence[TreeNode],
    edges: Sequence[TreeEdge],
    *,
    title: str = "",
    typefaces: Typefaces = PILLOWS_OWN,
) -> Layout:
    """Raise BadRequest for no pictures, or for more than fit."""
    if not nodes:
        raise BadRequest("There is no picture for a tree.")
    if len(nodes) > MOST_NODES:
        raise too_many(len(nodes))
    descent = Descent.of(nodes, edges)
    spots = descent.spots()
    for area in _AREAS:
        layout = _drawn(descent, spots, title=title, area=area, typefaces=typefaces)
        if layout is not None:
            return layout
    raise too_many(len(nodes))


def _drawn(
    descent: Descent, spots: Mapping[int, Spot], *, title: str, area: float, typefaces: Typefaces
) -> Layout | None:
    frames = [node.frame for node in descent.nodes.values()]
    shape = shape_of(frames)
    width, height = round(area * sqrt(shape)), round(area / sqrt(shape))
    letterings = letterings_for(width, typefaces=typefaces)
    below = captions_height(letterings, frames)
    gap = max(_GAP, height // 10)
    across, down = width + _wire_length(descent.edges, letterings, width), height + below + gap
    top = MARGIN + header_height(title)
    boxes = {
        node: _box(
            MARGIN + spot.column * across + spot.place * (width + gap // 2),
            top + spot.row * down,
            width,
            height,
        )
        for node, spot in spots.items()
    }
    right, bottom = max(box[2] for box in boxes.values()), max(box[3] for box in boxes.values())
    board = board_of(max(right + MARGIN, _least_width(title, letterings)), bottom + below + MARGIN)
    if board is None:
        return None
    draw_header(board, letterings, title, "")
    _draw_wires(board, letterings, descent, boxes, spots)
    for node, frame in zip(descent.nodes, frames, strict=True):
        draw_captions(board, letterings, frame, boxes[node])
    return Layout(board=board, letterings=letterings, frames=frames, boxes=[boxes[n] for n in descent.nodes])


def _wire_length(edges: Sequence[TreeEdge], letterings: Letterings, width: int) -> int:
    """Return room for the longest word on a wire; small pictures do without words."""
    if width < _LEAST_WIDTH_FOR_WORDS:
        return round(width * _WIRE_SHARE)
    words = max((letterings.detail.width(letterings.detail.drawable(edge.how)) for edge in edges), default=0)
    return round(max(_LEAST_WIRE, width * _WIRE_SHARE, min(words, width) + 44))


def _least_width(title: str, letterings: Letterings) -> float:
    return 2 * MARGIN + min(letterings.title.width(letterings.title.drawable(title)), 640) if title else 0


def _box(x: float, y: float, width: int, height: int) -> Box:
    return round(x), round(y), round(x) + width, round(y) + height


def _draw_wires(
    board: Board,
    letterings: Letterings,
    descent: Descent,
    boxes: Mapping[int, Box],
    spots: Mapping[int, Spot],
) -> None:
    """Draw further parents' wires first and fainter, and the words last, so that nothing crosses them.

    Of siblings in a line only the first has a wire.
    """
    first = descent.first_edges()
    wired = [edge for edge in descent.edges if not spots[edge.child].place]
    edges = sorted(wired, key=lambda edge: first[edge.child] is edge)
    for edge in edges:
        start, end = boxes[edge.parent], boxes[edge.child]
        board.wire(_right(start), _left(end), WIRE if first[edge.child] is edge else EDGE)
    for edge in edges:
        box = boxes[edge.child]
        if edge.how and first[edge.child] is edge and box[2] - box[0] >= _LEAST_WIDTH_FOR_WORDS:
            x, y = _left(box)
            board.pill(x - 10, y, letterings.detail.cut(edge.how, box[2] - box[0]), letterings.detail)


def _right(box: Box) -> tuple[float, float]:
    return box[2] + 4, (box[1] + box[3]) / 2


def _left(box: Box) -> tuple[float, float]:
    return box[0] - 4, (box[1] + box[3]) / 2
