"""Several names in one option: which of them are meant where names may have commas themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def readings(said: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to read the first name of a list, the longest first, each with what is left over."""
    segments = said.split(",")
    for end in range(len(segments), 0, -1):
        yield " ".join(",".join(segments[:end]).split()), ",".join(segments[end:])


def looked_up(said: Sequence[str], known: Mapping[str, T]) -> Iterator[tuple[str, T | None]]:
    """Yield each name said, with what it stands for by its folded name; None for an unknown one."""
    for entry in said:
        rest = entry
        while rest.strip(" ,"):
            ways = list(readings(rest.lstrip(" ,")))
            name, rest = next((way for way in ways if way[0].casefold() in known), ways[-1])
            yield name, known.get(name.casefold())
