"""The album: pages of pictures, what a search finds, and two pictures beside each other."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.measures import (
    STATE_WORDS,
    dotted,
    link_to,
    not_shown_here,
    person,
    relative,
    small,
)
from bot.chat.cards.recipes import subject
from bot.chat.cards.turning import turning
from bot.chat.look import Attached, Button, Look
from bot.chat.markdown import code, fitted
from bot.core.comparing import Differing, unlike
from bot.core.formats import ending_of
from bot.core.job import Job
from bot.core.likeness import Difference
from bot.core.review import Review
from bot.ports.darkroom import Sheet
from bot.studio.albums import AlbumPage, Comparison, FoundPage, Leaf

ALBUM: Final = "album"
FIND: Final = "find"
"""The kinds of our buttons; they stand on old messages."""
MOST_DIFFERING: Final = 12
MOST_WHOLE: Final = 60

_REVIEW: Final = {
    Review.UNREVIEWED: "",
    Review.APPROVED: " ✅",
    Review.REJECTED: " ❌",
    Review.WITHDRAWN: " ↩️",
}


def album_page(page: AlbumPage, *, of: str, filter_name: str) -> Look:
    """Show a page of pictures, newest first; `of` says whose."""
    title = f"Pictures · {fitted(of, 200)}" if of else "Pictures"
    buttons = _turning(ALBUM, filter_name, page)
    if not page.leaves:
        words = "No older pictures." if page.newer else _NO_SUCH_PICTURES if of else _NO_PICTURES
        return Look(title=title, text=words, colour=palette.IDLE, buttons=buttons)
    lines = [_of_job(list(leaves)) for _, leaves in groupby(page.leaves, key=lambda leaf: leaf.job.id)]
    return Look(
        title=title,
        text="\n".join([*lines, *_unseen(page)]),
        colour=palette.WAITING,
        image=_attached(page.sheet, "album", [_name(leaf) for leaf in page.leaves]),
        buttons=buttons,
    )


_NO_PICTURES: Final = "There are no pictures here. `/generate` makes one."
_NO_SUCH_PICTURES: Final = "No pictures fit that. `/gallery` without options shows all there are."


_NOT_FOUND: Final = "No prompt has all of these words. Try fewer; of the last one its beginning is enough."


def found_page(page: FoundPage, *, words: str, filter_name: str) -> Look:
    """Show what a search found, newest first."""
    title = f"Found: {fitted(words, 100)}"
    buttons = _turning(FIND, filter_name, page)
    if not page.jobs:
        nothing = "Nothing older." if page.newer else _NOT_FOUND
        return Look(title=title, text=nothing, colour=palette.IDLE, buttons=buttons)
    return Look(
        title=title,
        text="\n".join([*(_found(job) for job in page.jobs), *_unseen(page)]),
        colour=palette.WAITING,
        image=_attached(page.sheet, "found", [f"#{job.id}" for job in page.jobs]),
        buttons=buttons,
    )


def comparison_card(comparison: Comparison) -> Look:
    """Show two pictures side by side, in what they differ, and by how many pixels."""
    left, right = comparison.left, comparison.right
    lines = [
        f"{_which(left)} and {_which(right)}",
        *(_differing(row) for row in comparison.differing[:MOST_DIFFERING]),
        "" if comparison.differing else "Both were drawn with the very same parameters.",
        small(_pixels(comparison.difference)),
    ]
    return Look(
        title=f"#{left.job.id} and #{right.job.id}" if left.job.id != right.job.id else f"#{left.job.id}",
        text="\n".join(line for line in lines if line),
        colour=palette.WAITING,
        image=_attached(comparison.sheet, "compared", [_name(left), _name(right)]),
    )


def _of_job(leaves: Sequence[Leaf]) -> str:
    """Write what stands side by side of one job on one line, its pictures in their order."""
    job = leaves[0].job
    numbers = sorted((leaf.picture for leaf in leaves), key=lambda picture: picture.index)
    pictures = ", ".join(f"{picture.index}{_REVIEW[picture.review]}" for picture in numbers)
    return dotted(
        f"**#{job.id}** {'pictures' if len(leaves) > 1 else 'picture'} {pictures}",
        _link(job),
        person(job),
        relative(leaves[0].picture.created),
        fitted(subject(job), 80),
    )


def _name(leaf: Leaf) -> str:
    return f"#{leaf.job.id} · {leaf.picture.index}"


def _which(leaf: Leaf) -> str:
    return dotted(f"**#{leaf.job.id}** picture {leaf.picture.index}", _link(leaf.job))


def _link(job: Job) -> str:
    return f"[post]({link_to(job, job.post)})" if job.post else ""


def _found(job: Job) -> str:
    return dotted(
        f"**#{job.id}** {_link(job) or STATE_WORDS[job.state]}",
        person(job),
        relative(job.created),
        fitted(subject(job), 160),
    )


def _unseen(page: AlbumPage | FoundPage) -> list[str]:
    """Say which of the pictures are not on the sheet, and why."""
    missing = page.sheet.missing if page.sheet else ()
    lines = [f"The files of {', '.join(missing)} are gone from the library."] if missing else []
    if page.hidden:
        lines.append(not_shown_here(page.hidden))
    return [small(line) for line in lines]


def _differing(row: Differing) -> str:
    """Write both sides; of long ones what they differ in, as their beginnings are mostly the same."""
    pair = (row.left, row.right)
    shown = unlike(*pair) if max(map(len, pair)) > MOST_WHOLE else pair
    sides = (code(side, 120) if side else "none" for side in shown)
    return f"**{row.name}** {' → '.join(sides)}"


def _pixels(difference: Difference | None) -> str:
    match difference:
        case None:
            return "Pixels: not measured, as a file cannot be read."
        case Difference(pixels=0):
            return "Pixel by pixel they are identical."
        case Difference(pixels=None, sizes=(one, other)):
            return f"Pixels: not measured, as the sizes differ ({one} and {other})."
        case Difference(pixels=pixels, most=most, sizes=(size, _)):
            return f"{pixels:,} of {size.pixels:,} pixels differ, by {most} of 255 at the most."


def _attached(sheet: Sheet | None, name: str, alt: list[str]) -> Attached | None:
    if sheet is None:
        return None
    return Attached(
        name=f"genga-{name}.{ending_of(sheet.media_type)}",
        content=sheet.content,
        alt=f"Contact sheet: {', '.join(alt)}"[:1000],
    )


def _turning(kind: str, filter_name: str, page: AlbumPage | FoundPage) -> tuple[Button, ...]:
    def button(where: str, label: str) -> Button:
        return Button(kind=kind, rest=f"{where}:{filter_name}", label=label)

    return turning(button, older=page.older, newer=page.newer)
