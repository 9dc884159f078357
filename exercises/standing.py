"""Where a client stands: what their plans asked for and what was answered, in a few numbers.

Pure: values in, values out. Days are the client's local dates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from exercises.missing import LOOK_BACK, missed_in_a_row
from exercises.plans import ONE_DAY, Plan, is_wanted_on
from exercises.progress import Practice, Tally, tally
from exercises.scoring.changes import Change, Course

# Where no consultation was held yet, so much counts.
WITHOUT_CONSULTATION = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Given:
    """One assignment: its plan, and the days on which it was done or said not to be possible,
    as far as they may be told.

    The days are to be complete for the span that is reckoned and for `LOOK_BACK`; of what is
    asked once, all of them. `is_open` where it asks for anything today.
    """

    plan: Plan
    done: frozenset[date]
    could_not: frozenset[date]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Reckoned:
    """`done` of `planned` days, of all assignments together; `missed` of the one that was missed
    most; `quiet_since` the first day on which something was asked and nothing heard since.
    """

    done: int
    planned: int
    missed: int
    quiet_since: date | None


def reckon(given: Collection[Given], heard: date | None, first: date, today: date) -> Reckoned:
    """Of the days from `first` to `today`. `heard` is the last day of which anything is told.

    What is over, withdrawn or at rest counts among the planned days, but asks for nothing any
    more: it is neither missed nor is anybody quiet for it.
    """
    tallies = [_tally(one, first, today) for one in given]
    asking = [one for one in given if one.is_open]
    quiet = [day for one in asking if (day := _asked_since(one, heard, today)) is not None]
    return Reckoned(
        done=sum(row.done for row in tallies),
        planned=sum(row.planned for row in tallies),
        missed=max((_missed(one, today) for one in asking), default=0),
        quiet_since=min(quiet, default=None),
    )


def trend(changed: Iterable[Change]) -> Course | None:
    """Of the scales of one measure: worse where one of them surely is, then better; the same
    where no change is sure. None where nothing can be compared.
    """
    changed = list(changed)
    if not changed:
        return None
    sure = {change.course for change in changed if change.reliable}
    return next((course for course in (Course.WORSE, Course.BETTER) if course in sure), Course.SAME)


def _tally(one: Given, first: date, today: date) -> Tally:
    practices = [Practice(day, True, None, None, ()) for day in one.done]
    return tally(one.plan.done_on(one.done), practices, first, today)


def _missed(one: Given, today: date) -> int:
    yesterday, first = today - ONE_DAY, today - LOOK_BACK
    return missed_in_a_row(one.plan, one.done, one.could_not, yesterday, first=first)


def _asked_since(one: Given, heard: date | None, today: date) -> date | None:
    """The first day since anything was heard, and since it last rested, on which it was wanted."""
    plan = one.plan
    day = plan.earlier[0][1].start if plan.earlier else plan.start
    for _first, last in plan.pauses:
        if last is not None and last < today:
            day = max(day, last + ONE_DAY)
    if heard is not None:
        day = max(day, heard + ONE_DAY)
    while day <= today:
        if is_wanted_on(plan, day, one.done):
            return day
        day += ONE_DAY
    return None
