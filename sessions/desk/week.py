"""The open hours of a week, drawn to scale, and the days off and extra hours in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from counsel.common.zones import local_date
from sessions.models import AvailabilityException, AvailabilityRule, Weekday
from sessions.wording import clock_words, day_words

# An hour's height in pixels; a quarter of one still holds a line of text.
HOUR = 56
# With fewer minutes there is room for one line only.
SHORT = 45
# What is drawn at least.
FIRST_HOUR, LAST_HOUR = 8, 18
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Block:
    """One rule, as a box in its day's column. `x` and `width` are shares of the column."""

    rule: AvailabilityRule
    words: str
    facts: list[str]
    begins_later: bool
    is_short: bool
    x: str
    y: int
    width: str
    height: int


@dataclass(frozen=True, slots=True)
class Day:
    number: int
    name: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Week:
    days: list[Day]
    hours: list[tuple[int, str]]
    height: int


def week_of(rules: Iterable[AvailabilityRule], today: date) -> Week:
    rules = list(rules)
    first = min([FIRST_HOUR, *(rule.starts.hour for rule in rules)])
    last = max([LAST_HOUR, *(-(-_until(rule) // 60) for rule in rules)])
    return Week(
        days=[
            Day(day.value, str(day.label), _column(_on(rules, day), first, today))
            for day in Weekday
        ],
        hours=[((hour - first) * HOUR, f"{hour:02}:00") for hour in range(first, last + 1)],
        height=(last - first) * HOUR,
    )


def _on(rules: Sequence[AvailabilityRule], day: int) -> list[AvailabilityRule]:
    found = [rule for rule in rules if rule.weekday == day]
    return sorted(found, key=lambda rule: (rule.starts, _until(rule)))


def _column(rules: Sequence[AvailabilityRule], first_hour: int, today: date) -> list[Block]:
    lanes = _lanes(rules)
    share = 100 / (max(lanes, default=0) + 1)
    return [
        Block(
            rule=rule,
            words=hours_words(rule.starts, rule.ends),
            facts=rule_facts(rule),
            begins_later=rule.valid_from is not None and rule.valid_from > today,
            is_short=_until(rule) - _minutes(rule.starts) < SHORT,
            x=f"{lane * share:.2f}%",
            y=(_minutes(rule.starts) - first_hour * 60) * HOUR // 60,
            width=f"{share:.2f}%",
            height=(_until(rule) - _minutes(rule.starts)) * HOUR // 60,
        )
        for rule, lane in zip(rules, lanes, strict=True)
    ]


def _lanes(rules: Sequence[AvailabilityRule]) -> list[int]:
    """Side by side where they overlap, each in the first lane that is free; given in order."""
    busy_until: list[int] = []
    lanes = []
    for rule in rules:
        start = _minutes(rule.starts)
        free = (lane for lane, until in enumerate(busy_until) if until <= start)
        lane = next(free, len(busy_until))
        busy_until[lane : lane + 1] = [_until(rule)]
        lanes.append(lane)
    return lanes


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _until(rule: AvailabilityRule) -> int:
    return _minutes(rule.ends) or 24 * 60


def hours_words(starts: time, ends: time) -> str:
    until = time_format(ends, "H:i") if ends > time() else "24:00"
    return f"{time_format(starts, 'H:i')}–{until}"


def rule_facts(rule: AvailabilityRule) -> list[str]:
    facts = []
    if rule.service is not None:
        facts.append(_("only %(service)s") % {"service": rule.service.name})
    if rule.valid_from:
        facts.append(_("from %(day)s") % {"day": day_words(rule.valid_from)})
    if rule.valid_until:
        facts.append(_("until %(day)s") % {"day": day_words(rule.valid_until)})
    return facts


def span_words(row: AvailabilityException, zone: ZoneInfo) -> str:
    """'Monday 7 January to Friday 11 January', 'Monday 7 January, 15:30–16:30'."""
    first, last = local_date(row.starts_at, zone), local_date(row.ends_at - MOMENT, zone)
    if row.whole_days:
        if first == last:
            return day_words(first)
        return _("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}
    starts, ends = row.starts_at.astimezone(zone).time(), row.ends_at.astimezone(zone).time()
    if first == last:
        return f"{day_words(first)}, {hours_words(starts, ends)}"
    return _("%(first)s to %(last)s") % {
        "first": f"{day_words(first)}, {clock_words(row.starts_at, zone)}",
        "last": f"{day_words(last)}, {hours_words(starts, ends).split('–')[1]}",
    }
