"""Styles: how a project draws, with every change kept."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from bot.core.generation import Aspect, Lora, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleSheet:
    """What a style says; None and "" mean that it says nothing of it, so that somebody else decides.

    `positive` and `negative` are templates: `{prompt}` in the positive one is where the prompt goes; without
    it the template follows the prompt.
    """

    model: str | None = None
    sampler: str | None = None
    scheduler: str | None = None
    steps: int | None = None
    cfg: float | None = None
    size: Size | Aspect | None = None
    positive: str = ""
    negative: str = ""
    loras: tuple[Lora, ...] = ()

    def given(self) -> Iterator[tuple[str, Any]]:
        """Yield what the sheet says anything of, by name."""
        for one in fields(self):
            value = getattr(self, one.name)
            if value not in (None, "", ()):
                yield one.name, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of a style: `number` counts from 1, `at` is UTC milliseconds, `why` as its maker put it."""

    number: int
    sheet: StyleSheet
    by: int
    at: int
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A project's way to draw, as it is now."""

    id: int
    project: int
    name: str
    created: int
    created_by: int
    revision: Revision

    @property
    def sheet(self) -> StyleSheet:
        return self.revision.sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one parameter between two revisions, as text; "" is nothing said."""

    name: str
    before: str
    after: str
