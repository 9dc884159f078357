"""Charts over time, as numbers a template draws. Pure: values in, places out.

Places from left to right are percentages of the room there is, so that a chart is as wide as
its page; heights are pixels. Days stand in order from left to right, higher values higher up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from exercises.course import Week
from exercises.scoring.facts import Band

LEFT, RIGHT = 3.0, 97.0
TOP, BOTTOM = 12, 204
# Below this height a band has no room for its word.
ROOM_FOR_A_WORD = 16
# So close together two numbers would cover one another on a phone.
ROOM_FOR_A_NUMBER = 6.0
MOST_TICKS = 6

Height: TypeAlias = Callable[[float], float]
Value: TypeAlias = tuple[date, int | float]


@dataclass(frozen=True, slots=True)
class Span:
    """The days a chart is about, both included."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Where a day begins."""
        share = (day - self.first).days / ((self.last - self.first).days + 1)
        return LEFT + share * (RIGHT - LEFT)

    def middle(self, day: date) -> float:
        return round((self.place(day) + self.place(day + timedelta(days=1))) / 2, 2)


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
    """A line. `lines` are the heights from which on a change is more than chance."""

    minimum: int
    maximum: int
    dots: tuple[Dot, ...]
    stripes: tuple[Stripe, ...]
    lines: tuple[float, ...] = ()

    @property
    def points(self) -> str:
        """For the `points` of a polyline, in ASCII digits whatever the language."""
        return " ".join(f"{dot.x:.2f},{dot.y:.1f}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Column:
    """One week: what was done as a fill, what was planned as a frame around it."""

    x: float
    width: float
    done_y: float
    done_height: float
    planned_y: float
    planned_height: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Before and after in one week, one above the other."""

    x: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something beside the course of things: a consultation, or events by their numbers."""

    x: float
    words: str = ""
    is_held: bool = True


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    day: date


def chart_of(
    values: Sequence[Value],
    minimum: int,
    maximum: int,
    bands: Sequence[Band] = (),
    *,
    span: Span | None = None,
    baseline: float | None = None,
    change: int | None = None,
) -> Chart:
    """Without a span it reaches from the first day to the last, a lone one in the middle.

    With a `baseline` and the `change` that is more than chance it has lines so far from it.
    """
    height = heights(minimum, maximum)
    lines = () if baseline is None or change is None else (baseline - change, baseline + change)
    return Chart(
        minimum,
        maximum,
        _dots(values, height, span),
        tuple(_stripe(n, band, bands, height) for n, band in enumerate(bands)),
        tuple(height(line) for line in lines if minimum <= line <= maximum),
    )


def columns_of(weeks: Iterable[Week], span: Span) -> tuple[Column, ...]:
    height = heights(0, 7)
    return tuple(_column(week, span, height) for week in weeks if week.done or week.planned)


def pairs_of(strengths: Iterable[tuple[Week, float, float]], span: Span) -> tuple[Pair, ...]:
    """Of weeks with a mean strength, 0 to 10, before and after."""
    height = heights(0, 10)
    return tuple(
        Pair(_middle(week, span), height(before), height(after))
        for week, before, after in strengths
    )


def meetings_of(days: Iterable[tuple[date, bool]], span: Span) -> tuple[Mark, ...]:
    """Consultations, each with whether it was held."""
    return tuple(Mark(span.middle(day), is_held=is_held) for day, is_held in days)


def events_of(days: Iterable[tuple[int, date]], span: Span) -> tuple[Mark, ...]:
    """Events in order, by their numbers; those too close to tell apart share a mark."""
    groups: list[list[tuple[float, int]]] = []
    for number, day in days:
        x = span.middle(day)
        if groups and x - groups[-1][0][0] < ROOM_FOR_A_NUMBER:
            groups[-1].append((x, number))
        else:
            groups.append([(x, number)])
    return tuple(Mark(group[0][0], _numbers(group)) for group in groups)


def ticks_of(span: Span) -> tuple[Tick, ...]:
    """The first days of months, every so many of them that there are a handful at most."""
    months = list(_months(span))
    for step in (1, 2, 3, 6, 12, 24, 60):
        shown = [day for day in months if (day.year * 12 + day.month - 1) % step == 0]
        if len(shown) <= MOST_TICKS:
            break
    return tuple(Tick(round(span.place(day), 2), day) for day in shown)


def heights(minimum: float, maximum: float) -> Height:
    def height(value: float) -> float:
        share = (value - minimum) / (maximum - minimum)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    return height


def _dots(values: Sequence[Value], height: Height, span: Span | None) -> tuple[Dot, ...]:
    if span is not None:
        return tuple(Dot(span.middle(day), height(v), day, v) for day, v in values)
    days = [day for day, _value in values]
    length = (days[-1] - days[0]).days if days else 0

    def place(day: date, number: int) -> float:
        share = (day - days[0]).days / length if length else (number + 1) / (len(days) + 1)
        return round(LEFT + share * (RIGHT - LEFT), 2)

    return tuple(Dot(place(day, n), height(v), day, v) for n, (day, v) in enumerate(values))


def _stripe(number: int, band: Band, bands: Sequence[Band], height: Height) -> Stripe:
    """From half a point below the band to half a point above it; the ends end with the scale."""
    low = band.low if number == 0 else band.low - 0.5
    high = band.high if number == len(bands) - 1 else band.high + 0.5
    top, bottom = height(high), height(low)
    room = round(bottom - top, 1)
    return Stripe(top, room, band.label if room >= ROOM_FOR_A_WORD else "", number % 2 == 1)


def _column(week: Week, span: Span, height: Height) -> Column:
    """As wide as its days, less a gap to the next."""
    left, right = span.place(week.first), span.place(week.last + timedelta(days=1))
    gap = (right - left) * 0.15
    done, planned = height(week.done), height(min(week.planned, 7))
    return Column(
        x=round(left + gap / 2, 2),
        width=round(right - left - gap, 2),
        done_y=done,
        done_height=round(BOTTOM - done, 1),
        planned_y=planned,
        planned_height=round(BOTTOM - planned, 1),
        is_whole=week.is_whole,
    )


def _middle(week: Week, span: Span) -> float:
    left, right = span.place(week.first), span.place(week.last + timedelta(days=1))
    return round((left + right) / 2, 2)


def _numbers(group: Sequence[tuple[float, int]]) -> str:
    first, last = group[0][1], group[-1][1]
    return str(first) if first == last else f"{first}–{last}"


def _months(span: Span) -> Iterable[date]:
    month = (span.first.replace(day=1) + timedelta(days=31)).replace(day=1)
    if span.first.day == 1:
        month = span.first
    while month <= span.last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)
