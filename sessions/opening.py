"""Whether a span of time lies inside a counsellor's hours: pure, for what is booked already.

What may be *offered* is worked out in `availability`; a consultation that staff booked need not
begin at one of its starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from counsel.common.zones import first_instant, local_date
from sessions.availability import MIDNIGHT, WeeklyRule

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Two instants, the end not included."""

    start: datetime
    end: datetime

    def overlaps(self, other: Stretch) -> bool:
        return self.start < other.end and other.start < self.end


def is_open(
    stretch: Stretch, rules: Iterable[WeeklyRule], extra: Iterable[Stretch], zone: ZoneInfo
) -> bool:
    """Whether weekly and extra hours together cover all of it, time off left aside."""
    rules = list(rules)
    near = [span for span in extra if span.overlaps(stretch)]
    day = local_date(stretch.start, zone) - ONE_DAY
    while day <= local_date(stretch.end, zone):
        of_day = (rule for rule in rules if rule.weekday == day.weekday())
        near += [_on(rule, day, zone) for rule in of_day if rule.is_valid_on(day)]
        day += ONE_DAY
    return _cover(near, stretch)


def _on(rule: WeeklyRule, day: date, zone: ZoneInfo) -> Stretch:
    last = day if rule.end > MIDNIGHT else day + ONE_DAY
    return Stretch(first_instant(day, rule.start, zone), first_instant(last, rule.end, zone))


def _cover(spans: Iterable[Stretch], stretch: Stretch) -> bool:
    reached = stretch.start
    for span in sorted(spans, key=lambda span: span.start):
        if span.start > reached:
            break
        reached = max(reached, span.end)
    return reached >= stretch.end
