"""How long ComfyUI may be silent in the middle of a drawing before it counts as stalled."""

from typing import assert_never

from bot.core.queueing import Estimate, Known, Learning

MINUTE_MS = 60_000

TIMES_THE_USUAL = 5
LEAST_MS = 3 * MINUTE_MS
UNKNOWN_MS = 20 * MINUTE_MS
"""Loading a model or decoding a film is silent too, and of a drawing of a new kind nobody knows how long."""

HANGS_AFTER_MS = MINUTE_MS
"""A ComfyUI that goes on drawing so long after it was told to stop does not stop by itself."""


def patience_ms(usual: Estimate) -> int:
    """Return how long nothing may be heard of a drawing that usually takes `usual`."""
    match usual:
        case Known(ms=ms):
            return max(ms * TIMES_THE_USUAL, LEAST_MS)
        case Learning():
            return UNKNOWN_MS
        case _:
            assert_never(usual)
