"""One assignment in a brief: its days, as dots and as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exercises.missing import LOOK_BACK, missed_in_a_row
from exercises.models import Assignment
from exercises.plans import ONE_DAY, Plan
from exercises.progress import DayMark, Practice, Tally, day_marks, tally
from exercises.wording import dates_words, rhythm_words

MOST_MARKS = 14


@dataclass(frozen=True, slots=True)
class Practised:
    """On how many of its planned days it was done, and the latest days."""

    assignment: Assignment
    tally: Tally
    # Planned practices missed one after the other until yesterday, be it before this span; of
    # what asks for nothing any more none are.
    missed: int
    marks: list[DayMark]

    @property
    def done(self) -> int:
        """Days, also beyond what was planned."""
        return self.tally.done_days

    @property
    def planned(self) -> int:
        return self.tally.planned

    @property
    def rhythm(self) -> str:
        return rhythm_words(self.assignment)

    @property
    def dates(self) -> str:
        return dates_words(self.assignment)


def practised(
    given: Assignment, plan: Plan, told: Sequence[Practice], first: date, today: date
) -> Practised:
    """`told`: all that is told of it in the span and within `LOOK_BACK`, and of what is asked
    once at any time.
    """
    days = {practice.day for practice in told if practice.done}
    couldnt = {practice.day for practice in told if not practice.done}
    is_open = given.status == Assignment.Status.ACTIVE and plan.covers(today)
    yesterday, first_missed = today - ONE_DAY, today - LOOK_BACK
    shown = min((today - max(first, given.starts_on)).days + 1, MOST_MARKS)
    return Practised(
        given,
        tally(plan.done_on(days), told, first, today),
        missed_in_a_row(plan, days, couldnt, yesterday, first=first_missed) if is_open else 0,
        day_marks(days, today, shown),
    )
