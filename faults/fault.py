"""One row of the fault matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from faults.pace import Pace
from faults.practice import Practice
from faults.stores import POSTGRESQL, SQLITE
from faults.verdict import Terms


@dataclass(frozen=True, slots=True)
class Fault:
    """`run` brings the trouble about, waits until all is settled, and says what it may have
    brought about. `quick` ones are among the tests."""

    name: str
    run: Callable[[Practice], Terms]
    stores: tuple[str, ...] = (POSTGRESQL, SQLITE)
    pace: Pace = field(default_factory=Pace)
    quick: bool = False
