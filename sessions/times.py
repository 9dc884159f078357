"""Open times as a page shows them: a month of days and the times of one, by the reader's clock."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from counsel.common.zones import first_instant, local_date, offset_label
from sessions.availability import MIDNIGHT, Slot
from sessions.selectors import LOOK_AHEAD
from sessions.wording import clock_words, zone_and_offset

ONE_DAY = timedelta(days=1)
Address = Callable[[datetime], str]


@dataclass(frozen=True)
class Look:
    """Where somebody looks for a time: `day`, or the month that `month` is in, or anywhere.

    Only days between today and the horizon can be looked at, by the reader's clock.
    """

    zone: ZoneInfo
    now: datetime
    horizon: timedelta
    month: date | None = None
    day: date | None = None

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)

    @property
    def until(self) -> date:
        return local_date(self.now + self.horizon, self.zone)

    @property
    def wished_month(self) -> date | None:
        """The first of it."""
        wish = self.day or self.month
        return min(max(wish, self.today), self.until).replace(day=1) if wish else None

    @property
    def known_until(self) -> date:
        """The last day that is looked at, however far the horizon reaches."""
        return _last_of(max(self.wished_month or self.today, self.today + LOOK_AHEAD))

    @property
    def keeps(self) -> list[tuple[str, str]]:
        """What of the address says so, for a form that changes something else."""
        if self.day:
            return [("day", self.day.isoformat())]
        return [("month", f"{self.month:%Y-%m}")] if self.month else []

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day whose open times `month_of_times` needs.

        One to spare on either side: the reader's dates are not the counsellor's.
        """
        return self.today - ONE_DAY, self.known_until + ONE_DAY


@dataclass(frozen=True)
class Time:
    start: datetime
    words: str
    url: str = ""


@dataclass(frozen=True)
class Day:
    """A field of the month; `count` is how many times are free."""

    date: date
    count: int
    is_today: bool
    is_chosen: bool


@dataclass(frozen=True)
class Month:
    """A month with its free days marked, weeks gone by left out, and the times of one day.

    `earlier` and `later` are the months to turn to, None where there is nothing.
    `next_free` is the first free time of all, `otherwise` where to look when nothing is free on
    the chosen day or in the whole month. `clock` names the zone and its offset from UTC, both
    of them where the clocks change between the times of the day.
    """

    first: date
    weekdays: list[tuple[str, str]]
    weeks: list[list[Day | None]]
    earlier: date | None
    later: date | None
    chosen: date | None
    times: list[Time]
    next_free: Time | None
    otherwise: datetime | None
    otherwise_day: date | None
    clock: str


def month_of_times(look: Look, slots: Sequence[Slot], address: Address) -> Month:
    """The month looked at; with no wish, the one with the first free time, and that day chosen.

    `slots` are the free times of `look.days`, in order. `address` tells where each one leads.
    """
    zone = look.zone
    starts = [(slot.start, local_date(slot.start, zone)) for slot in slots]
    first = look.wished_month or (starts[0][1] if starts else look.today).replace(day=1)
    last = _last_of(first)
    free: dict[date, list[datetime]] = {}
    for start, day in starts:
        if first <= day <= last:
            free.setdefault(day, []).append(start)
    chosen = _chosen(look, free)
    times = free.get(chosen, []) if chosen else []
    otherwise = None if times else _next_after(chosen or last, starts)
    return Month(
        first=first,
        weekdays=_weekdays(first),
        weeks=_weeks(first, free, chosen, look.today),
        earlier=first - ONE_DAY if any(day < first for _start, day in starts) else None,
        later=last + ONE_DAY if _may_be_free_after(last, look, starts) else None,
        chosen=chosen,
        times=_times(times, zone, address),
        next_free=_times([starts[0][0]], zone, address)[0] if starts else None,
        otherwise=otherwise,
        otherwise_day=local_date(otherwise, zone) if otherwise else None,
        clock=_clock(times or [first_instant(chosen or first, MIDNIGHT, zone)], zone),
    )


def _last_of(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY


def _chosen(look: Look, free: dict[date, list[datetime]]) -> date | None:
    if look.day and look.today <= look.day <= look.until:
        return look.day
    return next(iter(free), None)


def _may_be_free_after(last: date, look: Look, starts: list[tuple[datetime, date]]) -> bool:
    unknown = look.known_until < look.until
    return any(day > last for _start, day in starts) or (unknown and last < look.until)


def _next_after(day: date, starts: list[tuple[datetime, date]]) -> datetime | None:
    after = (start for start, of_day in starts if of_day > day)
    return next(after, starts[0][0] if starts else None)


def _calendar_weeks(first: date) -> list[list[date]]:
    begins_on = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7
    return Calendar(begins_on).monthdatescalendar(first.year, first.month)


def _weekdays(first: date) -> list[tuple[str, str]]:
    """Short and whole, in the order of the reader's language."""
    return [(date_format(day, "D"), date_format(day, "l")) for day in _calendar_weeks(first)[0]]


def _weeks(
    first: date, free: dict[date, list[datetime]], chosen: date | None, today: date
) -> list[list[Day | None]]:
    """Those that are not over yet; days of other months are None."""
    return [
        [
            Day(day, len(free.get(day, ())), day == today, day == chosen)
            if day.month == first.month
            else None
            for day in week
        ]
        for week in _calendar_weeks(first)
        if week[-1] >= today
    ]


def _clock(starts: list[datetime], zone: ZoneInfo) -> str:
    words = zone_and_offset(zone, starts[0])
    offset = offset_label(starts[0], zone)
    changed = next((start for start in starts if offset_label(start, zone) != offset), None)
    if changed is None:
        return words
    return _("%(zone)s, from %(time)s %(offset)s") % {
        "zone": words,
        "time": clock_words(changed, zone),
        "offset": offset_label(changed, zone),
    }


def _times(starts: list[datetime], zone: ZoneInfo, address: Address) -> list[Time]:
    """Where clocks are put back, one hour bears the same name twice: the offset tells them."""
    shown = Counter(clock_words(start, zone) for start in starts)
    return [Time(start, _words(start, zone, shown), address(start)) for start in starts]


def _words(start: datetime, zone: ZoneInfo, shown: Counter[str]) -> str:
    words = clock_words(start, zone)
    return f"{words} ({offset_label(start, zone)})" if shown[words] > 1 else words
