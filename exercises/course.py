"""The course of practice: week by week, days practised against days planned.

Days are the client's local dates; weeks run from Monday to Sunday. The first and the last may
be cut short by the span they are looked at in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from exercises.plans import ONE_DAY, Plan, monday_of
from exercises.progress import progress

WHOLE = 7


@dataclass(frozen=True, slots=True)
class Week:
    """The days of one week that lie within the span, `first` and `last` included."""

    first: date
    last: date
    done: int
    planned: int

    @property
    def monday(self) -> date:
        return monday_of(self.first)

    @property
    def is_whole(self) -> bool:
        return (self.last - self.first).days + 1 == WHOLE


def weeks(plans: Iterable[Plan], done_days: Iterable[date], first: date, last: date) -> list[Week]:
    """Each week of the inclusive span, oldest first, also those with nothing in them.

    Their sums are what `progress` finds in the whole span.
    """
    plans = list(plans)
    done = Counter(monday_of(day) for day in set(done_days) if first <= day <= last)
    found = []
    while first <= last:
        end = min(monday_of(first) + (WHOLE - 1) * ONE_DAY, last)
        planned = progress(plans, (), first, end).planned
        found.append(Week(first, end, done[monday_of(first)], planned))
        first = end + ONE_DAY
    return found
