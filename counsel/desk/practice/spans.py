"""The days a page of numbers is about, and the days it compares them with.

Pure: dates in, dates out. Days are those of the reader's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from counsel.common.zones import first_instant

ONE_DAY = timedelta(days=1)
DAYS_A_WEEK = 7
# Shorter, and two spans laid over each other could tell of a single person.
FEWEST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Span:
    """Both days are included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """As many days, up to the eve of this span."""
        eve = self.first - ONE_DAY
        return Span(eve - (self.days - 1) * ONE_DAY, eve)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first instant of the first day to the first after the last, half-open."""
        at = datetime.min.time()
        return first_instant(self.first, at, zone), first_instant(self.last + ONE_DAY, at, zone)

    def weeks(self) -> Iterator[Span]:
        """Monday to Sunday; the first and the last may be cut short."""
        first = self.first
        while first <= self.last:
            sunday = first + (6 - first.weekday()) * ONE_DAY
            yield Span(first, min(sunday, self.last))
            first = sunday + ONE_DAY


def last_weeks(count: int, today: date) -> Span:
    """So many weeks up to and including today."""
    return Span(today - (count * DAYS_A_WEEK - 1) * ONE_DAY, today)


def last_year(today: date) -> Span:
    """From the morrow of the same date a year ago; that of 29 February is the 28th."""
    leap_day = (today.month, today.day) == (2, 29)
    ago = today.replace(year=today.year - 1, day=28 if leap_day else today.day)
    return Span(ago + ONE_DAY, today)


def whole_weeks(span: Span, today: date) -> Span | None:
    """As many whole weeks as the span is long, up to its last Sunday that is over.

    What is told of homework and measures goes by these alone, and by no fewer than four: with
    spans of any length, two that differ by a day would tell what one person did on it.
    """
    over = min(span.last, today - ONE_DAY)
    sunday = over - (over.weekday() + 1) % DAYS_A_WEEK * ONE_DAY
    count = span.days // DAYS_A_WEEK
    if count < FEWEST_WEEKS:
        return None
    return Span(sunday - (count * DAYS_A_WEEK - 1) * ONE_DAY, sunday)
