"""How many days an assignment asks for, week by week. Pure: plans and weeks in, counts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from counsel.desk.practice.spans import Span
from exercises.plans import Plan, Rhythm
from exercises.progress import progress

# What these ask of a day does not depend on days outside its week.
_DAY_BY_DAY = {Rhythm.DAILY, Rhythm.WEEKDAYS, Rhythm.TIMES_A_WEEK}


def planned_by_week(plan: Plan, weeks: Iterable[Span]) -> dict[date, int]:
    """How many days it asks for in each week in which it asks for any, by the first of its days."""
    counts = ((week.first, _planned_in(plan, week)) for week in _held(plan, weeks))
    return {monday: planned for monday, planned in counts if planned}


def _planned_in(plan: Plan, week: Span) -> int:
    if plan.rhythm not in _DAY_BY_DAY or plan.earlier:
        return progress([plan], (), week.first, week.last).planned
    # Cut to the week, most plans are alike: a practice has few rhythms and many clients.
    cut = replace(
        plan,
        start=max(plan.start, week.first),
        end=week.last if plan.end is None else min(plan.end, week.last),
        meetings=frozenset(),
        counted_on=None,
    )
    return _reckoned(cut, week)


@lru_cache(maxsize=4096)
def _reckoned(plan: Plan, week: Span) -> int:
    return progress([plan], (), week.first, week.last).planned


def _held(plan: Plan, weeks: Iterable[Span]) -> Iterator[Span]:
    """The weeks in which the plan may ask for something."""
    for week in weeks:
        is_within = plan.start <= week.last and (plan.end is None or plan.end >= week.first)
        if is_within or plan.earlier:
            yield week
