"""Who does something in the studio."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, as known at that very moment; `manages` means Manage Server."""

    user: int
    guild: int | None
    manages: bool = False
    roles: frozenset[int] = frozenset()
    name: str = ""
