"""What was found out about pictures: what may be wrong, what they look like, and the numbers behind it."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.chat.cards.measures import dotted, plain_number, small
from bot.core.artifact import Artifact
from bot.core.quality import Finding, Measures

Twins = Mapping[int, Artifact]

MOST_TOLD: Final = 4
_DIGITS: Final = 2


def finding_words(pictures: Sequence[Artifact]) -> list[str]:
    """Say in one line of small print what may be wrong with which; nothing if all is well."""
    told = [
        f"picture {picture.index}: {words}" if len(pictures) > 1 else words
        for picture in pictures
        if (words := _findings(picture))
    ]
    more = f"{len(told) - MOST_TOLD} more in `/job show`" if len(told) > MOST_TOLD else ""
    return [small(f"measured: {dotted(*told[:MOST_TOLD], more)}")] if told else []


def _findings(picture: Artifact) -> str:
    found = picture.measures.findings() if picture.measures else ()
    return ", ".join(finding.value for finding in found)


def measured_lines(pictures: Sequence[Artifact], twins: Twins) -> list[str]:
    """Write the numbers of each picture and, where one is beyond its threshold, that one too."""
    lines = [f"picture {_measured(picture, twins)}" for picture in pictures[:MOST_TOLD]]
    rest = len(pictures) - len(lines)
    return [small(line) for line in [*lines, *([f"… and {rest} more"] if rest > 0 else [])]]


def _measured(picture: Artifact, twins: Twins) -> str:
    if picture.deleted is not None:
        return f"{picture.index}: deleted"
    if picture.measures is None:
        return f"{picture.index}: not measured"
    likeness = picture.likeness
    like = f"like the references {_short(likeness.score)} (advisory)" if likeness else ""
    twin = twins.get(picture.near or 0)
    looks = f"looks like #{twin.job}, picture {twin.index}" if twin else ""
    return f"{picture.index}: " + dotted(*_numbers(picture.measures), like, looks)


def _numbers(measures: Measures) -> list[str]:
    """Write sharpness, contrast and light, each finding at its number or at the end."""
    least, found = measures.thresholds, set(measures.findings())
    limits = {
        Finding.BLURRED: f"< {_short(least.sharpness)}",
        Finding.FLAT: f"< {_short(least.contrast)}",
        Finding.DARK: f"< {_short(least.dark)}",
        Finding.BRIGHT: f"> {_short(least.bright)}",
    }
    sharp = "not measured" if measures.sharpness is None else _short(measures.sharpness)
    values = {
        f"sharpness {sharp}": (Finding.BLURRED,),
        f"contrast {_short(measures.contrast)}": (Finding.FLAT,),
        f"light {_short(measures.exposure)}": (Finding.DARK, Finding.BRIGHT),
    }
    told = [
        " ".join([value, *(f"({one.value}: {limits[one]})" for one in causes if one in found)])
        for value, causes in values.items()
    ]
    return [*told, *(one.value for one in measures.findings() if one not in limits)]


def _short(value: float) -> str:
    return plain_number(float(f"{value:.{_DIGITS}g}"))
