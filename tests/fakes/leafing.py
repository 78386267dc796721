"""Pages of what a fake keeps."""

from collections.abc import Sequence
from typing import TypeVar

from bot.core.leafing import Numbered

T = TypeVar("T", bound=Numbered)


def page_of(found: Sequence[T], *, before: int | None, after: int | None, limit: int) -> list[T]:
    """Return a page of these, which are the newest first."""
    between = [
        one for one in found if (before is None or one.id < before) and (after is None or one.id > after)
    ]
    return between[:limit] if after is None else between[-limit:]
