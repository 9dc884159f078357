"""When a reminder is due, how late it may still go, and when to try again. All in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from counsel.common.offsets import offsets_cleaned as offsets_cleaned
from counsel.common.zones import first_instant

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


def consultation_reminder_window(
    starts_at: datetime, minutes_before: int, booked_at: datetime
) -> tuple[datetime, datetime] | None:
    """When the reminder is due and how late it may still go (half its lead, so before the start).

    None where there is nothing to send: the consultation was booked when its
    reminder would have been due already, or there is no time before the start.
    """
    due_at = due_before(starts_at, minutes_before)
    if minutes_before <= 0 or booked_at >= due_at:
        return None
    return due_at, due_at + timedelta(minutes=minutes_before) / 2


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
