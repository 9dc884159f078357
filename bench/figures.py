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
        spread = f"{min(self.samples):.4g}-{max(self.samples):.4g}"
        return (
            f"FIGURE {self.name} {median(self.samples):.4g} {self.comparison}{self.target:g} "
            f"{verdict}   (median of {len(self.samples)}, spread {spread})"
        )


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
