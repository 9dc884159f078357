"""When a reminder is due, how late it may still go, and when to try again. All in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from counsel.common.offsets import in_order
from counsel.common.offsets import offsets_cleaned as offsets_cleaned
from counsel.common.zones import first_instant, local_date

ONE_DAY = timedelta(days=1)
# Within so many days some hour is not quiet, also where a day or an hour of it is skipped.
DAYS_AROUND = 4
# What goes the evening before goes so long before the quiet hours, and so is not late for them.
BEFORE_QUIET = timedelta(minutes=15)

# How long a worker may hold a claimed reminder before it counts as lost.
LEASE = timedelta(minutes=5)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
# The last attempt begins so long before a message is too late.
LAST_CHANCE = timedelta(minutes=2)
# With these waits, twelve attempts outlast a mail outage of three hours, mostly of more.
MAX_ATTEMPTS = 12


def due_before(starts_at: datetime, minutes: int) -> datetime:
    """So many real minutes before the start, whatever the clocks on the wall do between."""
    return starts_at.astimezone(UTC) - timedelta(minutes=minutes)


def local_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The one instant of that day on which the hour begins; in a gap, the first after it."""
    return first_instant(day, time(hour), zone)


def hour_on(day: date, hour: int, zone: ZoneInfo) -> datetime | None:
    """As `local_hour`; None for a day that the zone skips."""
    begins = local_hour(day, hour, zone)
    return begins if local_date(begins, zone) == day else None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one hour (0-23) to another by the reader's own clock; the same hour twice is never."""

    zone: ZoneInfo
    starts: int
    ends: int

    def covers(self, instant: datetime) -> bool:
        hour = instant.astimezone(self.zone).hour
        if self.starts <= self.ends:
            return self.starts <= hour < self.ends
        return hour >= self.starts or hour < self.ends

    def end_after(self, instant: datetime) -> datetime:
        """The first instant after this quiet one that is not."""
        day = local_date(instant, self.zone)
        ends = (local_hour(day + n * ONE_DAY, self.ends, self.zone) for n in range(DAYS_AROUND))
        return next(end for end in ends if end > instant and not self.covers(end))

    def eve_of(self, instant: datetime) -> datetime:
        """Shortly before the quiet hours began in which this instant lies."""
        day = local_date(instant, self.zone)
        starts = (local_hour(day - n * ONE_DAY, self.starts, self.zone) for n in range(DAYS_AROUND))
        eves = (start - BEFORE_QUIET for start in starts if start <= instant)
        return next(eve for eve in eves if not self.covers(eve))


def outside_quiet(due_at: datetime, quiet: QuietHours, latest: datetime) -> datetime:
    """`due_at` or, in quiet hours, their end. Where that comes after `latest`: the evening before.

    For what time alone brings about. News that answers what somebody did goes at once.
    """
    if not quiet.covers(due_at):
        return due_at
    end = quiet.end_after(due_at)
    return end if end <= latest else quiet.eve_of(due_at)


Window: TypeAlias = tuple[datetime, datetime]


def consultation_reminder_window(
    starts_at: datetime, minutes_before: int, booked_at: datetime, quiet: QuietHours | None = None
) -> Window | None:
    """When the reminder is due and how late it may still go (half its lead, so before the start).

    None where there is nothing to send: the consultation was booked when its
    reminder would have been due already, or there is no time before the start.
    """
    exact = due_before(starts_at, minutes_before)
    latest = exact + timedelta(minutes=minutes_before) / 2
    due_at = outside_quiet(exact, quiet, latest) if quiet else exact
    if minutes_before <= 0 or booked_at >= min(exact, due_at):
        return None
    return due_at, latest


def consultation_reminder_windows(
    starts_at: datetime,
    offsets: Iterable[int],
    booked_at: datetime,
    quiet: QuietHours | None = None,
) -> dict[int, Window]:
    """The window of each reminder that goes, by its minutes before the start.

    Where quiet hours move a nearer one to the moment of an earlier one, or before it, the nearer
    alone goes: it says the same.
    """
    windows: dict[int, Window] = {}
    for minutes in in_order(offsets):
        window = consultation_reminder_window(starts_at, minutes, booked_at, quiet)
        if window is not None:
            windows = {other: kept for other, kept in windows.items() if kept[0] < window[0]}
            windows[minutes] = window
    return windows


def is_too_late(now: datetime, not_after: datetime) -> bool:
    return now > not_after


def backoff(attempts: int, jitter: float) -> timedelta:
    """How long to wait after so many failed attempts (1 or more), never above an hour.

    Doubles each time. `jitter`, in [0, 1), spreads waits over the upper half of
    each step, so that a queue held up together does not come back together.
    """
    # The exponent is held down because a large power does not fit a timedelta.
    longest = min(FIRST_RETRY * 2.0 ** min(attempts - 1, 10), LONGEST_RETRY)
    return longest / 2 * (1 + jitter)


def longer_wait(
    own: timedelta, asked: timedelta | None, left: timedelta = LONGEST_RETRY * 2
) -> timedelta:
    """How long to wait where the other side has asked for so long: never above an hour.

    A message that is of use for `left` only is tried once more in that time, unless our `own`
    wait is longer anyway.
    """
    if asked is None:
        return own
    return max(own, min(asked, LONGEST_RETRY, left - LAST_CHANCE))
