"""What entries add up to: days practised of days planned, feelings, before and after.

Days are the client's local dates; weeks run from Monday to Sunday. There is no streak:
a missed day takes nothing away from the days that were practised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from exercises.plans import ONE_DAY, Plan, Rhythm, monday_of


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
class Tally:
    """One assignment within a span: how many days it planned, and on how many it was done.

    `done_days` may exceed `planned`; `done` does not: what one exercise was done beyond its
    plan makes up for no other. `could_not` counts entries.
    """

    planned: int
    done_days: int
    could_not: int

    @property
    def done(self) -> int:
        return min(self.done_days, self.planned)


@dataclass(frozen=True, slots=True)
class Feeling:
    """In how many entries it was named, and the first day on which it ever was, where known."""

    label: str
    count: int
    first_day: date | None


@dataclass(frozen=True, slots=True)
class DayMark:
    day: date
    practised: bool


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


def tally(plan: Plan, entries: Iterable[Practice], first: date, today: date) -> Tally:
    """One assignment from `first` to `today`, both included.

    Today counts as planned once something was done: until then it is not over.
    """
    within = [entry for entry in entries if first <= entry.day <= today]
    done_today = any(entry.done and entry.day == today for entry in within)
    last = today if done_today else today - ONE_DAY
    return Tally(
        planned=_planned([plan], first, last),
        done_days=len({entry.day for entry in within if entry.done}),
        could_not=sum(not entry.done for entry in within),
    )


def feelings_named(
    entries: Iterable[Practice], first_named: Mapping[str, date]
) -> tuple[Feeling, ...]:
    """Most often first, then by alphabet; `first_named` tells of all times, not of these alone."""
    return tuple(
        Feeling(label, count, first_named.get(label)) for label, count in _feelings(entries)
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
    for _, week in groupby(days, key=monday_of):
        yield list(week)


def _feelings(entries: Iterable[Practice]) -> tuple[tuple[str, int], ...]:
    """In how many entries each feeling was named: most often first, then by alphabet."""
    counts = Counter(feeling for entry in entries for feeling in set(entry.feelings))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _mean(numbers: Collection[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
