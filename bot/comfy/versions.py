"""What a ComfyUI can do, by its version."""

import re
from dataclasses import dataclass
from typing import Self

OLDEST: tuple[int, ...] = (0, 3, 45)
"""The first to take a prompt id of ours and to send previews that name their prompt."""

_INTERRUPTS_BY_ID: tuple[int, ...] = (0, 3, 57)
_PREVIEW_METHODS: tuple[int, ...] = (0, 5)
_CANCELS_JOBS: tuple[int, ...] = (0, 26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    usable: bool
    interrupts_by_id: bool
    """Older ones ignore the id and interrupt whatever runs."""
    preview_methods: bool
    cancels_jobs: bool

    @classmethod
    def of(cls, version: str) -> Self:
        """Read a version as `/system_stats` gives it; one without numbers is taken for the oldest usable."""
        number = tuple(int(part) for part in re.findall(r"\d{1,9}", version, re.ASCII)[:3]) or OLDEST
        return cls(
            usable=number >= OLDEST,
            interrupts_by_id=number >= _INTERRUPTS_BY_ID,
            preview_methods=number >= _PREVIEW_METHODS,
            cancels_jobs=number >= _CANCELS_JOBS,
        )
