"""What a fault shortens of the product's own times, so that an hour of trouble takes a minute.

All else is as it runs in a practice. Each can be set in the environment of one process.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, and how often a message is tried before it is given up."""

    tick: int = 1
    lease: int = 20
    batch: int = 4
    run: int = 4
    soft_limit: int = 15
    hard_limit: int = 18
    mail_timeout: int = 3
    # How long a statement may take, and how long a database that restarts is waited for.
    statement: int = 8
    keep: int = 10
    first_retry: int = 1
    longest_retry: int = 2
    first_hold: int = 2
    longest_hold: int = 4
    attempts: int = 12

    def hurried(self) -> Pace:
        """Where a stall of the machine for some seconds is nobody's fault but may be seen."""
        return replace(
            self, lease=10, batch=2, run=3, soft_limit=7, hard_limit=9, statement=5, keep=5
        )

    def environ(self) -> dict[str, str]:
        return {_name(name): str(value) for name, value in asdict(self).items()}

    def __str__(self) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in asdict(self).items()
        )


def from_environ() -> Pace:
    given = {name: os.environ.get(_name(name)) for name in asdict(Pace())}
    return Pace(**{name: int(value) for name, value in given.items() if value is not None})


def _name(name: str) -> str:
    return f"FAULTS_{name.upper()}"
