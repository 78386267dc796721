"""Describing together: of two who describe a character at once, neither undoes what the other wrote."""

from dataclasses import dataclass, fields
from hashlib import blake2s
from typing import Final

from bot.core.characters import Appearance

_MARK: Final = 6
"""Characters of one trait's mark: all of them together fit into a custom_id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A trait that somebody else changed while it was being written: theirs is kept."""

    trait: str
    kept: str
    written: str


def marks_of(appearance: Appearance) -> str:
    """Return what tells later whether a trait still is what it is now."""
    return "".join(_mark(getattr(appearance, trait)) for trait in _TRAITS)


def merged(
    written: Appearance, *, stored: Appearance, marks: str = ""
) -> tuple[Appearance, tuple[Clash, ...]]:
    """Return the appearance to be stored; `marks` are of what the form was filled with.

    What was left as it stood there changes nothing. Without marks all that is written counts.
    """
    if len(marks) != _MARK * len(_TRAITS):
        return written, ()
    traits: dict[str, str] = {}
    clashes: list[Clash] = []
    for number, trait in enumerate(_TRAITS):
        before = marks[number * _MARK : (number + 1) * _MARK]
        now, then = getattr(stored, trait), getattr(written, trait)
        untouched, both = _mark(then) == before, now != then and _mark(now) != before
        traits[trait] = now if untouched or both else then
        if both and not untouched:
            clashes.append(Clash(trait=trait, kept=now, written=then))
    return Appearance(**traits), tuple(clashes)


def _mark(text: str) -> str:
    return blake2s(text.encode(), digest_size=_MARK // 2).hexdigest()


_TRAITS: Final = tuple(field.name for field in fields(Appearance))
