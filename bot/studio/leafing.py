"""Leafing: pages of any list that is kept by number, in both directions, whatever comes meanwhile."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.core.leafing import Newer, Numbered, Older, Page, Turn

T = TypeVar("T", bound=Numbered)
T_co = TypeVar("T_co", covariant=True)


class Ask(Protocol[T_co]):
    """Return the newest below `before`; with `after`, the oldest above it; always the newest first."""

    async def __call__(
        self, *, before: int | None = None, after: int | None = None, limit: int
    ) -> Sequence[T_co]: ...


async def leaf(ask: Ask[T], turn: Turn, *, size: int) -> Page[T]:
    """Return a page; one more is asked for, to know whether there is another.

    What came meanwhile is never skipped: where the newer ones fill no page, it is that of the newest.
    """
    match turn:
        case Newer(than=than):
            found = await ask(after=than, limit=size + 1)
            if len(found) <= size:
                return await leaf(ask, None, size=size)
            shown = found[1:]
            return Page(shown=tuple(shown), older=Older(shown[-1].id), newer=Newer(shown[0].id))
        case Older(than=than):
            found = await ask(before=than, limit=size + 1)
            newer = Newer(found[0].id if found else than - 1)
        case _:
            found, newer = await ask(limit=size + 1), None
    shown = tuple(found[:size])
    return Page(shown=shown, older=Older(shown[-1].id) if len(found) > size else None, newer=newer)
