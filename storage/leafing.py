"""Pages by key: read from an index downwards, or upwards from a row that was seen, and shown newest first."""

from typing import TypeVar

T = TypeVar("T")


def order(*, after: int | None) -> str:
    """Return in which direction the index is read."""
    return "DESC" if after is None else "ASC"


def newest_first(rows: list[T], *, after: int | None) -> list[T]:
    return rows if after is None else rows[::-1]
