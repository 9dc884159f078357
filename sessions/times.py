"""Open times as a page shows them: a week of days in the reader's own zone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counsel.common.zones import first_instant, local_date, offset_label
from sessions.availability import MIDNIGHT, Slot
from sessions.models import Service
from sessions.selectors import LOOK_AHEAD, open_slots
from sessions.wording import clock_words, day_words, zone_and_offset

WEEK = timedelta(days=7)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Time:
    start: datetime
    words: str


@dataclass(frozen=True)
class Week:
    """Seven days from `first`, only those with open times listed.

    `earlier` and `later` are the first days to turn to, None where there is nothing.
    `next_open` is the first free time after an empty week. `clock` names the zone and its
    offset from UTC, both of them where the clocks change between the times shown.
    """

    first: date
    last: date
    days: list[tuple[date, list[Time]]]
    earlier: date | None
    later: date | None
    next_open: datetime | None
    next_open_day: date | None
    clock: str


def week_of_times(service: Service, wish: date | None, zone: ZoneInfo, now: datetime) -> Week:
    """The week beginning with the day wished for; without one, with the first free day."""
    today = local_date(now, zone)
    horizon = local_date(now + timedelta(days=service.horizon), zone)
    first = min(max(wish, today), horizon) if wish else today
    slots = _all_slots(service, max(first + WEEK, today + LOOK_AHEAD), now)
    starts = [(slot.start, local_date(slot.start, zone)) for slot in slots]
    if wish is None and starts:
        first = starts[0][1]
    end = first + WEEK
    after = [start for start, day in starts if day >= end]
    within = [start for start, day in starts if first <= day < end]
    before = any(day < first for _start, day in starts)
    return Week(
        first=first,
        last=end - ONE_DAY,
        days=_by_day(within, zone),
        earlier=max(today, first - WEEK) if before else None,
        later=end if after or end <= horizon else None,
        next_open=after[0] if after and not within else None,
        next_open_day=local_date(after[0], zone) if after and not within else None,
        clock=_clock(within or [first_instant(first, MIDNIGHT, zone)], zone),
    )


def _all_slots(service: Service, until: date, now: datetime) -> list[Slot]:
    # A day to spare on either side: the reader's dates are not the counsellor's.
    return open_slots(service, now.date() - ONE_DAY, until + ONE_DAY, now)


def _clock(starts: list[datetime], zone: ZoneInfo) -> str:
    words = zone_and_offset(zone, starts[0])
    offset = offset_label(starts[0], zone)
    changed = next((start for start in starts if offset_label(start, zone) != offset), None)
    if changed is None:
        return words
    return _("%(zone)s, from %(day)s %(offset)s") % {
        "zone": words,
        "day": day_words(local_date(changed, zone)),
        "offset": offset_label(changed, zone),
    }


def _by_day(starts: list[datetime], zone: ZoneInfo) -> list[tuple[date, list[Time]]]:
    days: dict[date, list[datetime]] = {}
    for start in starts:
        days.setdefault(local_date(start, zone), []).append(start)
    return [(day, _times(of_day, zone)) for day, of_day in days.items()]


def _times(starts: list[datetime], zone: ZoneInfo) -> list[Time]:
    """Where clocks are put back, one hour bears the same name twice: the offset tells them."""
    shown = Counter(clock_words(start, zone) for start in starts)
    return [Time(start, _words(start, zone, shown)) for start in starts]


def _words(start: datetime, zone: ZoneInfo, shown: Counter[str]) -> str:
    words = clock_words(start, zone)
    return f"{words} ({offset_label(start, zone)})" if shown[words] > 1 else words
