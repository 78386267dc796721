"""Lists that are leafed through by number, the newest first: which page is meant, and where it leads."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar


class Numbered(Protocol):
    @property
    def id(self) -> int: ...


T_co = TypeVar("T_co", bound=Numbered, covariant=True)


@dataclass(frozen=True, slots=True)
class Older:
    """The newest below this number."""

    than: int


@dataclass(frozen=True, slots=True)
class Newer:
    """The oldest above this number: what is next to it, not what is newest of all."""

    than: int


Turn: TypeAlias = Older | Newer | None
"""Which page; None is the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T_co]):
    """What a page shows, the newest first, and which ones lie beside it."""

    shown: tuple[T_co, ...]
    older: Older | None = None
    newer: Newer | None = None
