"""A line over time, as numbers a template draws. Pure: values in, places out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from exercises.scoring.facts import Band

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 624, 12, 204
# Below this height a band has no room for its word; so much width is kept free for the words.
ROOM_FOR_A_WORD = 16
ROOM_FOR_WORDS = 116

Height: TypeAlias = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    day: date
    value: int | float


@dataclass(frozen=True, slots=True)
class Stripe:
    """One band: a light fill, every second one darker, with its word where it fits."""

    y: float
    height: float
    label: str
    dark: bool

    @property
    def label_y(self) -> float:
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    minimum: int
    maximum: int
    dots: tuple[Dot, ...]
    stripes: tuple[Stripe, ...]

    @property
    def points(self) -> str:
        """For the `points` of a polyline, in ASCII digits whatever the language."""
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


def chart_of(
    values: Sequence[tuple[date, int | float]],
    minimum: int,
    maximum: int,
    bands: Sequence[Band] = (),
) -> Chart:
    """Days in order from left to right, a lone one in the middle; higher values higher up."""

    def height(value: float) -> float:
        share = (value - minimum) / (maximum - minimum)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    days = [day for day, _value in values]
    right = RIGHT - (ROOM_FOR_WORDS if bands else 0)
    span = (days[-1] - days[0]).days if days else 0

    def place(day: date, number: int) -> float:
        share = (day - days[0]).days / span if span else (number + 1) / (len(days) + 1)
        return round(LEFT + 12 + share * (right - LEFT - 24), 1)

    return Chart(
        minimum,
        maximum,
        tuple(Dot(place(day, n), height(v), day, v) for n, (day, v) in enumerate(values)),
        tuple(_stripe(n, band, bands, height) for n, band in enumerate(bands)),
    )


def _stripe(number: int, band: Band, bands: Sequence[Band], height: Height) -> Stripe:
    """From half a point below the band to half a point above it; the ends end with the scale."""
    low = band.low if number == 0 else band.low - 0.5
    high = band.high if number == len(bands) - 1 else band.high + 0.5
    top, bottom = height(high), height(low)
    room = round(bottom - top, 1)
    return Stripe(top, room, band.label if room >= ROOM_FOR_A_WORD else "", number % 2 == 1)
