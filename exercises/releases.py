"""When the exercises of a programme open.

Days are the client's local dates, whatever their clock does meanwhile: a day is never counted
in hours.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from counsel.common.zones import local_date

ONE_DAY = timedelta(days=1)


class Release(StrEnum):
    AT_ONCE = "at_once"
    AFTER_DAYS = "after_days"
    ON_DATE = "on_date"
    AFTER_ONE_BEFORE = "after_one_before"


def opens_on(
    release: str, first_day: date, *, days: int | None, on_date: date | None
) -> date | None:
    """The day on which it opens in a programme that begins on `first_day`; None while it waits
    for the one before. A date that lies earlier opens on the first day.
    """
    match Release(release):
        case Release.AT_ONCE:
            return first_day
        case Release.AFTER_DAYS:
            return first_day + (days or 0) * ONE_DAY
        case Release.ON_DATE:
            return max(on_date or first_day, first_day)
        case Release.AFTER_ONE_BEFORE:
            return None


def last_day(first: date, lasts_days: int | None) -> date | None:
    """The last of so many days, both ends included; None where nothing was said."""
    return None if lasts_days is None else first + (lasts_days - 1) * ONE_DAY


def moved_to(day: date, first: date, last: date | None) -> date | None:
    """The last day of what lasted from `first` to `last` and begins on `day` instead."""
    return None if last is None else last + (day - first)


def next_day(now: datetime, zone: ZoneInfo) -> date:
    """Tomorrow by the clock in `zone`: nothing new falls on somebody who has just finished."""
    return local_date(now, zone) + ONE_DAY
