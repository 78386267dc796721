"""A landscape for a mood, painted from the sky to the rain; every length is a share of the picture."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageOps

from bot.sandbox.comfyui.mood import Colour, Hour, Mood, Place, Weather, between
from bot.sandbox.comfyui.shapes import remapped, resized

Point = tuple[float, float]
Stroke = Callable[[ImageDraw.ImageDraw, int, int], None]

_INK: Colour = (24, 20, 32)
_WARM: Colour = (255, 190, 96)
_RIM = 178
"""What a radial gradient has reached in the middle of its edges."""
_FINENESS = 2
"""Outlines are drawn so many times too large and then shrunk, which smooths their edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """The same seed and mood give the same landscape at every size."""

    seed: str
    mood: Mood
    line: float
    """How heavy the ink is: 0 for none, 1 as usual."""

    def painted(self, width: int, height: int) -> Image.Image:
        picture = _Painter(
            canvas=_sky(self.mood, width, height), mood=self.mood, seed=self.seed, line=self.line
        )
        picture.heavens()
        picture.clouds()
        picture.ground()
        if self.mood.lanterns:
            picture.lanterns()
        if self.mood.figure:
            picture.figure()
        picture.weather()
        return picture.canvas


def _sky(mood: Mood, width: int, height: int) -> Image.Image:
    ramp = resized(Image.linear_gradient("L"), (1, height), Image.Resampling.BILINEAR)
    middle = between(mood.zenith, mood.horizon, 0.55)
    column = ImageOps.colorize(ramp, mood.zenith, mood.horizon, middle, midpoint=110)
    return resized(column, (width, height), Image.Resampling.NEAREST)


@dataclass(slots=True, kw_only=True)
class _Painter:
    canvas: Image.Image
    mood: Mood
    seed: str
    line: float
    sun: Point = field(default=(0.5, 0.4))

    @property
    def width(self) -> int:
        return self.canvas.width

    @property
    def height(self) -> int:
        return self.canvas.height

    def heavens(self) -> None:
        dice = self._dice("heavens")
        self.sun = (dice.uniform(0.18, 0.82), dice.uniform(0.14, 0.46))
        if self.mood.hour is Hour.NIGHT and self.mood.weather is not Weather.RAIN:
            self._stars(dice)
        if self.mood.hour is Hour.GREY:
            return
        radius = dice.uniform(0.045, 0.085)
        self._glow(self.sun, radius * 6, self.mood.light, 0.75)
        self._shape(self.mood.light, lambda draw, w, h: _disc(draw, w, h, self.sun, radius))
        if self.mood.hour is Hour.NIGHT:
            craters = [_crater(dice, self.sun, radius) for _ in range(5)]
            shade = between(self.mood.light, self.mood.horizon, 0.16)
            self._shape(shade, lambda draw, w, h: _dots(draw, w, h, craters))

    def clouds(self) -> None:
        dice = self._dice("clouds")
        depth = round(self.height * 0.62)
        broad = _noise(dice, 7, 9, (self.width, depth))
        fine = _noise(dice, 26, 30, (self.width, depth))
        density = 150 if self.mood.hour is Hour.GREY else 178
        billows = ImageChops.blend(broad, fine, 0.28)
        mask = remapped(billows, [0 if v < density else min(235, (v - density) * 9) for v in range(256)])
        fade = resized(
            ImageOps.flip(Image.linear_gradient("L")), (self.width, depth), Image.Resampling.BILINEAR
        )
        mask = ImageChops.multiply(mask, remapped(fade, [min(255, v * 3) for v in range(256)]))
        self.canvas.paste(between(self.mood.horizon, self.mood.light, 0.45), (0, 0, self.width, depth), mask)

    def ground(self) -> None:
        match self.mood.place:
            case Place.SEA:
                self._ridges(rows=1, top=0.56, rough=0.05)
                self._sea()
                self._headland()
            case Place.CITY:
                self._ridges(rows=1, top=0.58, rough=0.08)
                self._skylines()
            case Place.FOREST:
                self._ridges(rows=2, top=0.5, rough=0.12)
                self._woods()
            case Place.HILLS:
                self._ridges(rows=4, top=0.5, rough=0.14)

    def _ridges(self, *, rows: int, top: float, rough: float) -> None:
        dice = self._dice("ridges")
        for row in range(rows):
            share = row / max(1, rows - 1)
            base = top + (0.92 - top) * (row / rows) + dice.uniform(-0.02, 0.02)
            outline = _ridge(dice, base, rough * (1 - 0.35 * share))
            self._land(outline, between(self.mood.far, self.mood.near, share * 0.92))

    def _land(self, outline: list[Point], colour: Colour) -> None:
        """Lay down ground below an outline, misty towards its foot, with an inked edge."""
        mist = between(colour, self.mood.horizon, 0.28)
        ramp = resized(Image.linear_gradient("L"), (1, self.height), Image.Resampling.BILINEAR)
        column = ImageOps.colorize(ramp, colour, mist, between(colour, mist, 0.2), midpoint=190)
        body = resized(column, (self.width, self.height), Image.Resampling.NEAREST)
        self.canvas.paste(body, (0, 0), self._mask(lambda draw, w, h: _area(draw, w, h, outline)))
        self._ink(lambda draw, w, h: _line(draw, w, h, outline, self.line))

    def _sea(self) -> None:
        dice = self._dice("sea")
        horizon = 0.64
        water = between(self.mood.zenith, self.mood.near, 0.35)
        self._land([(0.0, horizon), (1.0, horizon)], water)
        shine = between(self.mood.light, water, 0.2)
        waves = [_wave(dice, horizon, self.sun[0]) for _ in range(150)]
        self._shape(shine, lambda draw, w, h: _strokes(draw, w, h, waves), opacity=0.75)

    def _headland(self) -> None:
        dice = self._dice("headland")
        left = dice.random() < 0.5
        outline = [
            (x, 1.02 - 0.3 * math.cos(x * 1.9) ** 3 + 0.012 * dice.random()) for x in _steps(0, 0.8, 26)
        ]
        mirrored = outline if left else [(1 - x, y) for x, y in reversed(outline)]
        self._land(mirrored, self.mood.near)

    def _skylines(self) -> None:
        dice = self._dice("city")
        for row in range(3):
            share = (row + 1) / 3
            houses = _houses(dice, 0.62 + 0.11 * row, 0.26 - 0.05 * row)
            colour = between(self.mood.far, self.mood.near, share)
            self._land(_roofs(houses), colour)
            lit = [window for house in houses for window in _windows(dice, house)]
            bright = 0.9 if self.mood.hour in {Hour.NIGHT, Hour.SUNSET, Hour.GREY} else 0.25
            self._shape(_WARM, lambda draw, w, h, at=lit: _boxes(draw, w, h, at), opacity=bright * share)

    def _woods(self) -> None:
        dice = self._dice("woods")
        for row in range(3):
            share = (row + 1) / 3
            ridge = _ridge(dice, 0.66 + 0.12 * row, 0.06)
            self._land(_pines(dice, ridge, 0.05 + 0.045 * row), between(self.mood.far, self.mood.near, share))

    def lanterns(self) -> None:
        dice = self._dice("lanterns")
        for rope in (_rope(dice), _rope(dice)):
            hanging = [(x, y + 0.025) for x, y in rope[dice.randint(1, 3) : -1 : 4]]
            self._ink(lambda draw, w, h, at=rope: _line(draw, w, h, at, 0.6))
            for at in hanging:
                self._glow(at, 0.085, _WARM, 0.7)
            self._shape((232, 92, 60), lambda draw, w, h, at=hanging: _lanterns(draw, w, h, at))
            flames = [(x, y, 0.008) for x, y in hanging]
            self._shape((255, 226, 160), lambda draw, w, h, at=flames: _dots(draw, w, h, at))

    def figure(self) -> None:
        dice = self._dice("figure")
        foot = (dice.uniform(0.3, 0.7), 0.955)
        hill = [(x, 0.955 + 0.22 * (x - foot[0]) ** 2) for x in _steps(0, 1, 24)]
        ground = between(self.mood.near, _INK, 0.35)
        self._land(hill, ground)
        self._glow((foot[0], foot[1] - 0.16), 0.22, self.mood.light, 0.35)
        tall = dice.uniform(0.26, 0.33)
        colour = between(self.mood.near, _INK, 0.6)
        self._shape(colour, lambda draw, w, h: _person(draw, w, h, foot, tall))
        self._shape(self.mood.accent, lambda draw, w, h: _scarf(draw, w, h, foot, tall))
        if self.mood.weather in {Weather.RAIN, Weather.SNOW}:
            self._shape(self.mood.accent, lambda draw, w, h: _umbrella(draw, w, h, foot, tall))

    def weather(self) -> None:
        dice = self._dice("weather")
        match self.mood.weather:
            case Weather.RAIN:
                drops = [_drop(dice) for _ in range(260)]
                self._shape((226, 236, 244), lambda draw, w, h: _strokes(draw, w, h, drops), opacity=0.42)
            case Weather.SNOW:
                flakes = [(dice.random(), dice.random(), dice.uniform(0.0015, 0.006)) for _ in range(230)]
                self._shape((255, 255, 255), lambda draw, w, h: _dots(draw, w, h, flakes), opacity=0.85)
            case Weather.PETALS:
                petals = [(dice.random(), dice.random(), dice.uniform(0.003, 0.009)) for _ in range(90)]
                self._shape((255, 190, 208), lambda draw, w, h: _petals(draw, w, h, petals), opacity=0.9)
            case Weather.FIREFLIES:
                for _ in range(26):
                    self._glow((dice.random(), dice.uniform(0.45, 0.95)), 0.022, (214, 255, 140), 0.95)
            case Weather.CLEAR:
                pass

    def _stars(self, dice: Random) -> None:
        stars = [
            (dice.random(), dice.random() ** 1.4 * 0.62, dice.uniform(0.0006, 0.0022)) for _ in range(170)
        ]
        self._shape((255, 255, 244), lambda draw, w, h: _dots(draw, w, h, stars), opacity=0.9)

    # How a layer gets onto the canvas.

    def _dice(self, layer: str) -> Random:
        return Random(f"{self.seed} {layer}")

    def _mask(self, stroke: Stroke) -> Image.Image:
        mask = Image.new("L", (self.width * _FINENESS, self.height * _FINENESS))
        stroke(ImageDraw.Draw(mask), *mask.size)
        return mask.reduce(_FINENESS)

    def _shape(self, colour: Colour, stroke: Stroke, *, opacity: float = 1.0) -> None:
        mask = self._mask(stroke)
        self.canvas.paste(
            colour, (0, 0), mask if opacity >= 1 else remapped(mask, [round(v * opacity) for v in range(256)])
        )

    def _ink(self, stroke: Stroke) -> None:
        if self.line > 0:
            self._shape(between(self.mood.near, _INK, 0.7), stroke, opacity=min(1.0, 0.55 * self.line + 0.1))

    def _glow(self, at: Point, radius: float, colour: Colour, strength: float) -> None:
        side = max(2, round(radius * 2 * max(self.width, self.height)))
        distance = resized(Image.radial_gradient("L"), (side, side), Image.Resampling.BILINEAR)
        fade = [round(255 * strength * max(0.0, 1 - d / _RIM) ** 2.2) for d in range(256)]
        halo = remapped(distance, fade)
        corner = round(at[0] * self.width - side / 2), round(at[1] * self.height - side / 2)
        self.canvas.paste(colour, (*corner, corner[0] + side, corner[1] + side), halo)


def _noise(dice: Random, across: int, down: int, size: tuple[int, int]) -> Image.Image:
    return resized(Image.frombytes("L", (across, down), dice.randbytes(across * down)), size)


def _steps(start: float, end: float, count: int) -> Iterable[float]:
    return (start + (end - start) * step / count for step in range(count + 1))


def _ridge(dice: Random, base: float, rough: float) -> list[Point]:
    """Draw a mountain outline: waves on waves, each finer and lower."""
    waves = [(dice.uniform(0.6, 1.4) * 2**n, dice.uniform(0, math.tau), rough / 1.9**n) for n in range(6)]
    return [
        (x, base - sum(a * math.sin(math.tau * f * x + p) for f, p, a in waves) * 0.5)
        for x in _steps(0, 1, 160)
    ]


def _rope(dice: Random) -> list[Point]:
    start, end, sag = dice.uniform(0.02, 0.2), dice.uniform(0.02, 0.24), dice.uniform(0.06, 0.2)
    return [(x, start + (end - start) * x + sag * 4 * x * (1 - x)) for x in _steps(0, 1, 28)]


def _crater(dice: Random, at: Point, radius: float) -> tuple[float, float, float]:
    turn, far = dice.uniform(0, math.tau), dice.uniform(0.15, 0.62) * radius
    return at[0] + far * math.cos(turn), at[1] + far * math.sin(turn), radius * dice.uniform(0.07, 0.2)


def _pines(dice: Random, ridge: list[Point], tall: float) -> list[Point]:
    outline: list[Point] = []
    for (x, y), (next_x, next_y) in zip(ridge[::3], ridge[3::3], strict=False):
        top = tall * dice.uniform(0.5, 1.0)
        outline += [(x, y), ((x + next_x) / 2, (y + next_y) / 2 - top)]
    return [*outline, ridge[-1]]


def _houses(dice: Random, base: float, tall: float) -> list[tuple[float, float, float]]:
    houses: list[tuple[float, float, float]] = []
    left = -0.02
    while left < 1.0:
        wide = dice.uniform(0.035, 0.1)
        houses.append((left, left + wide, base - tall * dice.random() ** 1.5))
        left += wide
    return houses


def _roofs(houses: list[tuple[float, float, float]]) -> list[Point]:
    return [point for left, right, top in houses for point in ((left, top), (right, top))]


def _windows(dice: Random, house: tuple[float, float, float]) -> list[tuple[float, float, float, float]]:
    left, right, top = house
    columns = [left + 0.009 + 0.014 * n for n in range(int((right - left - 0.012) / 0.014))]
    rows = [top + 0.018 + 0.024 * n for n in range(int((1.0 - top) / 0.024))]
    return [(x, y, x + 0.006, y + 0.011) for x in columns for y in rows if dice.random() < 0.3]


def _wave(dice: Random, horizon: float, sun_x: float) -> tuple[Point, Point, float]:
    depth = dice.random() ** 1.6
    x = dice.gauss(sun_x, 0.06 + 0.22 * depth) if dice.random() < 0.7 else dice.random()
    y = horizon + 0.012 + (1 - horizon) * depth
    half = 0.004 + 0.03 * depth * dice.random()
    return (x - half, y), (x + half, y), 0.0012 + 0.0016 * depth


def _drop(dice: Random) -> tuple[Point, Point, float]:
    x, y, length = dice.uniform(-0.1, 1.1), dice.uniform(-0.1, 1.0), dice.uniform(0.03, 0.09)
    return (x, y), (x - length * 0.22, y + length), dice.uniform(0.0008, 0.0018)


def _area(draw: ImageDraw.ImageDraw, w: int, h: int, outline: list[Point]) -> None:
    corners = [(outline[0][0], 1.01), *outline, (outline[-1][0], 1.01)]
    draw.polygon([(x * w, y * h) for x, y in corners], fill=255)


def _line(draw: ImageDraw.ImageDraw, w: int, h: int, outline: list[Point], weight: float) -> None:
    thick = max(_FINENESS, round(max(w, h) * 0.0018 * weight))
    draw.line([(x * w, y * h) for x, y in outline], fill=255, width=thick, joint="curve")


def _strokes(draw: ImageDraw.ImageDraw, w: int, h: int, strokes: list[tuple[Point, Point, float]]) -> None:
    for start, end, thick in strokes:
        ends = (start[0] * w, start[1] * h, end[0] * w, end[1] * h)
        draw.line(ends, fill=255, width=max(1, round(thick * max(w, h))))


def _disc(draw: ImageDraw.ImageDraw, w: int, h: int, at: Point, radius: float) -> None:
    x, y, r = at[0] * w, at[1] * h, radius * max(w, h)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=255)


def _dots(draw: ImageDraw.ImageDraw, w: int, h: int, dots: list[tuple[float, float, float]]) -> None:
    for x, y, radius in dots:
        _disc(draw, w, h, (x, y), radius)


def _petals(draw: ImageDraw.ImageDraw, w: int, h: int, petals: list[tuple[float, float, float]]) -> None:
    for x, y, radius in petals:
        across, r = x * w, radius * max(w, h)
        draw.chord(
            (across - r, y * h - r * 0.7, across + r, y * h + r * 0.7), 20 + x * 90, 215 + x * 90, fill=255
        )


def _boxes(draw: ImageDraw.ImageDraw, w: int, h: int, boxes: list[tuple[float, float, float, float]]) -> None:
    for left, top, right, bottom in boxes:
        draw.rectangle((left * w, top * h, right * w, bottom * h), fill=255)


def _lanterns(draw: ImageDraw.ImageDraw, w: int, h: int, hanging: list[Point]) -> None:
    side = 0.021 * max(w, h)
    for across, down in hanging:
        x, y = across * w, down * h
        draw.ellipse((x - side * 0.8, y - side, x + side * 0.8, y + side), fill=255)


def _person(draw: ImageDraw.ImageDraw, w: int, h: int, foot: Point, tall: float) -> None:
    """Draw a small figure from behind: coat, legs, head and hair in the wind."""

    def at(across: float, up: float) -> Point:
        return foot[0] * w + across * tall * h, (foot[1] - up * tall) * h

    draw.polygon([at(-0.1, 0.3), at(-0.05, 0.74), at(0.05, 0.74), at(0.11, 0.3)], fill=255)
    for leg in (-0.045, 0.035):
        draw.polygon(
            [at(leg - 0.02, 0.32), at(leg + 0.025, 0.32), at(leg + 0.018, 0), at(leg - 0.012, 0)], fill=255
        )
    draw.ellipse((*at(-0.062, 0.9), *at(0.062, 0.76)), fill=255)
    draw.polygon([at(-0.06, 0.84), at(0.06, 0.87), at(0.15, 0.66), at(0.08, 0.6), at(0.0, 0.66)], fill=255)


def _scarf(draw: ImageDraw.ImageDraw, w: int, h: int, foot: Point, tall: float) -> None:
    def at(across: float, up: float) -> Point:
        return foot[0] * w + across * tall * h, (foot[1] - up * tall) * h

    draw.polygon([at(-0.055, 0.765), at(0.055, 0.77), at(0.06, 0.72), at(-0.055, 0.72)], fill=255)
    draw.polygon([at(0.03, 0.75), at(0.27, 0.7), at(0.3, 0.62), at(0.05, 0.7)], fill=255)


def _umbrella(draw: ImageDraw.ImageDraw, w: int, h: int, foot: Point, tall: float) -> None:
    x, y, r = foot[0] * w, (foot[1] - tall * 0.86) * h, 0.3 * tall * h
    draw.pieslice((x - r, y - r * 0.8, x + r, y + r * 0.8), 188, 352, fill=255)
    handle = (x + r * 0.28, y - r * 0.7, x + r * 0.22, y + r * 1.1)
    draw.line(handle, fill=255, width=max(1, round(r * 0.05)))
