"""What the doctor found: a part, a verdict, and the mend."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, what was seen there, and what to do about it."""

    part: str
    verdict: Verdict
    seen: str
    mend: str = ""


def good(part: str, seen: str) -> Finding:
    return Finding(part=part, verdict=Verdict.GOOD, seen=seen)


def weak(part: str, seen: str, mend: str) -> Finding:
    """Say that it works, but not as well as it should."""
    return Finding(part=part, verdict=Verdict.WEAK, seen=seen, mend=mend)


def bad(part: str, seen: str, mend: str) -> Finding:
    """Say that it keeps the bot from working."""
    return Finding(part=part, verdict=Verdict.BAD, seen=seen, mend=mend)
