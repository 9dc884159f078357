"""Rows that nobody can write, and one that is far too long, among all the others."""

from __future__ import annotations

from collections.abc import Iterator

from faults.apps import HUGE, POISONED
from faults.fault import Fault
from faults.pace import Pace
from faults.practice import Practice
from faults.verdict import Terms

# Of each sort; they come first in the queue.
ROWS = 3


def faults() -> Iterator[Fault]:
    # A body of 10 MB takes its time on a busy machine.
    slow = Pace(attempts=4, mail_timeout=10, run=10, soft_limit=30, hard_limit=35, lease=40)
    yield Fault("poison", poison, pace=slow)


def poison(practice: Practice) -> Terms:
    """Words that break, a kind and a person nobody answers for, a body of 10 MB."""
    sorts = (
        {"occurrence": POISONED},
        {"kind": "unheard-of"},
        {"person": "nobody:1"},
        {"occurrence": HUGE},
    )
    for place, fields in enumerate(sorts):
        practice.plan(range(place * ROWS, (place + 1) * ROWS), due_in=-60, fields=fields)
    practice.plan(range(len(sorts) * ROWS, practice.count))
    practice.staff()
    practice.until_settled()
    return Terms(fails=(len(sorts) - 1) * ROWS)
