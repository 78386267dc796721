"""Lineage: from which picture another one came, and how."""

from dataclasses import dataclass
from enum import StrEnum


class Descent(StrEnum):
    """How a job came from its parent."""

    AGAIN = "again"
    SAME_SEED = "same seed"
    VARY = "vary"
    UPSCALE = "upscale"
    EDIT = "edit"
    REFERENCE = "reference"
    ANIMATE = "animate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """The job a new one comes from, and which of its pictures (counted from 1); None: the job as a whole."""

    parent: int
    how: Descent
    picture: int | None = None
