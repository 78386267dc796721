"""Figures by name, as `--json` writes them, and how they are read out of many measured values."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

Figures: TypeAlias = dict[str, float]

BEAT_S = 0.005


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all are not above."""
    ranked = sorted(values)
    return ranked[min(round(share * (len(ranked) - 1)), len(ranked) - 1)]


def spread(name: str, values: Sequence[float], at: str = "") -> Figures:
    """Return the median and the 99th percentile of what was measured, `at` such a size."""
    size = f"_{at}" if at else ""
    return {f"{name}_p50{size}": percentile(values, 0.5), f"{name}_p99{size}": percentile(values, 0.99)}


@contextmanager
def timed(note: Callable[[float], None]) -> Iterator[None]:
    """Note the milliseconds that the block took."""
    began = time.perf_counter()
    yield
    note((time.perf_counter() - began) * 1000)


def lag_ms(lags: Sequence[float], share: float) -> float:
    """Return how late a moment in time found the loop, not a beat: while the loop is held up no beat is noted."""
    felt = list(lags)
    for lag in lags:
        missed = lag - BEAT_S
        while missed > 0:
            felt.append(missed)
            missed -= BEAT_S
    return percentile(felt, share) * 1000
