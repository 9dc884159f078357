"""What entries add up to: days practised of days planned, feelings, before and after.

Days are the client's local dates; weeks run from Monday to Sunday. There is no streak:
a missed day takes nothing away from the days that were practised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

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


@dataclass(frozen=True, slots=True)
class Practice:
    """One entry: done, or an honest "I couldn't". Strengths before and after where given."""

    day: date
    done: bool
    before: int | None
    after: int | None
    feelings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """`planned` and `done_days` count days, `could_not` counts entries.

    The three means are over the same entries, those with both numbers, so that
    `mean_change` is always the way from `before_mean` to `after_mean`.
    """

    planned: int
    done_days: int
    could_not: int
    feelings: tuple[tuple[str, int], ...]
    before_mean: float | None
    after_mean: float | None
    mean_change: float | None


@dataclass(frozen=True, slots=True)
class DayMark:
    day: date
    practised: bool


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
            done_this_week = {done for done in done_days if _monday(done) == _monday(day)}
            return len(done_this_week) < (plan.times_a_week or 0)
        case Rhythm.DAILY | Rhythm.WEEKDAYS:
            return plan.names(day)
        case Rhythm.EVERY_WEEKS | Rhythm.BEFORE_MEETING:
            turn = plan.turn(day)
            return turn is not None and not any(turn[0] <= done <= turn[1] for done in done_days)


def progress(
    plans: Iterable[Plan], entries: Iterable[Practice], first: date, last: date
) -> Progress:
    """What the entries of the inclusive span add up to.

    With several plans, `planned` is the fewest days on which all of them can be met:
    two daily exercises make seven days a week, not fourteen.
    """
    within = [entry for entry in entries if first <= entry.day <= last]
    pairs = [
        (entry.before, entry.after)
        for entry in within
        if entry.before is not None and entry.after is not None
    ]
    return Progress(
        planned=_planned(list(plans), first, last),
        done_days=len({entry.day for entry in within if entry.done}),
        could_not=sum(not entry.done for entry in within),
        feelings=_feelings(within),
        before_mean=_mean([before for before, _ in pairs]),
        after_mean=_mean([after for _, after in pairs]),
        mean_change=_mean([after - before for before, after in pairs]),
    )


def day_marks(done_days: Collection[date], last: date, days: int = 7) -> list[DayMark]:
    """The marks of so many days up to and including the last, oldest first."""
    shown = [last - n * ONE_DAY for n in reversed(range(days))]
    return [DayMark(day, day in done_days) for day in shown]


def _planned(plans: Collection[Plan], first: date, last: date) -> int:
    return sum(len(_fewest_days(plans, week)) for week in _weeks(first, last))


def _fewest_days(plans: Collection[Plan], week: list[date]) -> set[date]:
    """The fewest days of this week (or part of one) that meet all plans.

    Plans that leave their days open are given the latest days they may have, in the
    order in which they end: those are the days that can serve most of the others. (A pause
    in the middle of the week can make that a day too many.) Days of the week before a rhythm
    was changed count towards it, as they do where it asks for practice.
    """
    chosen = {day for day in week if any(plan.names(day) for plan in plans)}
    flexible = []
    for plan in plans:
        covered = [day for day in week if plan.covers(day)]
        for part in (*(earlier for _, earlier in plan.earlier), plan):
            allowed = [day for day in covered if plan.held_on(day) is part]
            if part.rhythm is Rhythm.TIMES_A_WEEK and allowed:
                so_far = [day for day in covered if day <= allowed[-1]]
                flexible.append((part.times_a_week or 0, allowed, so_far))
    for times, allowed, so_far in sorted(flexible, key=lambda f: f[1][-1]):
        missing = times - len(chosen.intersection(so_far))
        free = [day for day in allowed if day not in chosen]
        chosen.update(free[::-1][: max(missing, 0)])
    return chosen


def _weeks(first: date, last: date) -> Iterator[list[date]]:
    """The days of the inclusive span, week by week; the first and last may be cut short."""
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    for _, week in groupby(days, key=_monday):
        yield list(week)


def _monday(day: date) -> date:
    return day - day.weekday() * ONE_DAY


def _feelings(entries: Iterable[Practice]) -> tuple[tuple[str, int], ...]:
    """In how many entries each feeling was named: most often first, then by alphabet."""
    counts = Counter(feeling for entry in entries for feeling in set(entry.feelings))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _mean(numbers: Collection[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
