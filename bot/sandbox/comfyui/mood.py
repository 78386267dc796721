"""What the words of a prompt ask of a landscape: its hour, its weather, its place, its colours."""

import colorsys
import re
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Self, TypeVar

E = TypeVar("E", bound=Enum)
Colour = tuple[int, int, int]


class Hour(Enum):
    DAY = "day noon summer bright blue sunny"
    DAWN = "dawn sunrise morning spring sakura cherry"
    SUNSET = "sunset dusk evening golden autumn twilight"
    NIGHT = "night midnight moon moonlight moonlit stars starry dark neon"
    GREY = "rain rainy storm stormy fog foggy mist misty overcast melancholy"


class Weather(Enum):
    CLEAR = "clear"
    RAIN = "rain rainy storm stormy umbrella"
    SNOW = "snow snowy winter blizzard"
    PETALS = "sakura cherry petals blossom blossoms spring"
    FIREFLIES = "fireflies firefly magic magical spirits"


class Place(Enum):
    HILLS = "hills hill meadow field mountain mountains valley countryside"
    SEA = "sea ocean beach harbour harbor coast lake ship waves"
    CITY = "city town street tokyo neon rooftop rooftops alley station train cyberpunk"
    FOREST = "forest woods trees tree pine bamboo jungle"


_LANTERNS = "lantern lanterns festival market shrine temple matsuri torii"
_FIGURES = (
    "girl 1girl boy 1boy woman man character samurai witch child hero heroine student traveller portrait"
)

_ACCENTS: dict[str, Colour] = {
    "red": (196, 58, 66),
    "golden": (226, 164, 62),
    "blue": (72, 138, 168),
    "yellow": (236, 200, 84),
    "orange": (226, 122, 52),
    "green": (92, 150, 98),
    "pink": (226, 128, 160),
    "purple": (130, 92, 168),
    "white": (240, 236, 226),
    "black": (38, 34, 46),
}
_USUAL_ACCENTS = ("red", "golden", "blue")

# Sky above, sky at the horizon, light, far ground, near ground.
_PALETTES: dict[Hour, tuple[str, str, str, str, str]] = {
    Hour.DAY: ("4a93d6", "d9eef2", "fff6d8", "8fb6b0", "2f5d50"),
    Hour.DAWN: ("7f8fd0", "ffd9cf", "fff0d6", "c39bb4", "4b3f63"),
    Hour.SUNSET: ("4b3f7a", "ff9f68", "ffe3a3", "a8556a", "2c2140"),
    Hour.NIGHT: ("0d1538", "37508a", "f4efd0", "2b3c6e", "0a1026"),
    Hour.GREY: ("5b6b7c", "b9c3c6", "e8ece6", "7a8b93", "2a3640"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    hour: Hour
    weather: Weather
    place: Place
    lanterns: bool
    figure: bool
    zenith: Colour
    horizon: Colour
    light: Colour
    far: Colour
    near: Colour
    accent: Colour
    """The one bright thing in the picture: a scarf, an umbrella."""

    @classmethod
    def of(cls, words: str, style: str, dice: Random, vividness: float) -> Self:
        """Read the words; what they leave open is thrown, and `style` shifts every colour a little."""
        said = frozenset(re.findall(r"[a-z0-9]+", words.lower()))
        hour = _named(Hour, said) or dice.choice((Hour.DAY, Hour.DAWN, Hour.SUNSET, Hour.NIGHT))
        hue = dice.uniform(-0.045, 0.045) + Random(style).uniform(-0.03, 0.03)
        richness = min(1.35, 0.72 + vividness / 25)
        colours = [_shifted(code, hue, richness) for code in _PALETTES[hour]]
        return cls(
            hour=hour,
            weather=_named(Weather, said) or Weather.CLEAR,
            place=_named(Place, said) or dice.choice(tuple(Place)),
            lanterns=bool(said & frozenset(_LANTERNS.split())),
            figure=bool(said & frozenset(_FIGURES.split())),
            zenith=colours[0],
            horizon=colours[1],
            light=colours[2],
            far=colours[3],
            near=colours[4],
            accent=_accent(words, dice),
        )


def between(first: Colour, second: Colour, share: float) -> Colour:
    """Mix two colours; a share of 0 is the first one."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _named(kind: type[E], said: frozenset[str]) -> E | None:
    """Pick the member that most of the words speak of."""
    best = max(kind, key=lambda member: len(said & frozenset(member.value.split())))
    return best if said & frozenset(best.value.split()) else None


def _accent(words: str, dice: Random) -> Colour:
    """Take the first colour that is named; otherwise one of the usual ones is thrown."""
    thrown = dice.choice(_USUAL_ACCENTS)
    named = (word for word in re.findall(r"[a-z]+", words.lower()) if word in _ACCENTS)
    return _ACCENTS[next(named, thrown)]


def _shifted(code: str, hue: float, richness: float) -> Colour:
    red, green, blue = (value / 255 for value in bytes.fromhex(code))
    h, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    shifted = colorsys.hls_to_rgb((h + hue) % 1, lightness, min(1.0, saturation * richness))
    return round(shifted[0] * 255), round(shifted[1] * 255), round(shifted[2] * 255)
