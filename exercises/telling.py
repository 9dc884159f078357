"""When a client hears of practice by a message: the hour of a day, the day on which something
newly given is told of, and the moment at which words that came later are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from clients.models import Client
from counsel.accounts.models import Practice
from counsel.common.zones import day_bounds, local_date
from counsel.reminders.timing import QuietHours, hour_on, local_hour
from exercises.models import Assignment
from exercises.plans import ONE_DAY, Plan
from exercises.selectors.today import Answered

LATEST = timedelta(hours=3)
SECOND = timedelta(seconds=1)


def window(day: date, client: Client) -> tuple[datetime, datetime] | None:
    """When the day's message is due, and how late it may go: three hours, and that day only.

    None for a day that the client's zone skips, for one on which reminders rest because the
    client said so, and for a client who wants none.
    """
    if client.reminder_hour is None or rests_on(day, client):
        return None
    due_at = hour_on(day, client.reminder_hour, client.zone)
    if due_at is None:
        return None
    return due_at, min(due_at + LATEST, day_bounds(day, client.zone)[1] - SECOND)


def rests_on(day: date, client: Client) -> bool:
    until = client.homework_paused_until
    return until is not None and day < until


def later_window(
    day: date, written: Iterable[datetime], client: Client, ours: Practice
) -> tuple[datetime, datetime] | None:
    """For words written after the hour of the day's message: at once where it is not quiet.

    None where that is not on this day any more: the next day's message speaks of them.
    """
    times = window(day, client)
    if times is None:
        return None
    quiet = QuietHours(client.zone, ours.quiet_from, ours.quiet_until)
    free = (quiet.end_after(at) if quiet.covers(at) else at for at in written if at >= times[0])
    due_at = min((at for at in free if local_date(at, quiet.zone) == day), default=None)
    if due_at is None:
        return None
    latest = min(due_at + LATEST, day_bounds(day, quiet.zone)[1] - SECOND)
    evening = local_hour(day, quiet.starts, quiet.zone)
    if quiet.starts != quiet.ends and due_at < evening <= latest:
        latest = evening - SECOND
    return due_at, latest


def is_news(assignment: Assignment, plan: Plan, day: date, answered: Answered) -> bool:
    """Whether the message of `day` is the one that says there is something new.

    It is the first whose hour comes after the assignment was given, or opened by hand, on a day
    on which it is open. Not for somebody who has answered it already. Load `client` and `pauses`
    with it.
    """
    if answered.done or answered.could_not or not plan.covers(day):
        return False
    first = max(assignment.starts_on, local_date(assignment.told_from, assignment.client.zone))
    if day < first or not _could_tell(assignment, day):
        return False
    before = (first + n * ONE_DAY for n in range((day - first).days))
    return not any(_could_tell(assignment, earlier) for earlier in before)


def _could_tell(assignment: Assignment, day: date) -> bool:
    """Whether that day's message could speak of it, as things stood at its hour."""
    times = window(day, assignment.client)
    if times is None or times[0] <= assignment.told_from:
        return False
    return not any(
        pause.covers(day) and pause.created_at < times[0] for pause in assignment.pauses.all()
    )
