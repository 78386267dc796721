"""How long the sandbox takes for each kind of work, in seconds."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    load_s: float = 0.0
    """For each checkpoint that is not in memory yet."""
    encode_s: float = 0.0
    step_s: float = 0.0
    decode_s: float = 0.0
    upscale_s: float = 0.0
    save_s: float = 0.0

    @classmethod
    def demo(cls) -> Self:
        """As a small GPU would take, so that a person can watch."""
        return cls(load_s=1.5, encode_s=0.05, step_s=0.12, decode_s=0.3, upscale_s=0.8, save_s=0.05)
