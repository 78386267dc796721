"""A sheet before its pictures are there: every word and line in its place, and a box for each frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from PIL import Image

from bot.core.errors import StudioError
from bot.imaging.board import FAINT, SOFT, STRONG, Board, Box, Letterings
from bot.imaging.decoding import decoded, plain, upright
from bot.imaging.lettering import Typefaces
from bot.ports.darkroom import Frame

MARGIN = 40
_TITLE_SIZE = 26
_CAPTION_GAP = 9
_SHAPES = (0.55, 1.9)
"""The narrowest and the widest box; what is beyond lies in it with room to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A board, and where on it each frame's picture goes. Pictures are mounted one after the other."""

    board: Board
    letterings: Letterings
    frames: Sequence[Frame]
    boxes: Sequence[Box]
    missing: list[str] = field(default_factory=list)

    def mount(self, number: int, content: bytes) -> None:
        """Decode the picture and lay it into its box; one that cannot be decoded leaves it vacant."""
        try:
            picture = plain(upright(decoded(content)), alpha=True)
        except StudioError as error:
            self.leave_vacant(number, error.message)
        else:
            self.board.mount(self.boxes[number], picture, self.frames[number].tone)

    def leave_vacant(self, number: int, reason: str) -> None:
        self.missing.append(self.frames[number].caption)
        self.board.vacant(self.boxes[number], reason, self.letterings.detail)

    @property
    def image(self) -> Image.Image:
        return self.board.image


def letterings_for(box_width: float, *, typefaces: Typefaces) -> Letterings:
    """Return type that suits pictures of this width."""
    return Letterings.sized(min(max(box_width / 14.5, 11), 17.5), title=_TITLE_SIZE, typefaces=typefaces)


def shape_of(frames: Sequence[Frame]) -> float:
    """Return width : height of boxes that suit most of the pictures; square if no size is known."""
    shapes = [frame.size.width / frame.size.height for frame in frames if frame.size is not None]
    return min(max(median(shapes), _SHAPES[0]), _SHAPES[1]) if shapes else 1.0


def header_height(title: str) -> int:
    return round(_TITLE_SIZE * 2.25) if title else 0


def draw_header(board: Board, letterings: Letterings, title: str, note: str) -> None:
    """Write the title at the left, and a soft note at the right if there is room."""
    if not title:
        return
    room = board.image.width - 2 * MARGIN
    middle = MARGIN + _TITLE_SIZE * 0.5
    noted = letterings.caption.width(note) + MARGIN
    beside = room - noted >= letterings.title.width(letterings.title.drawable(title))
    width = room - noted if beside else room
    board.words((MARGIN, middle), letterings.title.cut(title, width), letterings.title, STRONG, "lm")
    if beside:
        board.words((board.image.width - MARGIN, middle), note, letterings.caption, FAINT, "rm")
    board.rule(MARGIN, board.image.width - MARGIN, MARGIN + int(_TITLE_SIZE * 1.3))


def captions_height(letterings: Letterings, frames: Sequence[Frame]) -> int:
    """Return how much room the words below the pictures take."""
    caption = letterings.caption.line if any(frame.caption for frame in frames) else 0
    detail = letterings.detail.line if any(frame.detail for frame in frames) else 0
    return caption + detail + (_CAPTION_GAP if caption or detail else 0)


def draw_captions(board: Board, letterings: Letterings, frame: Frame, box: Box) -> None:
    width, top = box[2] - box[0], box[3] + _CAPTION_GAP
    for text, lettering, colour in (
        (frame.caption, letterings.caption, STRONG),
        (frame.detail, letterings.detail, SOFT),
    ):
        if text:
            board.words((box[0], top), lettering.cut(text, width), lettering, colour)
            top += lettering.line
