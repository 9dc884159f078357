"""Consultations week by week, as numbers a template draws. Pure: counts in, places out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 36, 632, 14, 168
# Of a week's room the bar takes so much; no bar is wider than this.
SHARE = 0.7
WIDEST = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: what was held from the ground up, what was not attended on top of it."""

    x: float
    width: float
    held_y: float
    held_height: float
    missed_y: float
    missed_height: float


@dataclass(frozen=True, slots=True)
class Bars:
    most: int
    bars: tuple[Bar, ...]


def bars_of(weeks: Sequence[tuple[int, int]]) -> Bars:
    """`weeks` are (held, not attended), oldest first. The highest week takes the full height."""
    most = max((held + missed for held, missed in weeks), default=0)
    room = (RIGHT - LEFT) / max(len(weeks), 1)
    width = min(room * SHARE, WIDEST)
    unit = (BOTTOM - TOP) / max(most, 1)
    return Bars(
        most,
        tuple(
            _bar(LEFT + number * room + (room - width) / 2, width, held * unit, missed * unit)
            for number, (held, missed) in enumerate(weeks)
        ),
    )


def _bar(x: float, width: float, held: float, missed: float) -> Bar:
    numbers = (x, width, BOTTOM - held, held, BOTTOM - held - missed, missed)
    return Bar(*(round(number, 1) for number in numbers))
