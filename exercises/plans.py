"""What an assignment asks for: which of the client's days its rhythm covers, names and counts.

Days are the client's local dates; weeks run from Monday to Sunday.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
# What is asked for every so many weeks may be done within a week of its day, what is asked for
# before a consultation on the three days before it or the day itself (our own judgement).
TURN_DAYS = 7
DAYS_BEFORE_MEETING = 3


class Rhythm(StrEnum):
    ONCE = "once"
    DAILY = "daily"
    TIMES_A_WEEK = "times_a_week"
    WEEKDAYS = "weekdays"
    EVERY_WEEKS = "every_weeks"
    BEFORE_MEETING = "before_meeting"


@dataclass(frozen=True, slots=True)
class Plan:
    """The rhythm of one assignment; `end` is inclusive, weekdays count from 0 = Monday.

    `meetings` are the dates of consultations, for the rhythm that goes by them. Days within a
    pause (first, last or None while it is open; both included) ask for nothing.

    What is asked once counts on one day: `counted_on`, else the last of its days, else the first.

    Where the rhythm was changed on the way, `earlier` are the plans before this one, oldest
    first, each with the last day on which it held: those days count as they were asked for.
    """

    rhythm: Rhythm
    times_a_week: int | None
    weekdays: frozenset[int]
    start: date
    end: date | None
    every_weeks: int | None = None
    meetings: frozenset[date] = frozenset()
    pauses: tuple[tuple[date, date | None], ...] = ()
    earlier: tuple[tuple[date, Plan], ...] = ()
    counted_on: date | None = None

    def held_on(self, day: date) -> Plan:
        """The plan by which that day counts: this one, or one before it."""
        return next((plan for last, plan in self.earlier if day <= last), self)

    def covers(self, day: date) -> bool:
        held = self.held_on(day)
        if held is not self:
            return held.covers(day)
        in_time = self.start <= day and (self.end is None or day <= self.end)
        return in_time and not self._rests_on(day)

    def names(self, day: date) -> bool:
        """Whether the plan counts this very day. N times a week leaves the days open."""
        held = self.held_on(day)
        if held is not self:
            return held.names(day)
        match self.rhythm:
            case Rhythm.ONCE:
                return day == (self.counted_on or self.end or self.start) and self.covers(day)
            case Rhythm.DAILY:
                return self.covers(day)
            case Rhythm.WEEKDAYS:
                return self.covers(day) and day.weekday() in self.weekdays
            case Rhythm.EVERY_WEEKS | Rhythm.BEFORE_MEETING:
                return day == self._counted_day(day)
            case Rhythm.TIMES_A_WEEK:
                return False

    def done_on(self, days: Iterable[date]) -> Plan:
        """Of what is asked once: the same, counted on the day on which it was done."""
        if self.rhythm is not Rhythm.ONCE:
            return self
        done = min((day for day in days if day >= self.start), default=self.counted_on)
        return replace(self, counted_on=done)

    def turn(self, day: date) -> tuple[date, date] | None:
        """The days (both included) on any one of which it is asked for once, where `day` is
        one of them. None between two turns, and for rhythms that go by the day or the week.
        """
        turn = None
        if self.rhythm is Rhythm.EVERY_WEEKS:
            first = day - ((day - self.start).days % (7 * (self.every_weeks or 1))) * ONE_DAY
            turn = (first, first + (TURN_DAYS - 1) * ONE_DAY)
        elif self.rhythm is Rhythm.BEFORE_MEETING:
            turn = self._turn_before_meeting(day)
        return turn if turn and turn[0] <= day <= turn[1] else None

    def _turn_before_meeting(self, day: date) -> tuple[date, date] | None:
        coming = [meeting for meeting in self.meetings if meeting >= day]
        if not coming:
            return None
        meeting = min(coming)
        earliest = meeting - DAYS_BEFORE_MEETING * ONE_DAY
        # Two meetings close together each have days of their own.
        held = [other + ONE_DAY for other in self.meetings if other < meeting]
        return max([earliest, *held]), meeting

    def _counted_day(self, day: date) -> date | None:
        """The one day of the turn by which it is counted: the last, as far as it is open."""
        turn = self.turn(day)
        if turn is None:
            return None
        length = (turn[1] - turn[0]).days + 1
        covered = [d for d in (turn[0] + n * ONE_DAY for n in range(length)) if self.covers(d)]
        return covered[-1] if covered else None

    def _rests_on(self, day: date) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self.pauses)


def is_wanted_on(plan: Plan, day: date, done_days: Collection[date]) -> bool:
    """Whether the plan still asks for practice on that day, after what was done already."""
    plan = plan.held_on(day)
    if not plan.covers(day) or day in done_days:
        return False
    match plan.rhythm:
        case Rhythm.ONCE:
            # What was done in another rhythm before is not what is asked for now.
            return not any(done >= plan.start or not plan.earlier for done in done_days)
        case Rhythm.TIMES_A_WEEK:
            done_this_week = {done for done in done_days if monday_of(done) == monday_of(day)}
            return len(done_this_week) < (plan.times_a_week or 0)
        case Rhythm.DAILY | Rhythm.WEEKDAYS:
            return plan.names(day)
        case Rhythm.EVERY_WEEKS | Rhythm.BEFORE_MEETING:
            turn = plan.turn(day)
            return turn is not None and not any(turn[0] <= done <= turn[1] for done in done_days)


def monday_of(day: date) -> date:
    return day - day.weekday() * ONE_DAY
