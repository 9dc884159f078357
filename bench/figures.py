"""A figure: what was measured in one run, against what it must reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Figure:
    name: str
    samples: Sequence[float]
    comparison: Literal["<=", ">="]
    target: float

    @property
    def holds(self) -> bool:
        value = median(self.samples)
        return value <= self.target if self.comparison == "<=" else value >= self.target

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "FALLS SHORT"
        spread = f"{_short(min(self.samples))}-{_short(max(self.samples))}"
        return (
            f"FIGURE {self.name} {_short(median(self.samples))} {self.comparison}{self.target:g} "
            f"{verdict}   (median of {len(self.samples)}, spread {spread})"
        )


def _short(number: float) -> str:
    """Four digits, or the whole number where it has more."""
    return f"{number:.0f}" if number >= 10_000 else f"{number:.4g}"


def ratios(
    one: Callable[[], object], other: Callable[[], object], *, repeats: int, warm_up: int = 2
) -> list[float]:
    """Time of `one` over time of `other`, both taken in turn: a busy machine slows both."""
    for _ in range(warm_up):
        one()
        other()
    return [seconds(one) / seconds(other) for _ in range(repeats)]


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
